"""The first page: what runs, what ran, and when."""

import json
from datetime import UTC, date, datetime

import pytest

from runs.queries.activity import activity
from runs.queries.home import home
from tests.factories import make_experiment, make_run
from trackui.clock import now_ms

pytestmark = pytest.mark.django_db

DAY = 86_400_000
# A Thursday.
NOW = int(datetime(2026, 2, 26, 12, tzinfo=UTC).timestamp()) * 1_000


def names(html, title: str) -> list[str]:
    section = html.select_one(f"section[aria-labelledby={title}]")
    return [row.get_text(strip=True) for row in section.select("tbody th")]


def test_running_and_latest_runs_of_all_experiments(pages):
    one, two = make_experiment("one"), make_experiment("two")
    make_run(one, name="first", status="FINISHED", start_time=1_000, end_time=2_000)
    make_run(two, name="second", status="FAILED", start_time=3_000, end_time=4_000)
    make_run(one, name="now", start_time=2_000)
    make_run(one, name="gone", status="FINISHED", start_time=5_000, lifecycle_stage="deleted")

    html = pages.html("/")

    assert names(html, "running_title") == ["now"]
    assert names(html, "latest_title") == ["second", "first"]
    assert html.select_one("a[href='/runs/?status=RUNNING']").get_text() == "1 run"


def test_experiments_say_what_their_runs_do(pages):
    experiment = make_experiment("covtype", tags={"mlflow.note.content": "Trees of *forests*", "team": "vision"})
    make_run(experiment)
    make_run(experiment, status="FINISHED")

    first = pages.html("/").select_one(".home-experiments > li")

    text = " ".join(first.get_text().split())
    assert "covtype" in text and "2 runs" in text and "1 running" in text
    assert "Trees of forests" in text
    assert "vision" in text


def test_an_empty_installation_says_how_to_begin(pages):
    html = pages.html("/")

    assert "mlflow.set_tracking_uri" in html.select_one(".empty").get_text()
    assert not html.select("svg.calendar")


def test_a_day_leads_to_its_runs(pages):
    start = now_ms() - 3 * DAY
    experiment = make_experiment()
    run = make_run(experiment, name="that day", status="FINISHED", start_time=start)
    make_run(experiment, name="another day", status="FINISHED", start_time=start - 2 * DAY)

    day = pages.html("/").select("svg.calendar a")[-1]
    found = pages.html(day["href"])

    assert day.select_one("title").get_text().endswith(": 1 run")
    assert [tick["value"] for tick in found.select("#run_table input[name=runs]")] == [run.run_id]


def test_a_month_leads_to_its_runs(pages):
    make_run(make_experiment(), status="FINISHED", start_time=now_ms())

    month = pages.html("/").select_one(".activity details a")

    assert "1 run" in pages.html(month["href"]).select_one("#run_table .said").get_text()


def test_the_calendar_has_every_day_of_53_weeks_up_to_today():
    made = activity(None, now=NOW)

    assert made.days[0].day == date(2025, 2, 24)
    assert made.days[-1].day == date(2026, 2, 26)
    assert [day.day for day in made.days] == sorted({day.day for day in made.days})
    assert len({(day.x, day.y) for day in made.days}) == len(made.days)
    assert made.total == 0
    assert made.busiest is None


def test_days_are_counted_from_midnight_to_midnight_utc():
    experiment, archived = make_experiment(), make_experiment()
    midnight = NOW // DAY * DAY
    for start in (midnight - 1, midnight, midnight + DAY - 1, midnight + DAY, midnight - 30 * DAY):
        make_run(experiment, start_time=start)
    make_run(experiment, start_time=midnight, lifecycle_stage="deleted")
    make_run(archived, start_time=midnight)
    archived.lifecycle_stage = "deleted"
    archived.save()

    counts = {day.day: day.runs for day in activity(None, now=NOW).days if day.runs}

    assert counts == {date(2026, 2, 26): 2, date(2026, 2, 25): 1, date(2026, 1, 27): 1}


def test_months_add_up_to_their_days():
    experiment = make_experiment()
    for days in range(0, 300, 7):
        make_run(experiment, start_time=NOW - days * DAY)

    made = activity(None, now=NOW)

    assert sum(month.runs for month in made.months) == made.total == 43
    assert {day.level for day in made.days} == {0, 4}


def test_the_calendar_as_a_file(pages):
    make_run(make_experiment(), start_time=now_ms())

    rows = json.loads(b"".join(pages.get("/activity.json").streaming_content))

    assert sum(row["runs"] for row in rows) == 1
    assert len(rows) >= 53 * 7 - 6


def test_the_page_costs_the_same_for_many_runs(django_assert_max_num_queries):
    experiment = make_experiment()
    for number in range(30):
        make_run(experiment, status="FINISHED" if number % 2 else None)

    with django_assert_max_num_queries(22):
        home(None)


def test_what_has_not_moved_is_not_sent_again(pages):
    make_run(make_experiment(), status="FINISHED")
    first = pages.get("/", headers={"hx-request": "true"})

    again = pages.get("/", headers={"hx-request": "true", "if-none-match": first["ETag"]})

    assert again.status_code == 304
    assert b"calendar" not in first.content


def test_hostile_names_are_text(pages):
    make_run(make_experiment("<i>e</i>"), name="<script>1</script>", status="FINISHED")

    html = pages.html("/")

    assert names(html, "latest_title") == ["<script>1</script>"]
    assert not html.select("main script, main i")
