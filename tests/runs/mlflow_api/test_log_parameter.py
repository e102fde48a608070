import pytest

from runs.models import Param
from tests.factories import make_run
from tests.runs.mlflow_api.answers import INVALID, NOT_FOUND, message, nothing_written, ok, params_of, refusal


def log(api, run, key, value):
    return api.post("runs/log-parameter", {"run_id": run.run_id, "key": key, "value": value})


def test_a_param_is_stored_and_may_be_sent_again(mlflow_api):
    run = make_run()

    for _ in range(2):
        assert ok(log(mlflow_api, run, "lr", "0.1")) == {}

    assert params_of(mlflow_api, run.run_id) == {"lr": "0.1"}


def test_another_value_is_refused_in_mlflows_words(mlflow_api):
    run = make_run(params={"lr": "0.1"})

    with nothing_written():
        response = log(mlflow_api, run, "lr", "0.2")

    assert refusal(response) == INVALID
    assert message(response).startswith(
        "Changing param values is not allowed. Param with key='lr' was already logged with "
        f"value='0.1' for run ID='{run.run_id}'."
    )


@pytest.mark.parametrize("body", [{"key": "a"}, {"key": "a", "value": None}, {"key": "a", "value": ""}])
def test_a_missing_value_is_empty(mlflow_api, body):
    run = make_run()

    ok(mlflow_api.post("runs/log-parameter", {"run_uuid": run.run_id, **body}))

    assert params_of(mlflow_api, run.run_id) == {"a": ""}
    assert refusal(log(mlflow_api, run, "a", "b")) == INVALID


def test_a_long_value_is_cut_and_may_be_sent_again(mlflow_api):
    run = make_run()

    for value in ("x" * 6001, "x" * 6000, "x" * 10_000):
        ok(log(mlflow_api, run, "long", value))

    assert params_of(mlflow_api, run.run_id) == {"long": "x" * 6000}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.1", 0.1),
        ("-1e-3", -0.001),
        ("7", 7.0),
        ("+.5", 0.5),
        ("1.", 1.0),
        ("1e999", None),
        ("nan", None),
        ("inf", None),
        ("True", None),
        ("1_000", None),
        (" 1", None),
        ("1\n", None),
        ("٣", None),
        ("", None),
        ("1" * 401, None),
        ("0x10", None),
    ],
)
def test_a_param_that_reads_as_a_number_is_kept_as_one_too(mlflow_api, text, number):
    run = make_run()

    ok(log(mlflow_api, run, "p", text))

    param = Param.objects.get(run=run)
    assert (param.value, param.number) == (text, number)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("", "v", "Missing value for required parameter 'key'."),
        (None, "v", "Missing value for required parameter 'key'."),
        (5, "v", "Invalid value 5 for parameter 'key' supplied: Hint: Value was of type 'int'."),
        ("a", 5, "Invalid value 5 for parameter 'value' supplied: Hint: Value was of type 'int'."),
        ("a", False, "Invalid value false for parameter 'value' supplied: Hint: Value was of type 'bool'."),
        ("a", ["b"], "Invalid value [\"b\"] for parameter 'value' supplied: Hint: Value was of type 'list'."),
        ("x" * 251, "v", "'Param key' exceeds the maximum length of 250 characters"),
        ("..", "v", "must not resolve to other names"),
        ("a;b", "v", "Names may only contain alphanumerics"),
    ],
)
def test_a_bad_param_is_refused(mlflow_api, key, value, text):
    run = make_run()

    with nothing_written():
        response = log(mlflow_api, run, key, value)

    assert refusal(response) == INVALID
    assert text in message(response)


def test_an_unknown_run_is_told(mlflow_api):
    assert refusal(mlflow_api.post("runs/log-parameter", {"run_id": "nobody", "key": "a", "value": "b"})) == NOT_FOUND


def test_a_param_costs_few_statements(transactional_db, mlflow_api, django_assert_max_num_queries):
    ok(log(mlflow_api, make_run(), "p", "1"))
    run = make_run()

    # BEGIN, the run, its value, the param, the count of its key, COMMIT.
    with django_assert_max_num_queries(6):
        ok(log(mlflow_api, run, "p", "1"))
