import json
import sys

import pytest

from runs.models import ExperimentKey, KeyKind
from tests.factories import make_experiment, make_run
from tests.runs.mlflow_api.answers import (
    INVALID,
    NOT_FOUND,
    TOO_LARGE,
    message,
    metrics_of,
    nothing_written,
    ok,
    params_of,
    refusal,
    stored_run,
    tags_of,
)
from tests.runs.mlflow_api.answers import history as points_of

MAX = sys.float_info.max


def metric(key="loss", value=1.0, timestamp=1, step=0, **fields):
    return {"key": key, "value": value, "timestamp": timestamp, "step": step, **fields}


def pair(key, value="v"):
    return {"key": key, "value": value}


def log(api, run, **body):
    return api.post("runs/log-batch", {"run_id": run.run_id, **body})


def many(build, count):
    return [build(f"k{number}") for number in range(count)]


# --- what is stored ----------------------------------------------------------------------------


def test_a_batch_is_stored(mlflow_api):
    run = make_run(name="n")

    answer = ok(
        log(
            mlflow_api,
            run,
            metrics=[metric("loss", 0.5, 10, 1), metric("acc", 1, 11, -3)],
            params=[pair("lr", "0.1"), {"key": "empty"}],
            tags=[pair("team", "vision"), {"key": "blank"}],
        )
    )

    assert answer == {}
    assert metrics_of(mlflow_api, run.run_id) == {"loss": (0.5, 10, 1), "acc": (1.0, 11, -3)}
    assert params_of(mlflow_api, run.run_id) == {"lr": "0.1", "empty": ""}
    assert tags_of(mlflow_api, run.run_id) == {"mlflow.runName": "n", "team": "vision", "blank": ""}


@pytest.mark.parametrize("body", [{}, {"metrics": [], "params": [], "tags": []}, {"metrics": None, "params": None}])
def test_an_empty_batch_is_fine(mlflow_api, body):
    run = make_run()

    with nothing_written():
        assert ok(log(mlflow_api, run, **body)) == {}


def test_the_largest_batches_are_stored(mlflow_api):
    run = make_run()

    ok(log(mlflow_api, run, metrics=[metric(step=step, value=step) for step in range(1000)]))
    ok(log(mlflow_api, run, metrics=many(metric, 800), params=many(pair, 100), tags=many(pair, 100)))

    assert metrics_of(mlflow_api, run.run_id)["loss"] == (999.0, 1, 999)
    assert len(metrics_of(mlflow_api, run.run_id)) == 801
    assert len(params_of(mlflow_api, run.run_id)) == 100


def test_params_and_metrics_are_numbers_again(mlflow_api):
    """Small and large bodies take different ways through the parser; doubles must survive both."""
    values = [0.1, 1e-320, 5e-324, MAX, -MAX, 1 / 3, 2**53 + 2.0, 1e22, 0.30000000000000004]

    for filler in ([], [pair(f"filler{number}", "x" * 100) for number in range(60)]):
        run = make_run()
        metrics = [metric(step=step, value=value) for step, value in enumerate(values)]
        ok(log(mlflow_api, run, metrics=metrics, params=filler))
        assert [value for _, _, value in points_of(mlflow_api, run.run_id, "loss")] == values


def test_fields_of_other_releases_are_ignored(mlflow_api):
    run, other = make_run(), make_run()

    ok(log(mlflow_api, run, metrics=[metric(run_id=other.run_id, unknown={"a": 1})], unknown=[1], run_uuid="x"))

    assert metrics_of(mlflow_api, run.run_id) == {"loss": (1.0, 1, 0)}
    assert metrics_of(mlflow_api, other.run_id) == {}


def test_a_metric_without_a_step_is_of_step_0(mlflow_api):
    run = make_run()

    ok(log(mlflow_api, run, metrics=[{"key": "a", "value": 1, "timestamp": 2}]))

    assert metrics_of(mlflow_api, run.run_id) == {"a": (1.0, 2, 0)}


def test_r_and_java_are_understood(mlflow_api):
    run = make_run()
    metrics = [
        {"key": "java", "value": 0.5, "timestamp": "1600000000000", "step": "7"},
        {"key": "r", "value": "1.5", "timestamp": "1.6e+12", "step": "1e+05"},
        {"key": "minus", "value": "-1e-3", "timestamp": 5.0, "step": "-2"},
    ]

    ok(mlflow_api.post("runs/log-batch", {"runId": run.run_id, "metrics": metrics}))

    assert metrics_of(mlflow_api, run.run_id) == {
        "java": (0.5, 1_600_000_000_000, 7),
        "r": (1.5, 1_600_000_000_000, 100_000),
        "minus": (-0.001, 5, -2),
    }


def test_a_body_encoded_twice_is_read(mlflow_api):
    run = make_run()

    ok(mlflow_api.post("runs/log-batch", json.dumps(json.dumps({"run_id": run.run_id, "params": [pair("a")]}))))

    assert params_of(mlflow_api, run.run_id) == {"a": "v"}


# --- metrics -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ('"NaN"', "NaN"),
        ("NaN", "NaN"),
        ('"Infinity"', MAX),
        ("Infinity", MAX),
        ('"-Infinity"', -MAX),
        ("-Infinity", -MAX),
    ],
)
def test_special_values_come_back_as_mlflow_prints_them(mlflow_api, sent, answered):
    run = make_run()
    body = f'{{"run_id": "{run.run_id}", "metrics": [{{"key": "a", "value": {sent}, "timestamp": 1}}]}}'

    ok(mlflow_api.post("runs/log-batch", body))

    assert metrics_of(mlflow_api, run.run_id) == {"a": (answered, 1, 0)}
    assert points_of(mlflow_api, run.run_id, "a") == [(0, 1, answered)]


@pytest.mark.parametrize(
    ("points", "latest"),
    [
        ([(1, 1, 1), (2, 0, 2)], (2.0, 0, 2)),
        ([(2, 0, 2), (1, 9, 9)], (2.0, 0, 2)),
        ([(1, 5, 1), (1, 4, 9)], (1.0, 5, 1)),
        ([(1, 5, 1), (1, 5, 9), (1, 5, 3)], (9.0, 5, 1)),
        ([(-2, 5, 1), (-7, 9, 2)], (1.0, 5, -2)),
        ([(1, 1, 5.0), (2, 2, "NaN")], ("NaN", 2, 2)),
        ([(1, 1, "NaN"), (2, 2, 5.0)], (5.0, 2, 2)),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_the_latest_point_has_the_greatest_step_timestamp_and_value(mlflow_api, points, latest, at_once):
    run = make_run()
    metrics = [metric("m", value, timestamp, step) for step, timestamp, value in points]

    for batch in [metrics] if at_once else [[m] for m in metrics]:
        ok(log(mlflow_api, run, metrics=batch))

    assert metrics_of(mlflow_api, run.run_id) == {"m": latest}


def count_of(run, key="loss"):
    return run.metrics.get(key__name=key).count


def test_equal_points_count_once(mlflow_api):
    run = make_run()
    first = [metric(value=v, timestamp=t, step=s) for s, t, v in [(0, 1, 1.0), (0, 1, 1.0), (0, 2, 1.0), (0, 1, 2.0)]]
    second = [
        metric(value=v, timestamp=t, step=s) for s, t, v in [(1, 1, 1.0), (1, 9, 1.0), (2, 5, "NaN"), (2, 5, "NaN")]
    ]

    # In order, again, an older batch again, and both in one.
    for batch in (first, first, second, first, second, first + second):
        ok(log(mlflow_api, run, metrics=batch))

    assert len(points_of(mlflow_api, run.run_id, "loss")) == count_of(run) == 6
    assert metrics_of(mlflow_api, run.run_id) == {"loss": ("NaN", 5, 2)}


def test_nan_and_zero_are_two_points(mlflow_api):
    run = make_run()

    for _ in range(2):
        ok(log(mlflow_api, run, metrics=[metric(value=0.0), metric(value="NaN"), metric(value=-0.0)]))

    assert count_of(run) == 2


# --- params ------------------------------------------------------------------------------------


def test_an_equal_param_again_is_fine(mlflow_api):
    run = make_run(params={"a": "1"})

    ok(log(mlflow_api, run, params=[pair("a", "1"), pair("b", "2")]))

    assert params_of(mlflow_api, run.run_id) == {"a": "1", "b": "2"}


def test_another_value_refuses_the_whole_batch(mlflow_api):
    run = make_run(params={"a": "1"}, tags={"t": "0"})

    with nothing_written():
        response = log(
            mlflow_api,
            run,
            metrics=[metric()],
            params=[pair("new", "x"), pair("a", "2")],
            tags=[pair("t", "1"), pair("mlflow.runName", "renamed")],
        )

    assert refusal(response) == INVALID
    assert "Changing param values is not allowed. Params were already logged=" in message(response)
    assert "'a'" in message(response)


@pytest.mark.parametrize("value", ["1", "2"])
def test_a_key_twice_in_one_body_is_refused(mlflow_api, value):
    run = make_run()

    with nothing_written():
        response = log(mlflow_api, run, params=[pair("a", "1"), pair("a", value)])

    assert refusal(response) == INVALID
    assert "Duplicate parameter keys have been submitted" in message(response)


def test_long_values_are_cut(mlflow_api):
    run = make_run()

    for _ in range(2):
        ok(log(mlflow_api, run, params=[pair("p", "é" * 6001)], tags=[pair("t", "é" * 8001)]))

    assert params_of(mlflow_api, run.run_id)["p"] == "é" * 6000
    assert tags_of(mlflow_api, run.run_id)["t"] == "é" * 8000


def test_long_values_that_do_not_compress_are_stored(mlflow_api):
    """An index holds only the start of them: PostgreSQL refuses longer entries."""
    run = make_run()
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(8000))

    ok(log(mlflow_api, run, params=[pair("p", noise[:6000])], tags=[pair("t", noise), pair("mlflow.runName", noise)]))

    assert params_of(mlflow_api, run.run_id)["p"] == noise[:6000]
    assert tags_of(mlflow_api, run.run_id)["t"] == noise


# --- tags --------------------------------------------------------------------------------------


def test_of_equal_tags_the_last_counts(mlflow_api):
    run = make_run(tags={"a": "0"})

    ok(log(mlflow_api, run, tags=[pair("a", "1"), pair("a", "2")]))

    assert tags_of(mlflow_api, run.run_id)["a"] == "2"


def test_the_name_follows_its_tag(mlflow_api):
    run = make_run(name="old")

    ok(log(mlflow_api, run, tags=[pair("mlflow.runName", "new")]))

    assert stored_run(mlflow_api, run.run_id)["info"]["run_name"] == "new"


def test_the_parent_follows_its_tag(mlflow_api):
    parent, run = make_run(), make_run()

    ok(log(mlflow_api, run, tags=[pair("mlflow.parentRunId", parent.run_id)]))
    run.refresh_from_db()
    assert run.parent == parent

    ok(log(mlflow_api, run, tags=[pair("mlflow.parentRunId", "gone")]))
    run.refresh_from_db()
    assert run.parent is None


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"metrics": many(metric, 1001)}, "can contain at most 1000 metrics. Got 1001 metrics."),
        ({"params": many(pair, 101)}, "can contain at most 100 params. Got 101 params."),
        ({"tags": many(pair, 101)}, "can contain at most 100 tags. Got 101 tags."),
        (
            {"metrics": many(metric, 900), "params": many(pair, 51), "tags": many(pair, 50)},
            "can contain at most 1000 metrics, params, and tags. Got 1001 metrics, params, and tags.",
        ),
    ],
)
def test_a_batch_over_a_limit_is_refused(mlflow_api, body, text):
    run = make_run()

    with nothing_written():
        response = log(mlflow_api, run, **body)

    assert refusal(response) == INVALID
    assert f"A batch logging request {text}" in message(response)


@pytest.mark.parametrize("size", [1_000_001, 4 * 2**20])
def test_a_body_over_a_million_bytes_is_invalid(mlflow_api, size):
    run = make_run()
    body = f'{{"run_id": "{run.run_id}", "params": [{{"key": "a", "value": "b"}}]}}'

    with nothing_written():
        response = mlflow_api.post("runs/log-batch", body.ljust(size))

    assert refusal(response) == INVALID
    assert message(response) == (
        f"Batched logging API requests must be at most 1000000 bytes, got a request of size {size}."
    )


def test_a_body_over_four_mebibytes_is_not_read(mlflow_api):
    assert refusal(mlflow_api.post("runs/log-batch", " " * (4 * 2**20 + 1))) == TOO_LARGE


GOOD = [metric("good", step=step) for step in range(60)]
HINT = "supplied: Hint: Value was of type"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"metrics": [metric(), {"value": 1, "timestamp": 1}]},
            "Missing value for required parameter 'metrics[1].key'.",
        ),
        ({"metrics": [{"key": "a", "timestamp": 1}]}, "Missing value for required parameter 'metrics[0].value'."),
        ({"metrics": [metric(value=None)]}, "Missing value for required parameter 'metrics[0].value'."),
        ({"metrics": [{"key": "a", "value": 1}]}, "Missing value for required parameter 'metrics[0].timestamp'."),
        ({"metrics": [metric(value=True)]}, f"Invalid value true for parameter 'metrics[0].value' {HINT} 'bool'."),
        ({"metrics": [metric(value="abc")]}, f"Invalid value \"abc\" for parameter 'metrics[0].value' {HINT} 'str'."),
        ({"metrics": [metric(value=[1])]}, f"Invalid value [1] for parameter 'metrics[0].value' {HINT} 'list'."),
        ({"metrics": [metric(timestamp=-1)]}, "Invalid value -1 for parameter 'metrics[0].timestamp' supplied: "),
        ({"metrics": [metric(), metric(timestamp=2**63)]}, "for parameter 'metrics[1].timestamp' supplied: "),
        ({"metrics": [metric(step=2**63)]}, "for parameter 'metrics[0].step' supplied: "),
        ({"metrics": [metric(step=-(2**63) - 1)]}, "for parameter 'metrics[0].step' supplied: "),
        ({"metrics": [metric(step=1.5)]}, f"Invalid value 1.5 for parameter 'metrics[0].step' {HINT} 'float'."),
        ({"metrics": [metric(step=True)]}, f"Invalid value true for parameter 'metrics[0].step' {HINT} 'bool'."),
        ({"metrics": {"key": "a"}}, f"Invalid value {{\"key\": \"a\"}} for parameter 'metrics' {HINT} 'dict'."),
        ({"metrics": ["a"]}, f"Invalid value \"a\" for parameter 'metrics[0]' {HINT} 'str'."),
        ({"metrics": [metric("x" * 251)]}, "'Metric name' exceeds the maximum length of 250 characters"),
        (
            {"metrics": [metric("../a")]},
            "Invalid value \"../a\" for parameter 'metrics[0].name' supplied: Names may be treated as files",
        ),
        ({"params": [pair("a"), pair("")]}, "Missing value for required parameter 'params[1].key'."),
        ({"params": [pair("a", 5)]}, f"Invalid value 5 for parameter 'params[0].value' {HINT} 'int'."),
        (
            {"params": [pair("a"), pair("b*")]},
            "parameter 'params[1].key' supplied: Names may only contain alphanumerics, ",
        ),
        ({"params": [pair("x" * 251)]}, "'Param key' exceeds the maximum length of 250 characters"),
        ({"tags": [pair("a"), pair("x" * 251)]}, "'tags[1].key' exceeds the maximum length of 250 characters"),
        ({"tags": [pair("a//b")]}, "must not resolve to other names"),
        ({"tags": [pair("a", True)]}, f"Invalid value true for parameter 'tags[0].value' {HINT} 'bool'."),
    ],
)
@pytest.mark.parametrize("filler", [{}, {"metrics": GOOD}], ids=["small", "large"])
def test_a_bad_item_is_named_and_refuses_the_batch(mlflow_api, body, text, filler):
    """Small and large bodies take different ways through the parser and must be judged alike."""
    run = make_run()
    body = {"params": [pair("fine")], **filler, **body}
    if filler and "metrics" in body and isinstance(body["metrics"], list):
        body["metrics"] = [*body["metrics"], *GOOD] if body["metrics"] is not GOOD else GOOD

    with nothing_written():
        response = log(mlflow_api, run, **body)

    assert refusal(response) == INVALID
    assert text in message(response)


@pytest.mark.parametrize(
    "key", ["a", "a b", "a/b", "a.b", "a-b", "a_b", "a:b", "模型", "é", "x" * 250, "a/..b", "a..", "-"]
)
def test_good_keys_are_taken_by_all_three(mlflow_api, key):
    run = make_run()

    ok(log(mlflow_api, run, metrics=[metric(key)], params=[pair(key)], tags=[pair(key)]))

    assert metrics_of(mlflow_api, run.run_id).keys() == params_of(mlflow_api, run.run_id).keys() == {key}


def test_an_unknown_run_is_told(mlflow_api):
    response = mlflow_api.post("runs/log-batch", {"run_id": "nobody", "params": [pair("a")]})

    assert refusal(response) == NOT_FOUND
    assert message(response) == "Run with id=nobody not found"


@pytest.mark.parametrize("body", [{}, {"run_uuid": "{id}"}, {"run_id": ""}, {"run_id": None}, {"run_id": 5}])
def test_the_run_id_is_required_under_this_name(mlflow_api, body):
    run = make_run()
    body = {name: run.run_id if value == "{id}" else value for name, value in body.items()}

    response = mlflow_api.post("runs/log-batch", {**body, "params": [pair("a")]})

    assert refusal(response) == INVALID
    assert "parameter 'run_id'" in message(response)


# --- cost, counts ------------------------------------------------------------------------------


def test_keys_of_an_experiment_are_counted_once_a_run(mlflow_api):
    experiment = make_experiment()
    for params in ({"lr": "0.1"}, {"lr": "auto"}):
        run = make_run(experiment, name="n")
        for step in range(2):
            body = {"metrics": [metric("loss", step=step)], "params": [pair(k, v) for k, v in params.items()]}
            ok(log(mlflow_api, run, **body, tags=[pair("t", str(step))]))

    counts = ExperimentKey.objects.filter(experiment=experiment).values_list(
        "kind", "key__name", "run_count", "numeric_count"
    )

    assert set(counts) == {
        (KeyKind.METRIC, "loss", 2, 2),
        (KeyKind.PARAM, "lr", 2, 1),
        (KeyKind.TAG, "mlflow.runName", 2, 0),
        (KeyKind.TAG, "t", 2, 0),
    }


@pytest.mark.parametrize("size", [1, 30])
def test_statements_do_not_grow_with_the_batch(transactional_db, mlflow_api, size, django_assert_max_num_queries):
    run, other = make_run(), make_run()
    body = {"metrics": many(metric, size), "params": many(pair, size), "tags": many(pair, size)}

    # BEGIN and COMMIT are among them.
    with django_assert_max_num_queries(15):
        ok(log(mlflow_api, run, **body))
    with django_assert_max_num_queries(12):
        ok(log(mlflow_api, other, **body))
    with django_assert_max_num_queries(11):
        ok(log(mlflow_api, other, **body))


def test_later_points_of_a_metric_cost_few_statements(transactional_db, mlflow_api, django_assert_max_num_queries):
    run = make_run()
    ok(log(mlflow_api, run, metrics=[metric(step=0)]))

    for steps in (range(1, 2), range(2, 500)):
        # BEGIN, the run, the summary, points as rows or as head and bytes of a block, the summary again, COMMIT.
        with django_assert_max_num_queries(7):
            ok(log(mlflow_api, run, metrics=[metric(step=step) for step in steps]))
