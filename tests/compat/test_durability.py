"""What was acknowledged is kept, whatever happens to the server; what was refused leaves nothing behind."""

import threading
from http.client import HTTPException

import pytest

from tests.compat.wire import Refused, Wire

STARTED = 1_700_000_000_000


def new_run(wire: Wire, experiment: str = "0") -> str:
    created = wire.post("runs/create", experiment_id=experiment, start_time=STARTED, run_name="run")
    return created["run"]["info"]["run_id"]


def points(*, first: int, count: int, key: str = "loss") -> list[dict]:
    return [
        {"key": key, "value": 1 / (step + 1), "timestamp": STARTED + step, "step": step}
        for step in range(first, first + count)
    ]


def history(wire: Wire, run_id: str, key: str = "loss") -> list[tuple]:
    found, token = [], {}
    while True:
        page = wire.get("metrics/get-history", run_id=run_id, metric_key=key, max_results=25_000, **token)
        found += [(point["step"], point["timestamp"], point["value"]) for point in page.get("metrics", [])]
        if not page.get("next_page_token"):
            return found
        token = {"page_token": page["next_page_token"]}


def expected(points: list[dict]) -> list[tuple]:
    return [(point["step"], point["timestamp"], point["value"]) for point in points]


def test_acknowledged_writes_survive_the_sudden_death_of_every_process(start_server):
    server = start_server()
    wire = Wire(server.url)
    experiment = wire.post("experiments/create", name="kept")["experiment_id"]
    run_id = new_run(wire, experiment)
    for batch in range(5):
        wire.post(
            "runs/log-batch",
            run_id=run_id,
            metrics=points(first=900 * batch, count=900),
            params=[{"key": f"p{batch}", "value": "x"}],
            tags=[{"key": "batch", "value": str(batch)}],
        )
    wire.post("runs/log-metric", run_id=run_id, key="last", value=0.5, timestamp=STARTED, step=1)
    path = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run_id}/artifacts/weights.bin"
    assert wire.send("PUT", path, b"weights" * 10_000).status == 200

    server.kill()
    again = Wire(start_server().url)

    run = again.get("runs/get", run_id=run_id)["run"]
    assert again.get("experiments/get", experiment_id=experiment)["experiment"]["name"] == "kept"
    assert history(again, run_id) == expected(points(first=0, count=4500))
    assert {param["key"] for param in run["data"]["params"]} == {"p0", "p1", "p2", "p3", "p4"}
    assert {"key": "batch", "value": "4"} in run["data"]["tags"]
    assert {metric["key"]: metric["value"] for metric in run["data"]["metrics"]} == {"loss": 1 / 4500, "last": 0.5}
    assert again.send("GET", path).body == b"weights" * 10_000


def test_death_in_the_midst_of_writing_loses_nothing_acknowledged_and_halves_no_batch(start_server):
    server = start_server()
    run_ids = [new_run(Wire(server.url)) for _ in range(4)]
    acknowledged = dict.fromkeys(run_ids, 0)

    def write(run_id):
        wire = Wire(server.url)
        try:
            while True:
                wire.post("runs/log-batch", run_id=run_id, metrics=points(first=500 * acknowledged[run_id], count=500))
                acknowledged[run_id] += 1
        except (OSError, Refused, HTTPException):
            return

    writers = [threading.Thread(target=write, args=[run_id]) for run_id in run_ids]
    for writer in writers:
        writer.start()
    threading.Event().wait(1)
    server.kill()
    for writer in writers:
        writer.join()
    again = Wire(start_server().url)

    assert sum(acknowledged.values()) > 0
    for run_id in run_ids:
        kept = history(again, run_id)
        assert len(kept) // 500 in (
            acknowledged[run_id],
            acknowledged[run_id] + 1,
        )  # the last answer may not have arrived
        assert kept == expected(points(first=0, count=500 * (len(kept) // 500)))


REFUSED_BATCHES = {
    "a param changed": {"params": [{"key": "new", "value": "1"}, {"key": "fixed", "value": "other"}]},
    "a key that is no name": {"metrics": [*points(first=0, count=2), {**points(first=3, count=1)[0], "key": "a//b"}]},
    "a value that is no number": {
        "metrics": [*points(first=0, count=2), {**points(first=3, count=1)[0], "value": "x"}]
    },
    "a param twice": {"params": [{"key": "new", "value": "1"}, {"key": "new", "value": "2"}]},
    "too many points": {"metrics": points(first=0, count=1001)},
    "too many params": {"params": [{"key": f"p{number}", "value": "1"} for number in range(101)]},
    "an endless key": {"tags": [{"key": "k" * 5000, "value": "1"}]},
}


@pytest.mark.parametrize("batch", REFUSED_BATCHES.values(), ids=REFUSED_BATCHES)
def test_a_refused_batch_leaves_nothing_behind(server, batch):
    wire = Wire(server.url)
    run_id = new_run(wire)
    wire.post("runs/log-parameter", run_id=run_id, key="fixed", value="1")
    before = wire.get("runs/get", run_id=run_id)
    others = {
        "metrics": points(first=0, count=3),
        "params": [{"key": "a", "value": "b"}],
        "tags": [{"key": "a", "value": "b"}],
    }

    with pytest.raises(Refused) as refusal:
        wire.post("runs/log-batch", run_id=run_id, **{**others, **batch})

    assert 400 <= refusal.value.status < 500
    assert wire.get("runs/get", run_id=run_id) == before
    assert history(wire, run_id) == []


def test_sixteen_writers_lose_nothing_and_see_no_locked_database(start_server):
    """Each also waits when it is told to, as MLflow's clients do."""
    server = start_server()
    wire = Wire(server.url)
    experiment = wire.post("experiments/create", name="busy")["experiment_id"]
    shared = new_run(wire, experiment)
    acknowledged, failures = {}, []

    def patiently(wire, path, **body):
        for _ in range(20):
            try:
                return wire.post(path, **body)
            except Refused as refusal:
                if refusal.status != 429:
                    raise
                threading.Event().wait(0.2)
        raise TimeoutError(path)

    def write(number):
        wire = Wire(server.url)
        try:
            created = patiently(wire, "runs/create", experiment_id=experiment, start_time=STARTED)
            own = created["run"]["info"]["run_id"]
            acknowledged[own] = []
            for step in range(15):
                batch = points(first=100 * step, count=100)
                patiently(wire, "runs/log-batch", run_id=own, metrics=batch, tags=[{"key": "a", "value": str(step)}])
                acknowledged[own] += batch
                patiently(
                    wire,
                    "runs/log-metric",
                    run_id=shared,
                    key=f"writer {number}",
                    value=step,
                    timestamp=STARTED,
                    step=step,
                )
                patiently(wire, "runs/log-parameter", run_id=shared, key=f"{number}/{step}", value="x")
        except Exception as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=[number]) for number in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert failures == []
    assert "locked" not in server.log.read_text(errors="replace")
    for run_id, written in acknowledged.items():
        assert history(wire, run_id) == expected(written)
    for number in range(16):
        assert [step for step, _, _ in history(wire, shared, f"writer {number}")] == list(range(15))
    assert len(wire.get("runs/get", run_id=shared)["run"]["data"]["params"]) == 16 * 15
