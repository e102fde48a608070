"""Children, lineage, history and system metrics of a run."""

import pytest

from runs.models import AuditEntry, Dataset, ModelInput, ModelOutput, RunInput
from runs.services.audit import record
from tests.clients import parse
from tests.factories import make_experiment, make_logged_model, make_run
from tests.runs.points import log_points

HOSTILE = "<script>alert(1)</script>"


def url(run, tab):
    return f"/runs/{run.run_id}/{tab}"


# --- Children -----------------------------------------------------------------------------------


@pytest.fixture
def family(db):
    experiment = make_experiment()
    parent = make_run(experiment, name="parent")
    for number in range(60):
        make_run(
            experiment,
            name=f"child {number:02}",
            start_time=1000 + number,
            tags={"mlflow.parentRunId": parent.run_id},
            metrics={"loss": float(number)},
        )
    make_run(experiment, name="stranger", metrics={"loss": 0.5})
    return parent


def names(page):
    return [row.select_one("th.name a").text for row in page.select("tbody tr[data-key]")]


def test_children_are_the_table_of_runs(pages, family):
    page = pages.html(url(family, "children"))
    second = pages.html(url(family, "children"), {"page": "2"})

    assert len(names(page)) == 50
    assert names(page)[0] == "child 59"
    assert len(names(second)) == 10
    assert "60 child runs" in page.select_one(".said").get_text(" ", strip=True)


def test_children_are_filtered_and_sorted_by_the_address(pages, family):
    page = pages.html(url(family, "children"), {"q": "metrics.loss < 3", "order": "metrics.loss"})

    lines = b"".join(pages.get(page.find("a", string="CSV")["href"]).streaming_content).decode().splitlines()

    assert names(page) == ["child 00", "child 01", "child 02"]
    assert len(lines) == 4
    assert "child 00" in lines[1]


def test_a_filter_that_cannot_be_read_is_shown_where_it_breaks(pages, family):
    response = pages.get(url(family, "children"), {"q": "metrics.loss <"})

    assert response.status_code == 400
    assert parse(response).select_one("#complaint")


@pytest.mark.parametrize(
    "query", [{"page": "-1"}, {"page": "99999999999"}, {"columns": "metrics.nothing"}, {"q": "\0"}]
)
def test_any_address_of_children_is_a_page(pages, family, query):
    assert pages.get(url(family, "children"), query).status_code in (200, 400)


# --- Lineage ------------------------------------------------------------------------------------


def test_what_led_to_a_run_and_what_came_of_it_is_drawn(pages, db):
    maker = make_run(name="maker")
    parent = make_run(name="parent")
    run = make_run(name="me", tags={"mlflow.parentRunId": parent.run_id})
    child = make_run(name="child", tags={"mlflow.parentRunId": run.run_id})
    reader = make_run(name="reader")
    read, made = make_logged_model(name="base"), make_logged_model(name="<b>hostile")
    type(read).objects.filter(pk=read.pk).update(source_run_id=maker.run_id)
    ModelInput.objects.create(run=run, model_id=read.model_id)
    ModelOutput.objects.create(run=run, model_id=made.model_id, step=3)
    ModelInput.objects.create(run=reader, model_id=made.model_id)
    ModelInput.objects.create(run=run, model_id="m-unknown")

    page = pages.html(url(run, "lineage"))
    picture = page.select_one("svg.lineage")

    assert {a["href"] for a in picture.select("a")} >= {
        f"/runs/{other.run_id}/" for other in (maker, parent, child, reader)
    }
    # read model → me, m-unknown → me, maker → read model, parent → me, me → made, me → child, made → reader
    assert len(picture.select("path")) == 7
    assert [head.text for head in page.select("section h2")] == [
        "Runs before it",
        "What it read",
        "Models it made",
        "Child runs",
        "Runs that read its models",
    ]
    assert "<b>hostile" in picture.text
    assert not page.select("svg.lineage b, section.card b")


def test_datasets_of_a_run_are_in_its_lineage(pages, db):
    run = make_run()
    dataset = {"name": "wine", "digest": "d1", "source_type": "local", "source": "x", "schema": "", "profile": ""}
    RunInput.objects.create(run=run, dataset=Dataset.objects.create(experiment=run.experiment, **dataset))

    lines = b"".join(pages.get(url(run, "lineage.csv")).streaming_content).decode().splitlines()

    assert "wine" in pages.html(url(run, "lineage")).select_one("svg.lineage").text
    assert lines[1:] == ["What it read,dataset,wine,d1,,"]


def test_many_children_are_counted_and_the_first_drawn(pages, family):
    page = pages.html(url(family, "lineage"))

    assert "and 50 more" in page.select_one("svg.lineage").text
    assert len(page.select("section li")) == 60


def test_a_run_that_stands_alone_says_so(pages, db):
    assert "stands alone" in pages.html(url(make_run(), "lineage")).select_one(".empty").text


def test_statements_for_lineage_do_not_grow(pages, family, django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        pages.html(url(family, "lineage"))


# --- History ------------------------------------------------------------------------------------


def test_what_people_changed_is_told_newest_first(pages, db):
    run, other = make_run(), make_run()
    record(None, "run.rename", "run", run.run_id, experiment=run.experiment, before="a", after=HOSTILE)
    record(None, "run.set_tag", "run", run.run_id, experiment=run.experiment, key="team", before=None, after="blue")
    record(None, "run.rename", "run", other.run_id, before="x", after="y")

    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in pages.html(url(run, "history")).select("tbody tr")
    ]

    lines = b"".join(pages.get(url(run, "history.csv")).streaming_content).decode().splitlines()

    assert lines[1].endswith(",set tag,,blue,key=team")
    assert [row[2:] for row in rows] == [["set tag key team", "–", "blue"], ["rename", "a", HOSTILE]]


def test_details_of_any_shape_are_shown(pages, db):
    run = make_run()
    AuditEntry.objects.create(
        time=1, action="x" * 64, subject_kind="run", subject_id=run.run_id, detail=["odd", {"before": [1]}]
    )
    AuditEntry.objects.create(
        time=2, action="run.edit", subject_kind="run", subject_id=run.run_id, detail={"before": {"a": [1]}, "n": None}
    )

    assert len(pages.html(url(run, "history")).select("tbody tr")) == 2


def test_a_run_nobody_touched_says_so(pages, db):
    assert "Nothing changed" in pages.html(url(make_run(), "history")).select_one(".empty").text


# --- System metrics -----------------------------------------------------------------------------


@pytest.fixture
def busy(db):
    run = make_run(start_time=1_000_000)
    log_points(run, "system/cpu", [(step, 1_000_000 + 10_000 * step, 50.0) for step in range(5)])
    log_points(run, "system/memory", [(step, 1_000_000 + 20_000 * step, 9.0) for step in range(5)])
    log_points(run, "val_loss", [(step, 1_030_000 + 30_000 * step, 0.5) for step in range(5)])
    log_points(run, "speed", [(step, 1_030_000, 0.5) for step in range(5)])
    return run


def charts(page):
    return [figure["data-key"] for figure in page.select("figure.card")]


def test_system_metrics_stand_beside_a_metric_over_one_stretch_of_time(pages, busy):
    page = pages.html(url(busy, "system"))

    assert charts(page) == ["val_loss", "system/cpu", "system/memory"]
    for figure in page.select("plot-figure"):
        assert "x=wall&x_from=1000000&x_to=1150000" in figure["src"]
        drawn = pages.get(figure["src"]).json()
        assert drawn["layout"]["xaxis"]["range"] == [1_000_000, 1_150_000]


def test_time_since_the_start_is_one_stretch_too(pages, busy):
    page = pages.html(url(busy, "system"), {"x": "relative", "with": "speed"})
    ranges = {
        tuple(pages.get(figure["src"]).json()["layout"]["xaxis"]["range"]) for figure in page.select("plot-figure")
    }

    assert charts(page)[0] == "speed"
    assert len(ranges) == 1


def test_the_metric_beside_can_be_none_and_an_unknown_one_is_named(pages, busy):
    assert charts(pages.html(url(busy, "system"), {"with": "none", "q": "cpu"})) == ["system/cpu"]
    assert "no metric nothing" in pages.html(url(busy, "system"), {"with": "nothing"}).select_one(".complaint").text


@pytest.mark.parametrize("query", [{"with": "\0"}, {"x": "?"}, {"page": "-1"}, {"q": "%"}, {"with": "x" * 10_000}])
def test_any_address_of_system_metrics_is_a_page(pages, busy, query):
    assert pages.get(url(busy, "system"), query).status_code == 200
