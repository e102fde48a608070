"""Several requests at once, with real commits."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from runs.models import Experiment, Run
from tests.clients import JsonClient

AT_ONCE = 6


def at_once(body: dict) -> list[dict]:
    def send(_) -> dict:
        try:
            response = JsonClient("/api/v1").post("runs/", body)
            return {"status": response.status_code, **response.json()}
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(send, range(AT_ONCE)))


def test_an_experiment_named_by_many_is_created_once(transactional_db):
    answers = at_once({"experiment_name": "shared", "create_experiment": True})

    assert [answer["status"] for answer in answers] == [201] * AT_ONCE, answers
    assert Experiment.objects.filter(name="shared").count() == 1
    assert Run.objects.count() == AT_ONCE


def test_a_run_id_is_recorded_once(transactional_db):
    answers = at_once({"run_id": "0" * 32, "metrics": {"loss": 1}})

    assert sorted(answer["status"] for answer in answers) == [201] + [400] * (AT_ONCE - 1)
    assert {answer.get("error_code") for answer in answers} == {None, "RESOURCE_ALREADY_EXISTS"}
    assert Run.objects.count() == 1
