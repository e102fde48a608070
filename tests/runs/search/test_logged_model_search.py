import pytest

from runs.models import LoggedModel, LoggedModelStatus
from runs.search.logged_model_search import (
    DatasetChoice,
    LoggedModelOrder,
    compile_logged_model_filter,
    compile_logged_model_order,
)
from tests.runs.search.world import make_experiment, make_logged_model
from trackui.errors import InvalidParameterValue

pytestmark = pytest.mark.django_db

NAN = float("nan")
TRAIN, EVAL = ("train", "d1"), ("eval", "d2")


@pytest.fixture
def models():
    experiment = make_experiment()
    make_logged_model(
        experiment,
        "a",
        model_id="m-a",
        model_type="agent",
        source_run_id="r1",
        status=LoggedModelStatus.READY,
        creation_time=1,
        metrics=[("acc", 0, 0.9, TRAIN), ("acc", 1, 0.2, TRAIN), ("acc", 0, 0.7, EVAL)],
        params={"depth": "3"},
        tags={"team": "vision"},
    )
    make_logged_model(
        experiment,
        "B",
        model_id="m-b",
        creation_time=2,
        metrics=[("acc", 5, 0.5, None)],
        params={"depth": "12"},
        tags={"team": '"vision"'},
    )
    make_logged_model(experiment, "c", model_id="m-c", creation_time=3, metrics=[("acc", 0, NAN, EVAL)])
    return experiment


def found(text, **options):
    names = LoggedModel.objects.matching(compile_logged_model_filter(text, **options)).values_list("name", flat=True)
    return " ".join(sorted(names))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "B a c"),
        ("name = 'a'", "a"),
        ("attributes.name ILIKE 'b'", "B"),
        ("name IN ('a', 'c')", "a c"),
        ("model_id != 'm-a'", "B c"),
        ("model_type = 'agent'", "a"),
        ("model_type != 'x'", "a"),
        ("source_run_id NOT IN ('x')", "a"),
        ("has(attributes.source_run_id)", "a"),
        ("status = 'READY'", "a"),
        ("status != 'READY'", "B c"),
        ("status IN ('READY', 'PENDING')", "B a c"),
        ("creation_timestamp > 1", "B c"),
        ("creation_time <= 2", "B a"),
        ("creation_timestamp_ms = 2", "B"),
        ("last_updated_time = 3", "c"),
        ("metrics.acc > 0.3", "B"),
        ("metrics.acc < 0.3", "a"),
        ("metrics.acc != 0.5", "a c"),
        ("metrics.`acc` = 0.5", "B"),
        ("metrics.missing != 1", ""),
        ("has(metrics.acc)", "B a c"),
        ("params.depth = '3'", "a"),
        ("params.depth LIKE '1%'", "B"),
        ("params.depth != '3'", "B"),
        ("tags.team = 'vision'", "a"),
        ('tags.team = "vision"', "B"),
        ("tags.team like 'vis%' AND name = 'a'", "a"),
        ("tags.missing != 'x'", ""),
        ("name = 'a' OR NOT has(params.depth)", "a c"),
    ],
)
def test_a_filter_means(models, text, names):
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "datasets", "names"),
    [
        ("", [DatasetChoice("train")], "a"),
        ("", [DatasetChoice("eval")], "a c"),
        ("", [DatasetChoice("eval", "other")], ""),
        ("metrics.acc > 0.3", [DatasetChoice("eval", "d2")], "a"),
        ("metrics.acc > 0.3", [DatasetChoice("train")], ""),
        ("metrics.acc < 0.3", [DatasetChoice("train", "d1"), DatasetChoice("other")], "a"),
        ("name = 'a'", [DatasetChoice("other")], ""),
    ],
)
def test_datasets_restrict_models_and_the_metrics_compared(models, text, datasets, names):
    assert found(text, datasets=datasets) == names


def test_experiment_ids_compare_as_text(models):
    assert found(f"experiment_id = '{models.pk}'") == "B a c"
    assert found(f"experiment_id IN ('0{models.pk}', 'x')") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metric.acc > 1", "Invalid entity type"),
        ("tag.a = 'x'", "Invalid entity type"),
        ("attribute.name = 'x'", "Invalid entity type"),
        ("foo = 'x'", "Invalid attribute key"),
        ("metrics.acc > 'x'", "Expected numeric value type for metric"),
        ("metrics.acc LIKE 5", "Invalid comparator"),
        ("creation_time > 'x'", "Expected numeric value type for numeric attribute"),
        ("params.a = 5", "Expected a quoted string value for attributes"),
        ("params.a > 'x'", "Invalid comparator"),
        ("status LIKE 'READY'", "Invalid comparator"),
        ("status = 'HACKED'", "Invalid model status"),
        ("tags.a IS NULL", "IS NULL / IS NOT NULL"),
        ("metrics.acc", "Invalid clause(s)"),
    ],
)
def test_a_filter_is_refused_with(text, message):
    with pytest.raises(InvalidParameterValue) as caught:
        compile_logged_model_filter(text)

    assert message in caught.value.message


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        ([], "c B a"),
        ([LoggedModelOrder("name")], "B a c"),
        ([LoggedModelOrder("attributes.name", ascending=False)], "c a B"),
        ([LoggedModelOrder("creation_timestamp")], "a B c"),
        ([LoggedModelOrder("model_type", ascending=False)], "a c B"),
        ([LoggedModelOrder("status")], "c B a"),
        ([LoggedModelOrder("metrics.acc")], "a B c"),
        ([LoggedModelOrder("metrics.acc", ascending=False)], "B a c"),
        ([LoggedModelOrder("metrics.`acc`", dataset_name="eval")], "a c B"),
        ([LoggedModelOrder("metrics.missing")], "c B a"),
    ],
)
def test_an_order_means(models, order_by, names):
    found = LoggedModel.objects.ordered_by(compile_logged_model_order(order_by)).values_list("name", flat=True)

    assert " ".join(found) == names


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (LoggedModelOrder("foo"), "Invalid order by field name"),
        (LoggedModelOrder(""), "Invalid order by field name"),
        (LoggedModelOrder("params.a"), "Only metrics are supported"),
        (LoggedModelOrder("metrics."), "Invalid order by field name"),
        (LoggedModelOrder("metrics.a", dataset_digest="d"), "`dataset_name` is also specified"),
        (LoggedModelOrder("a\x00"), "Invalid order by field name"),
    ],
)
def test_an_order_is_refused_with(order, message):
    with pytest.raises(InvalidParameterValue) as caught:
        compile_logged_model_order([order])

    assert message in caught.value.message
