"""Webhooks are told when runs end, however they do."""

import json
import math

import pytest

from runs.models import WebhookDelivery
from runs.services.edits import edit_run
from runs.services.runs import update_run
from tests.factories import make_experiment, make_run, make_webhook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("webhooks_on")]


def told() -> list[dict]:
    return [json.loads(payload) for payload in WebhookDelivery.objects.order_by("pk").values_list("payload", flat=True)]


def test_a_run_that_ends_is_told_of_with_its_values():
    make_webhook(events=["RUN.FINISHED"])
    run = make_run(name="r", params={"lr": "0.1"}, metrics={"acc": 0.9, "loss": math.nan, "far": -math.inf})

    update_run(run.run_id, status="FINISHED", end_time=run.start_time + 5, user=None)

    (message,) = told()
    assert (message["entity"], message["action"]) == ("run", "finished")
    assert message["data"] == {
        "run_id": run.run_id,
        "experiment_id": "0",
        "name": "r",
        "user_id": "",
        "status": "FINISHED",
        "start_time": run.start_time,
        "end_time": run.start_time + 5,
        "path": f"/runs/{run.run_id}/",
        "metrics": {"acc": 0.9, "far": "-Infinity", "loss": "NaN"},
        "params": {"lr": "0.1"},
    }


def test_each_run_is_told_of_once():
    make_webhook(events=["RUN.FINISHED"])
    run = make_run()

    update_run(run.run_id, status="RUNNING", user=None)
    assert told() == []
    for status in ("FAILED", "FAILED", "KILLED"):
        update_run(run.run_id, status=status, user=None)

    assert [message["data"]["status"] for message in told()] == ["FAILED"]


def test_other_doors_tell_of_it_too(api):
    make_webhook(events=["RUN.FINISHED"])
    run = make_run()

    edit_run(run.run_id, status="KILLED", tags={}, user=None)
    recorded = api.post("runs/", {"name": "whole", "metrics": {"acc": 0.5}, "params": {"a": 1}})
    assert recorded.status_code == 201, recorded.content

    assert [message["data"]["status"] for message in told()] == ["KILLED", "FINISHED"]
    assert told()[1]["data"]["metrics"] == {"acc": 0.5}


@pytest.mark.parametrize(
    ("filter", "hears"),
    [
        ("metrics.acc > 0.8", True),
        ("metrics.acc > 0.95", False),
        ("metrics.acc > 0.95 OR params.lr = '0.1'", True),
        ("status = 'FAILED'", False),
        ("metrics.unknown > 0", False),
        ("NOT status = 'FAILED'", True),
        ("metrics.acc.at.loss > 0.8", True),
    ],
)
def test_a_filter_is_asked_of_the_run_that_ends(filter, hears):
    make_webhook(events=["RUN.FINISHED"], filter=filter)
    run = make_run(params={"lr": "0.1"}, metrics={"acc": 0.9, "loss": 0.2})

    update_run(run.run_id, status="FINISHED", user=None)

    assert len(told()) == hears


def test_a_filter_nobody_understands_any_more_keeps_no_run_from_ending(caplog):
    make_webhook(events=["RUN.FINISHED"], filter="metrics.acc >")
    run = make_run()

    update_run(run.run_id, status="FINISHED", user=None)

    run.refresh_from_db()
    assert run.status == "FINISHED"
    assert told() == []
    assert "not understood" in caplog.text


def test_a_webhook_of_one_experiment_hears_of_no_other():
    experiment = make_experiment()
    make_webhook(events=["RUN.FINISHED"], experiment=experiment)

    for run in (make_run(), make_run(experiment)):
        update_run(run.run_id, status="FINISHED", user=None)

    assert [message["data"]["experiment_id"] for message in told()] == [experiment.experiment_id]


def test_a_hundred_values_at_most_are_told():
    make_webhook(events=["RUN.FINISHED"])
    run = make_run(params={f"p{number:03}": "1" for number in range(100)})
    with_more = make_run(metrics={f"m{number:03}": 1.0 for number in range(120)})

    for one in (run, with_more):
        update_run(one.run_id, status="FINISHED", user=None)

    assert len(told()[0]["data"]["params"]) == 100
    assert sorted(told()[1]["data"]["metrics"])[-1] == "m099"


# Those that hold the run and change it, and on SQLite a savepoint around them.
UPDATE = 6


def test_an_update_costs_no_statement_more_while_webhooks_are_off(settings, django_assert_max_num_queries):
    make_webhook(events=["RUN.FINISHED"])
    settings.TRACKUI_WEBHOOK_HOSTS = []
    run = make_run()

    with django_assert_max_num_queries(UPDATE):
        update_run(run.run_id, status="FINISHED", user=None)


def test_it_costs_one_where_nobody_listens_to_runs(django_assert_max_num_queries):
    make_webhook(events=["MODEL_VERSION.CREATED"])
    run = make_run()

    with django_assert_max_num_queries(UPDATE + 1):
        update_run(run.run_id, status="FINISHED", user=None)
