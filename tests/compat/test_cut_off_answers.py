"""An answer that cannot be finished is cut off, so that no client takes it for the whole."""

import http.client
import json
import sqlite3
from urllib.parse import urlsplit

import pytest

from tests.compat.wire import Answer, Wire

# More than is read before an answer begins.
HALF = 90_000


def post(wire, path, first) -> Answer:
    body = {"metrics": {"loss": [[step, 1.0, step] for step in range(first, first + HALF)]}}
    as_json = {"Content-Type": "application/json"}
    return wire.send("POST", f"/api/v1/runs/{path}", json.dumps(body).encode(), **as_json)


@pytest.fixture
def damaged_run(server) -> str:
    """A long history whose last sealed block is damaged."""
    wire = Wire(server.url)
    run_id = post(wire, "", 0).json()["run_id"]
    assert post(wire, f"{run_id}/append/", HALF).status in (200, 204)
    wire.close()
    with sqlite3.connect(server.data / "trackui.sqlite3", timeout=20) as database:
        database.execute(
            "UPDATE runs_metricblockdata SET checksum = checksum + 1 WHERE (run_id, key_id, number) IN ("
            " SELECT run_id, key_id, max(number) FROM runs_metricblock"
            " WHERE is_sealed AND run_id = (SELECT id FROM runs_run WHERE run_id = ?))",
            [run_id],
        )
    return run_id


@pytest.mark.parametrize(
    "path",
    [
        "/api/2.0/mlflow/metrics/get-history?metric_key=loss&run_id={}",
        "/api/v1/runs/{}/history.csv?key=loss",
        "/runs/{}/charts/loss.csv",
    ],
)
def test_a_stream_that_meets_a_damaged_block_ends_incomplete(server, damaged_run, path):
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.request("GET", path.format(damaged_run))
    response = connection.getresponse()

    with pytest.raises(http.client.IncompleteRead) as cut:
        response.read()
    connection.close()

    assert response.status == 200
    assert len(cut.value.partial) > 1_000_000
