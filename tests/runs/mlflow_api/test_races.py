"""Requests at once: the database decides, and what a client is told is what has happened.

Clients repeat a request that is answered 429 (nothing was done), and so do the threads here.
"""

import pytest

from runs.models import Experiment, Key, Run
from tests.at_once import at_once, outcomes
from tests.clients import MLFLOW_PREFIXES, JsonClient
from tests.factories import make_experiment, make_logged_model, make_run
from tests.runs.mlflow_api.answers import EXISTS, INVALID, history, metrics_of, ok, params_of, refusal, tags_of

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture(params=MLFLOW_PREFIXES)
def prefix(request):
    return f"{request.param}/mlflow"


def test_of_fifty_creates_of_one_experiment_one_succeeds(prefix):
    answers = at_once(prefix, [("experiments/create", {"name": "wanted"})] * 50)

    assert outcomes(answers) == {(200, ""): 1, EXISTS: 49}
    assert Experiment.objects.filter(name="wanted").count() == 1


def test_of_renames_to_one_name_one_succeeds(prefix):
    experiments = [make_experiment().experiment_id for _ in range(8)]

    answers = at_once(
        prefix, [("experiments/update", {"experiment_id": each, "new_name": "wanted"}) for each in experiments]
    )

    assert outcomes(answers) == {(200, ""): 1, EXISTS: 7}


def test_a_batch_sent_three_times_at_once_is_stored_once(prefix):
    run, api = make_run(), JsonClient(prefix)
    body = {
        "run_id": run.run_id,
        "metrics": [{"key": f"m{step % 4}", "value": step, "timestamp": step, "step": step} for step in range(400)],
        "params": [{"key": f"p{number}", "value": "1"} for number in range(50)],
        "tags": [{"key": f"t{number}", "value": "1"} for number in range(50)],
    }

    answers = at_once(prefix, [("runs/log-batch", body)] * 3)

    assert outcomes(answers) == {(200, ""): 3}
    assert [len(history(api, run.run_id, f"m{number}")) for number in range(4)] == [100] * 4
    assert all(summary.count == 100 for summary in run.metrics.all())
    assert (len(params_of(api, run.run_id)), len(tags_of(api, run.run_id))) == (50, 51)


def test_of_two_values_of_one_param_one_is_stored(prefix):
    run, api = make_run(), JsonClient(prefix)
    values = [str(number % 2) for number in range(10)]

    answers = at_once(
        prefix, [("runs/log-parameter", {"run_id": run.run_id, "key": "p", "value": value}) for value in values]
    )

    stored = params_of(api, run.run_id)["p"]
    for value, answer in zip(values, answers, strict=True):
        assert answer.status_code == 200 if value == stored else refusal(answer) == INVALID
    assert outcomes(answers) == {(200, ""): 5, INVALID: 5}


def test_a_batch_against_the_deletion_of_its_run_is_whole_or_refused(prefix):
    api = JsonClient(prefix)
    for _ in range(5):
        run = make_run()
        metrics = [{"key": "m", "value": step, "timestamp": step, "step": step} for step in range(200)]
        batch = {"run_id": run.run_id, "metrics": metrics, "params": [{"key": "p", "value": "1"}]}

        logged, deleted = at_once(prefix, [("runs/log-batch", batch), ("runs/delete", {"run_id": run.run_id})])

        ok(deleted)
        points, params = len(history(api, run.run_id, "m")), len(params_of(api, run.run_id))
        if logged.status_code == 200:
            assert (points, params) == (200, 1)
        else:
            assert refusal(logged) == INVALID
            assert (points, params) == (0, 0)


def test_runs_created_while_their_experiment_is_deleted_are_deleted_with_it_or_refused(prefix):
    experiment = make_experiment()
    body = {"experiment_id": experiment.experiment_id}

    answers = at_once(prefix, [*[("runs/create", body)] * 8, ("experiments/delete", body)])

    ok(answers[-1])
    created = [answer for answer in answers[:-1] if answer.status_code == 200]
    assert all(refusal(answer) == INVALID for answer in answers[:-1] if answer not in created)
    assert set(Run.objects.filter(experiment=experiment).values_list("lifecycle_stage", flat=True)) <= {"deleted"}
    assert Run.objects.filter(experiment=experiment).count() == len(created)


def test_runs_that_bring_the_same_new_names_share_them(prefix):
    """In opposite orders, so that waiting in a circle would show."""
    api = JsonClient(prefix)
    runs = [make_run() for _ in range(8)]
    names = [f"new {number}" for number in range(60)]
    pairs = [{"key": name, "value": "1"} for name in names]
    points = [{"key": name, "value": 1, "timestamp": 1} for name in names]

    answers = at_once(
        prefix,
        [
            ("runs/log-batch", {"run_id": run.run_id, "metrics": points, "params": pairs, "tags": pairs})
            if number % 2
            else ("runs/log-batch", {"run_id": run.run_id, "metrics": points[::-1], "tags": pairs[::-1]})
            for number, run in enumerate(runs)
        ],
    )

    assert outcomes(answers) == {(200, ""): 8}
    assert Key.objects.filter(name__in=names).count() == 60
    for run in runs:
        assert metrics_of(api, run.run_id).keys() == set(names)


def test_runs_that_write_to_the_same_models_do_not_wait_in_a_circle(prefix):
    models = [make_logged_model().model_id for _ in range(10)]
    points = [{"key": "m", "value": 1, "timestamp": 1, "model_id": model} for model in models]
    runs = [make_run() for _ in range(6)]

    answers = at_once(
        prefix,
        [
            ("runs/log-batch", {"run_id": run.run_id, "metrics": points[:: 1 if number % 2 else -1]})
            for number, run in enumerate(runs)
        ],
    )

    assert outcomes(answers) == {(200, ""): 6}


def test_one_dataset_of_many_runs_is_one(prefix):
    experiment = make_experiment()
    runs = [make_run(experiment) for _ in range(8)]
    datasets = [{"dataset": {"name": "d", "digest": str(number), "source": "s"}} for number in range(5)]

    answers = at_once(
        prefix,
        [
            ("runs/log-inputs", {"run_id": run.run_id, "datasets": datasets[:: 1 if number % 2 else -1]})
            for number, run in enumerate(runs)
        ],
    )

    assert outcomes(answers) == {(200, ""): 8}
    assert experiment.datasets.count() == 5
