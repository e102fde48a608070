"""What people changed, as a page and as a file."""

import json

import pytest

from runs.models import AuditEntry
from runs.services.audit import record
from runs.services.edits import edit_experiment
from runs.services.experiments import (
    delete_experiment,
    delete_experiment_tag,
    rename_experiment,
    restore_experiment,
    set_experiment_tag,
)
from tests.clients import parse
from tests.factories import make_experiment, make_run

pytestmark = pytest.mark.django_db

DAY = 86_400_000


@pytest.fixture
def experiment():
    return make_experiment("covtype")


def entry(action="run.rename", subject="ab12", *, user="", time=None, experiment=None, **detail) -> AuditEntry:
    record(None, action, "run", subject, experiment=experiment, **detail)
    made = AuditEntry.objects.latest("pk")
    AuditEntry.objects.filter(pk=made.pk).update(user_id=user, **({"time": time} if time else {}))
    return made


def shown(html) -> list[str]:
    return [row.select_one("th").get_text() for row in html.select("tbody tr")]


def test_an_entry_says_who_changed_what_from_what_to_what(pages, experiment):
    run = make_run(experiment)
    entry("run.rename", run.run_id, user="ana", experiment=experiment, before="a", after="<b>b</b>", note="why")

    html = pages.html("/audit")

    (row,) = html.select("tbody tr")
    assert "ana" in row.get_text()
    assert "a → <b>b</b>" in row.get_text()
    assert "note why" in " ".join(row.get_text().split())
    assert row.select_one(f"a[href='/runs/{run.run_id}/']")
    assert row.select_one(f"a[href='/experiments/{experiment.pk}/']").get_text() == "covtype"


def test_every_change_of_an_experiment_is_kept(experiment):
    number = experiment.experiment_id
    rename_experiment(number, "cover types", user=None)
    edit_experiment(number, name="types", tags={"a": "1"}, user=None)
    set_experiment_tag(number, "team", "vision", user=None)
    set_experiment_tag(number, "team", "vision", user=None)
    delete_experiment_tag(number, "team", user=None)
    delete_experiment(number, user=None)
    restore_experiment(number, user=None)

    kept = AuditEntry.objects.filter(experiment_id=experiment.pk).order_by("pk")

    assert [made.action.removeprefix("experiment.") for made in kept] == [
        "rename",
        "edit",
        "tag",
        "untag",
        "archive",
        "restore",
    ]
    assert kept[0].detail == {"before": "covtype", "after": "cover types"}


def test_a_change_that_fails_leaves_no_entry(experiment):
    make_experiment("taken")
    before = AuditEntry.objects.count()

    with pytest.raises(Exception, match="already exists"):
        rename_experiment(experiment.experiment_id, "taken", user=None)

    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("user=ana", ["run.rename"]),
        ("action=run.tag", ["run.tag"]),
        ("subject=cd34", ["run.tag"]),
        ("since=1970-01-05", ["run.tag"]),
        ("until=1970-01-04", ["run.rename"]),
        ("since=1970-01-04&until=1970-01-04", ["run.rename"]),
        ("user=nobody", []),
    ],
)
def test_entries_are_narrowed_down(pages, query, expected):
    entry("run.rename", "ab12", user="ana", time=3 * DAY + 5)
    entry("run.tag", "cd34", user="bo", time=4 * DAY)

    assert shown(pages.html(f"/audit?{query}")) == expected


def test_an_experiment_has_a_list_of_its_own(pages, experiment):
    entry("run.rename", experiment=experiment)
    entry("run.tag")

    html = pages.html(f"/experiments/{experiment.pk}/audit")

    assert shown(html) == ["run.rename"]
    assert html.select_one(".tabs [aria-current]").get_text() == "History"
    assert shown(pages.html("/audit", {"experiment": str(experiment.pk)})) == ["run.rename"]


def test_older_entries_follow_page_by_page_without_gaps(pages, monkeypatch):
    monkeypatch.setattr("runs.queries.audit.PAGE_SIZE", 2)
    for number in range(5):
        entry(f"step.{number}", time=7)

    seen, address = [], "/audit"
    while address:
        html = pages.html(address)
        seen += shown(html)
        older = html.select_one(".foot a[rel=next]")
        address = older and f"/audit{older['href']}"

    assert seen == [f"step.{number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("experiment=x", "experiment"),
        ("since=yesterday", "since"),
        ("until=2026-02-31", "until"),
        ("since=0000-01-01", "since"),
        ("after=x", "after"),
        (f"after={'9' * 30},1", "after"),
    ],
)
def test_a_malformed_address_names_its_part(pages, query, named):
    response = pages.get(f"/audit?{query}")

    assert response.status_code == 400
    assert named in parse(response).select_one("main").get_text()


def test_the_whole_list_as_files(pages, experiment):
    entry("run.rename", "ab12", user="ana", time=5_000, experiment=experiment, before="ü", after="b")

    (row,) = json.loads(b"".join(pages.get("/audit.json?user=ana").streaming_content))
    assert row["time"] == "1970-01-01T00:00:05.000+00:00"
    assert json.loads(row["detail"]) == {"before": "ü", "after": "b"}
    for form in ("csv", "parquet"):
        answer = pages.get(f"/experiments/{experiment.pk}/audit.{form}")
        assert b"".join(answer.streaming_content)


def test_the_list_costs_the_same_for_many_entries(pages, django_assert_max_num_queries):
    for number in range(30):
        entry(f"a.{number}", experiment=make_experiment())

    with django_assert_max_num_queries(3):
        pages.get("/audit")


@pytest.mark.parametrize("subject", ["", "a/b", "x" * 256])
def test_odd_subjects_are_shown(pages, subject):
    entry("run.rename", subject, job="not a number")

    assert shown(pages.html("/audit")) == ["run.rename"]
