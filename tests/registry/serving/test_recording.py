import math

import pytest

from registry.serving.front.tally import Window
from registry.serving.recording import FOLLOWED_VALUES, ServingRun, metric_key
from runs.metrics.history import history_by_step
from runs.models import MetricSummary, Run, RunStatus
from runs.services.experiments import create_experiment, delete_experiment
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
    numbers = {"count": 4, "missing": 1, "sum": 6.0, "squares": 14.0, "min": 1.0, "max": 3.0}

    recording.write(window(width=numbers, empty={"count": 2, "missing": 2}), seconds=2.0)

    found = last_values(recording)
    assert found["requests/count"] == 4 and found["requests/per_second"] == 2 and found["requests/rows"] == 8
    assert found["errors/4xx"] == 1 and found["errors/5xx"] == 1
    assert found["latency_ms/mean"] == 28 and found["latency_ms/max"] == 100
    assert found["latency_ms/p50"] == pytest.approx(3, rel=0.02)
    width = {name: found[f"inputs/width/{name}"] for name in ("mean", "std", "missing", "min", "max")}
    assert width == {"mean": 2, "std": pytest.approx(math.sqrt(2 / 3)), "missing": 0.25, "min": 1, "max": 3}
    assert found["inputs/empty/missing"] == 1 and "inputs/empty/mean" not in found


def test_shares_of_texts_follow_the_values_seen_first(recording):
    recording.write(window(city={"count": 5, "missing": 1, "values": {"Bern": 1, "Basel / BS": 3}}), seconds=1)
    many = {f"v{number}": 1 for number in range(20)}
    recording.write(window(city={"count": 40, "missing": 0, "values": {"Bern": 20, **many}}), seconds=1)

    found = {key: value for key, value in last_values(recording).items() if "share" in key}

    assert found["inputs/city/share/Bern"] == 0.5 and found["inputs/city/share/Basel _ BS"] == 0
    assert len(found) == FOLLOWED_VALUES + 1
    assert found["inputs/city/share_others"] == pytest.approx(1 - 0.5 - (FOLLOWED_VALUES - 2) / 40)


def test_time_without_requests_is_told_by_its_ends(recording):
    for requests in (window(), Window(), Window(), Window(), window(), window()):
        recording.write(requests, seconds=1)

    assert counts(recording) == [4, 0, 0, 4, 4]


def test_its_run_ends_and_knows_who_began_it(recording):
    recording.note_version(3)
    recording.tag(version="3")
    recording.end(RunStatus.FINISHED)

    run = Run.objects.get(run_id=recording.run_id)
    tags = {tag.key.name: tag.value for tag in run.tags.select_related("key")}
    assert (run.status, run.user_id, run.experiment.name) == ("FINISHED", "ann", "Serving") and run.end_time
    assert tags["trackui.serving.version"] == "3" and tags["trackui.serving.model"] == "m"
    assert last_values(recording) == {"model_version": 3}


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
