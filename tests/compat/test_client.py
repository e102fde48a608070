"""The real MLflow client, of both major versions, against the live server: each scenario is a test."""

import pytest

from tests.compat.clients import CLIENTS, ClientProcess, scenarios

CASES = [
    pytest.param(client, scenario, id=f"mlflow{client.major}-{scenario}")
    for client in CLIENTS
    for scenario in scenarios()
    if scenario.only_mlflow in (None, client.major)
]


@pytest.fixture(scope="module")
def client_process(server, tmp_path_factory):
    """Start the process of a client, or take the one that runs already."""
    running: dict[int, ClientProcess] = {}

    def start(client):
        if client.major not in running or not running[client.major].is_running():
            log = tmp_path_factory.mktemp("client") / f"mlflow{client.major}.log"
            running[client.major] = ClientProcess(client, server.url, log=log, receiver=server.receiver)
        return running[client.major]

    yield start
    for process in running.values():
        process.stop()


@pytest.mark.parametrize(("client", "scenario"), CASES)
def test_client_works_unchanged(client_process, client, scenario):
    failure = client_process(client).failure_of(scenario)

    if failure:
        pytest.fail(failure, pytrace=False)
