import itertools
import math

import pytest

from registry.serving.front.tally import MOST_COLUMNS, Window
from registry.serving.recording import FOLLOWED_VALUES, ServingRun, metric_key
from runs.metrics.history import history_by_step
from runs.models import MetricSummary, Run, RunStatus
from runs.services.experiments import create_experiment, delete_experiment
from tests.factories import make_logged_model, make_model_version
from trackui.clock import now_ms
from trackui.errors import InvalidParameterValue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recording():
    return ServingRun(experiment="Serving", name="serve m", tags={"model": "m"}, user_name="ann", user=None)


def window(**columns: dict) -> Window:
    window = Window()
    for milliseconds, status in ((1.0, 200), (3.0, 200), (8.0, 400), (100.0, 503)):
        window.add(milliseconds, status, 2, columns if milliseconds == 1.0 else {})
    return window


def last_values(recording) -> dict[str, float]:
    found = MetricSummary.objects.filter(run__run_id=recording.run_id).select_related("key")
    return {summary.key.name: summary.last_value for summary in found}


def counts(recording) -> list[float]:
    pk = Run.objects.get(run_id=recording.run_id).pk
    return [point.value for point in history_by_step(pk, "requests/count", limit=100, offset=0)]


def test_a_window_is_written_as_metrics(recording):
    numbers = {"count": 5, "missing": 1, "numbers": 3, "mean": 2.0, "m2": 2.0, "min": 1.0, "max": 3.0}

    recording.write(window(width=numbers, empty={"count": 2, "missing": 2}), seconds=2.0)

    found = last_values(recording)
    assert found["requests/count"] == 4 and found["requests/per_second"] == 2 and found["requests/rows"] == 8
    assert found["errors/4xx"] == 1 and found["errors/5xx"] == 1
    assert found["latency_ms/mean"] == 28 and found["latency_ms/max"] == 100
    assert found["latency_ms/p50"] == pytest.approx(3, rel=0.02)
    width = {name: found[f"inputs/width/{name}"] for name in ("mean", "std", "missing", "min", "max")}
    assert width == {"mean": 2, "std": pytest.approx(math.sqrt(2 / 3)), "missing": 0.2, "min": 1, "max": 3}
    assert found["inputs/empty/missing"] == 1 and "inputs/empty/mean" not in found


def test_shares_of_texts_follow_the_values_seen_first(recording):
    recording.write(window(city={"count": 5, "missing": 1, "values": {"Bern": 1, "Basel / BS": 3}}), seconds=1)
    many = {f"v{number}": 1 for number in range(20)}
    recording.write(window(city={"count": 40, "missing": 0, "values": {"Bern": 20, **many}}), seconds=1)

    found = {key: value for key, value in last_values(recording).items() if "share" in key}

    assert found["inputs/city/share/Bern"] == 0.5 and found["inputs/city/share/Basel _ BS"] == 0
    assert len(found) == FOLLOWED_VALUES + 1
    assert found["inputs/city/share_others"] == pytest.approx(1 - 0.5 - (FOLLOWED_VALUES - 2) / 40)


def test_columns_and_values_whose_names_come_to_the_same_keep_apart(recording):
    texts = {"count": 10, "missing": 0, "values": {"<=50K": 7, ">50K": 3}}
    low, high = ({"count": 1, "missing": 0, "numbers": 1, "mean": n, "m2": 0.0, "min": n, "max": n} for n in (1.0, 9.0))
    long = "x" * 300

    recording.write(window(**{"a/b": low, "a:b": high, "pay": texts, long: low}), seconds=1)

    found = last_values(recording)
    assert (found["inputs/a_b/mean"], found["inputs/a_b 2/mean"]) == (1, 9)
    assert (found["inputs/pay/share/_50K"], found["inputs/pay/share/_50K 2"]) == (0.7, 0.3)
    assert found[f"inputs/{'x' * 100}/std"] == 0


def test_a_window_is_one_write_however_many_columns_it_has(recording, monkeypatch):
    values = {f"v{number}": 1 for number in range(20)}
    written = []
    monkeypatch.setattr("registry.serving.recording.log_batch", lambda run, batch, user: written.append(batch))

    recording.write(window(**{f"c{n}": {"count": 20, "missing": 0, "values": values} for n in range(60)}), seconds=1)

    assert len(written) == 1 and len(written[0].points) == 10 + MOST_COLUMNS * (FOLLOWED_VALUES + 2)


def test_time_without_requests_is_told_by_its_ends(recording, monkeypatch):
    ticks = itertools.count(now_ms(), 10_000)
    monkeypatch.setattr("registry.serving.recording.now_ms", lambda: next(ticks))

    for requests in (window(), Window(), Window(), Window(), window(), window()):
        recording.write(requests, seconds=1)

    assert counts(recording) == [4, 0, 0, 4, 4]


def test_its_run_ends_and_knows_who_began_it(recording):
    logged = make_logged_model()
    recording.note_version(make_model_version(logged_model=logged))
    recording.tag(version="3")
    recording.end(RunStatus.FINISHED)

    run = Run.objects.get(run_id=recording.run_id)
    tags = {tag.key.name: tag.value for tag in run.tags.select_related("key")}
    assert (run.status, run.user_id, run.experiment.name) == ("FINISHED", "ann", "Serving") and run.end_time
    assert tags["trackui.serving.version"] == "3" and tags["trackui.serving.model"] == "m"
    assert last_values(recording) == {"model_version": 1}
    assert [read.model_id for read in run.model_inputs.all()] == [logged.model_id]


def test_an_archived_experiment_is_told(db):
    delete_experiment(create_experiment("Old", user=None).experiment_id, user=None)

    with pytest.raises(InvalidParameterValue, match="'Old' is archived"):
        ServingRun(experiment="Old", name="serve m", tags={}, user_name="ann", user=None)


@pytest.mark.parametrize(
    ("name", "key"),
    [("sepal length (cm)", "sepal length _cm_"), ("größe", "größe"), ("a/b", "a_b"), ("..", "_"), ("", "_")],
)
def test_any_column_makes_a_key(name, key):
    assert metric_key(name) == key
