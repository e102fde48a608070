import pytest
from django.urls import reverse

from runs import admin as runs_admin
from runs.models import (
    AuditEntry,
    Dataset,
    Experiment,
    Job,
    Key,
    LoggedModel,
    MetricDirection,
    Run,
    SavedView,
    Snapshot,
)
from runs.services.audit import record
from tests.clients import parse

INGESTED = ["experiment", "run", "key", "dataset", "loggedmodel"]
KEPT = ["savedview", "job", "auditentry", "snapshot"]


@pytest.fixture
def admin_pages(pages, django_user_model):
    pages.force_login(django_user_model.objects.create(username="ada", is_staff=True, is_superuser=True))
    return pages


@pytest.fixture
def rows(db):
    """One row of each model, with a metric among them."""
    experiment = Experiment.objects.get(pk=0)
    Run.objects.create(run_id="a" * 32, experiment=experiment, name="first run", start_time=1, artifact_uri="x:/")
    Key.objects.create(name="loss")
    Dataset.objects.create(
        experiment=experiment, name="iris", digest="d1", source_type="local", source="s", schema="x" * 5000, profile="p"
    )
    LoggedModel.objects.create(
        model_id="m-1", experiment=experiment, name="forest", artifact_uri="x:/", creation_time=1, last_updated_time=1
    )
    MetricDirection.objects.create(key=Key.objects.get(), direction="lower")


def add_many(count: int) -> None:
    experiments = Experiment.objects.bulk_create(
        Experiment(name=f"e{i}", artifact_location="x:/", creation_time=i, last_update_time=i) for i in range(count)
    )
    Run.objects.bulk_create(
        Run(run_id=f"{i:032x}", experiment=experiments[i], name=f"run {i}", start_time=i, artifact_uri="x:/")
        for i in range(count)
    )
    keys = Key.objects.bulk_create(Key(name=f"key {i}") for i in range(count))
    MetricDirection.objects.bulk_create(
        MetricDirection(experiment=experiments[i], key=keys[i], direction="lower") for i in range(count)
    )
    Dataset.objects.bulk_create(
        Dataset(experiment=experiments[i], name="iris", digest=str(i), source_type="local", source="s")
        for i in range(count)
    )
    LoggedModel.objects.bulk_create(
        LoggedModel(
            model_id=f"m-x{i}",
            experiment=experiments[i],
            name="f",
            artifact_uri="",
            creation_time=1,
            last_updated_time=1,
        )
        for i in range(count)
    )


@pytest.fixture
def kept(db):
    """Many of what the pages themselves keep."""
    for number in range(60):
        experiment = Experiment.objects.get(pk=0)
        SavedView.objects.create(
            experiment=experiment, name=f"v{number}", owner="ana", creation_time=1, last_update_time=1
        )
        Job.objects.create(kind="k", title=f"j{number}", experiment=experiment, creation_time=1, error="<b>no</b>")
        record(None, "run.rename", "run", f"r{number}", experiment=experiment, before="a", after="<b>b</b>")
        Snapshot.objects.create(slug=f"s{number}", digest="d", title="t", query="", content=b"", creation_time=1)


@pytest.mark.parametrize("model", KEPT)
def test_a_list_of_what_is_kept_costs_the_same_for_any_number(admin_pages, kept, model, django_assert_num_queries):
    with django_assert_num_queries(4):
        page = parse(admin_pages.get(list_url(model)))

    assert len(page.select("#result_list tbody tr")) == 50
    assert admin_pages.get(list_url(model), {"q": "'; DROP\0"}).status_code == 200


@pytest.mark.parametrize("model", ["job", "auditentry"])
def test_what_happened_is_neither_made_changed_nor_deleted(admin_pages, kept, model):
    pk = {"job": Job, "auditentry": AuditEntry}[model].objects.first().pk

    page = admin_pages.html(reverse(f"admin:runs_{model}_change", args=[pk]))

    assert not page.select("#content-main form [name]:not([type=hidden]):not([type=submit])")
    assert "<b>" in page.select_one("#content-main").get_text()
    assert admin_pages.get(reverse(f"admin:runs_{model}_add")).status_code == 403
    assert admin_pages.post(reverse(f"admin:runs_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_a_view_of_somebody_who_is_gone_is_shared(admin_pages, kept):
    view = SavedView.objects.first()

    response = admin_pages.post(
        reverse("admin:runs_savedview_change", args=[view.pk]),
        {"name": "for all", "query": "q=a", "is_shared": "on", "owner": "hacked"},
    )

    assert response.status_code == 302
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.owner) == ("for all", True, "ana")
    assert view.last_update_time > 1


def list_url(model: str) -> str:
    return reverse(f"admin:runs_{model}_changelist")


@pytest.mark.parametrize("model", [*INGESTED, "metricdirection"])
def test_a_list_takes_the_same_statements_whatever_its_rows(admin_pages, rows, model, django_assert_num_queries):
    # Session and user, a bounded count, the page.
    for count in (0, 60):
        add_many(count)
        with django_assert_num_queries(4):
            assert admin_pages.get(list_url(model)).status_code == 200


@pytest.mark.parametrize("model", [*INGESTED, "metricdirection"])
@pytest.mark.parametrize("query", ["o", "nothing such", "'; DROP TABLE", "%", "\0"])
def test_a_list_is_searchable(admin_pages, rows, model, query):
    assert admin_pages.get(list_url(model), {"q": query}).status_code == 200


def test_search_finds_by_name_and_by_whole_id(admin_pages, rows):
    add_many(3)

    for query, found in (("first", 1), ("a" * 32, 1), ("RUN", 4), ("aaaa", 0)):
        page = admin_pages.html(list_url("run"), {"q": query})
        assert len(page.select("#result_list tbody tr")) == found


def test_rows_are_counted_no_further_than_the_bound(admin_pages, rows, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(runs_admin, "COUNTED", 10)
    add_many(60)

    with django_assert_num_queries(4) as captured:
        admin_pages.get(list_url("run"))

    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 11" in counts[0]


@pytest.mark.parametrize("model", INGESTED)
def test_ingested_rows_are_neither_made_nor_deleted_here(admin_pages, rows, model):
    pk = (
        {"experiment": Experiment, "run": Run, "key": Key, "dataset": Dataset, "loggedmodel": LoggedModel}[model]
        .objects.first()
        .pk
    )

    assert admin_pages.get(reverse(f"admin:runs_{model}_add")).status_code == 403
    assert admin_pages.post(reverse(f"admin:runs_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    page = admin_pages.html(list_url(model))
    assert "delete_selected" not in str(page)


@pytest.mark.parametrize(
    ("model", "statements", "editable"),
    [
        ("experiment", 3, {"name"}),
        ("run", 4, {"status", "end_time", "colour"}),
        ("key", 3, set()),
        ("dataset", 5, set()),
        ("loggedmodel", 4, set()),
    ],
)
def test_a_row_is_read_only_but_for_repairs(
    admin_pages, rows, model, statements, editable, django_assert_max_num_queries
):
    add_many(30)
    models = {"experiment": Experiment, "run": Run, "key": Key, "dataset": Dataset, "loggedmodel": LoggedModel}
    url = reverse(f"admin:runs_{model}_change", args=[models[model].objects.order_by("pk").first().pk])

    with django_assert_max_num_queries(statements + 1):
        page = parse(admin_pages.get(url))

    fields = page.select("#content-main form [name]:not([type=hidden]):not([type=submit])")
    assert {field["name"] for field in fields} == editable


def test_a_stuck_run_is_repaired(admin_pages, rows):
    run = Run.objects.get()

    response = admin_pages.post(
        reverse("admin:runs_run_change", args=[run.pk]),
        {"status": "KILLED", "end_time": "5000", "colour": "#a0b1c2", "name": "hacked", "run_id": "hacked"},
    )

    assert response.status_code == 302
    run.refresh_from_db()
    assert (run.status, run.end_time, run.colour) == ("KILLED", 5000, "#a0b1c2")
    assert (run.name, run.run_id) == ("first run", "a" * 32)


@pytest.mark.parametrize("wrong", [{"colour": "red; }"}, {"end_time": "-1"}, {"status": "HACKED"}])
def test_a_wrong_repair_is_told(admin_pages, rows, wrong):
    run = Run.objects.get()

    response = admin_pages.post(reverse("admin:runs_run_change", args=[run.pk]), {"status": "KILLED", **wrong})

    assert response.status_code == 200
    assert parse(response).select(".errorlist")
    assert Run.objects.get().status == "RUNNING"


def test_renaming_an_experiment_tells_when(admin_pages, rows):
    before = Experiment.objects.get().last_update_time

    admin_pages.post(reverse("admin:runs_experiment_change", args=[0]), {"name": "Renamed"})

    experiment = Experiment.objects.get()
    assert experiment.name == "Renamed"
    assert experiment.last_update_time > before


def test_the_direction_of_a_metric_is_declared(admin_pages, rows):
    MetricDirection.objects.all().delete()

    response = admin_pages.post(
        reverse("admin:runs_metricdirection_add"),
        {"key": Key.objects.get().pk, "experiment": "", "direction": "higher"},
    )

    assert response.status_code == 302
    assert MetricDirection.objects.get().direction == "higher"


def test_long_texts_are_cut(admin_pages, rows):
    page = admin_pages.html(reverse("admin:runs_dataset_change", args=[Dataset.objects.get().pk]))

    assert "(5,000 characters)" in page.text
    assert "x" * 2001 not in page.text


@pytest.mark.parametrize("model", INGESTED)
def test_pages_have_no_inline_scripts_or_styles(admin_pages, rows, model):
    page = admin_pages.html(list_url(model))

    assert not page.find_all("style")
    assert not page.select("[style]")
    assert all(script.get("src") or script.get("type") == "application/json" for script in page.find_all("script"))
