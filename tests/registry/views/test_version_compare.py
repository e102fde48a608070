"""Versions side by side, of one model or of several."""

import json

import pytest

from registry.services.aliases import set_alias
from runs.keys import intern_keys
from runs.models import Direction, LoggedModelMetric
from runs.services.directions import declare_direction
from tests.clients import parse
from tests.factories import make_experiment, make_logged_model, make_model_version, make_registered_model, make_run
from tests.registry.folders import INPUTS, make_model_folder, mlmodel

pytestmark = pytest.mark.usefixtures("artifact_root")
COMPARE = "/model-versions/compare"


def make_version(model, *, depth, accuracy, **folder):
    run = make_run(name=f"depth {depth}", params={"depth": depth, "seed": "1"}, metrics={"val_accuracy": accuracy})
    logged = make_model_folder(make_logged_model(name="forest"), **folder)
    logged.source_run_id = run.run_id
    logged.save()
    return make_model_version(model, logged_model=logged)


@pytest.fixture
def two(db):
    model = make_registered_model("churn")
    wider = [*INPUTS[:1], {"type": "double", "name": "age"}, {"type": "boolean", "name": "smoker"}]
    make_version(model, depth="3", accuracy=0.5)
    make_version(
        model,
        depth="5",
        accuracy=0.75,
        MLmodel=mlmodel(inputs=wider),
        **{"requirements.txt": "scikit-learn==1.8.0\n"},
    )
    return model


def cells(page, key):
    row = page.select_one(f'tr[data-key="{key}"]')
    return [cell.get_text(" ", strip=True) for cell in row.select("td")]


def test_first_it_is_said_what_changed(pages, two):
    page = pages.html(COMPARE, {"versions": "churn/1,churn/2"})
    said = " ".join(page.select_one(".say").text.split())

    assert said.startswith("churn 2 against churn 1: depth 3 → 5")
    assert "input age long → double" in said
    assert "input town dropped" in said
    assert "input smoker set to boolean" in said
    assert "scikit-learn 1.7.2 → 1.8.0" in said
    assert "val_accuracy 0.50 → 0.75 (+50" in said


def test_much_that_changed_is_counted(pages, two):
    make_version(
        two, depth="3", accuracy=0.5, MLmodel=mlmodel(inputs=[{"type": "double", "name": f"x{n}"} for n in range(9)])
    )

    said = " ".join(pages.html(COMPARE, {"versions": "churn/1,churn/3"}).select_one(".say").text.split())

    assert "signature 9 added, 3 dropped" in said


def test_rows_that_differ_are_shown_against_the_first(pages, two):
    page = pages.html(COMPARE, {"versions": "churn/1,churn/2"})

    assert cells(page, "params:depth") == ["3", "5"]
    assert cells(page, "signature:input town") == ["string, not required", "not set"]
    assert cells(page, "packages:numpy") == [">=2", "not set"]
    assert "best" in cells(page, "metrics:val_accuracy")[1]
    assert not page.select('tr[data-key="params:seed"]')
    assert pages.html(COMPARE, {"versions": "churn/1,churn/2", "all": "1"}).select('tr[data-key="params:seed"]')


def test_the_reference_can_be_another(pages, two):
    page = pages.html(COMPARE, {"versions": "churn/1,churn/2", "baseline": "churn/2"})

    assert page.select_one(".say").text.strip().startswith("churn 1 against churn 2")
    assert [link.text.strip() for link in page.select("table.compare thead a.remove")] == []
    assert page.select_one("thead a[title='churn 2']")["href"] == "/models/churn/versions/2/"


def test_a_reference_that_is_not_among_them_is_said(pages, two):
    page = pages.html(COMPARE, {"versions": "churn/1,churn/2", "baseline": "<b>/7"})

    assert page.select_one(".failure").text == "baseline: <b>/7 is not among them. The first version is the reference."


def test_versions_of_several_models_stand_beside_each_other(pages, two):
    other = make_version(make_registered_model("a, b"), depth="7", accuracy=0.6)

    page = pages.html(COMPARE, {"versions": f"churn/1,a, b/{other.version},churn/2"})

    assert [name.text for name in page.select("thead .run-name")] == ["churn 1", "a, b 1", "churn 2"]
    runs = next(link["href"] for link in page.select(".actions a") if "their runs" in link.text)
    assert pages.get(runs).status_code == 200
    without = pages.html(f"{COMPARE}{page.select('thead a.remove')[0]['href']}")
    assert [name.text for name in without.select("thead .run-name")] == ["a, b 1", "churn 2"]


def test_many_versions_have_a_best_instead_of_sentences(pages, two):
    for depth in range(6, 10):
        make_version(two, depth=str(depth), accuracy=0.9 if depth == 8 else 0.1)

    page = pages.html(COMPARE, {"versions": ",".join(f"churn/{number}" for number in range(1, 7))})

    assert "6 versions" in page.select_one(".say").text
    assert page.select_one('.say a[href="/models/churn/versions/5/"]')


def test_a_version_is_added_as_people_write_it(pages, two):
    set_alias("churn", "champion", 2, user=None)

    page = pages.html(COMPARE, {"versions": "churn/1", "add": "churn@champion"})
    unknown = pages.html(COMPARE, {"versions": "churn/1,churn/2", "add": "churn@nobody"})

    assert [name.text for name in page.select("thead .run-name")] == ["churn 1", "churn 2"]
    assert "churn@nobody" in unknown.select_one(".message").text


def test_the_rows_are_a_file_too(pages, two):
    rows = json.loads(
        b"".join(pages.get(f"{COMPARE}.json", {"versions": "churn/1,churn/2"}).streaming_content).decode()
    )

    assert {"section": "params", "key": "depth", "churn 1": "3", "churn 2": "5"} in rows
    assert {"section": "metrics", "key": "val_accuracy", "churn 1": 0.5, "churn 2": 0.75} in rows
    assert pages.get(f"{COMPARE}.csv", {"versions": "nothing/1"}).status_code == 404


@pytest.mark.parametrize(
    ("versions", "status", "said"),
    [
        ("", 200, "Choose versions"),
        ("churn/1", 200, "One version is here"),
        ("churn/1,churn/99", 200, "churn/99"),
        ("nonsense", 200, "nonsense"),
        ("churn/1,x'\"<b>/2", 200, "<b>"),
        ("churn/99999999999999999999,/,//,a/b/c", 200, "not here"),
        (",".join(f"churn/{number}" for number in range(1, 12)), 400, "At most 10 versions"),
    ],
)
def test_what_cannot_be_compared_is_said(pages, two, versions, status, said):
    response = pages.get(COMPARE, {"versions": versions})

    assert response.status_code == status
    assert said in parse(response).select_one("main").text


def test_versions_whose_files_are_not_here_are_compared_by_what_is_known(pages, db):
    experiment = make_experiment()
    model = make_registered_model("bare")
    for lr in ("0.1", "0.2"):
        make_model_version(model, run=make_run(experiment, params={"lr": lr}))

    assert cells(pages.html(COMPARE, {"versions": "bare/1,bare/2"}), "params:lr") == ["0.1", "0.2"]


def test_prompts_are_compared_by_what_they_say(pages, db):
    model = make_registered_model("greeting")
    for text in ("Hello.", "Good day."):
        tags = {"mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": text}
        make_model_version(model, source="dummy-source", tags=tags)

    page = pages.html(COMPARE, {"versions": "greeting/1,greeting/2"})

    assert cells(page, "prompt:text") == ["Hello.", "Good day."]


def test_statements_are_pinned(pages, two, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        pages.html(COMPARE, {"versions": "churn/1,churn/2"})


def test_the_better_one_is_that_of_the_experiment_of_logged_models_too(pages, db):
    """Also of versions that have no run: the lower score is better here, whatever its name says."""
    experiment, model = make_experiment(), make_registered_model("net")
    for value in (0.5, 0.7):
        logged = make_logged_model(experiment, name="net")
        LoggedModelMetric.objects.create(
            model=logged, run_id="r", key="accuracy", step=1, timestamp=1, value=value, is_nan=False
        )
        make_model_version(model, logged_model=logged)
    intern_keys(["accuracy"])
    declare_direction(experiment.experiment_id, "accuracy", Direction.LOWER, user=None)

    page = pages.html(COMPARE, {"versions": "net/1,net/2"})

    assert ["best" in cell for cell in cells(page, "metrics:accuracy")] == [True, False]
