"""Histories in blocks: what a page reads of them, and what it does without."""

import tracemalloc

import numpy as np

from runs.keys import intern_keys
from runs.metrics import blocks
from runs.metrics.codec import Line
from tests.factories import make_run
from tests.runs.metrics.stored import damage, store_points
from trackui.mlflow_api.page_tokens import make_page_token


def history(mlflow_api, run, **query):
    return mlflow_api.get("metrics/get-history", {"run_id": run.run_id, "metric_key": "loss"} | query)


def interval(mlflow_api, run, **query):
    query = {"run_ids": [run.run_id], "metric_key": "loss"} | query
    return mlflow_api.get("metrics/get-history-bulk-interval", query)


def steps(response):
    return [metric["step"] for metric in response.json()["metrics"]]


def sealed_run(blocks, size):
    """A run with `loss` in sealed blocks of consecutive steps."""
    run = make_run()
    points = [[(step, step, float(step), False) for step in range(at * size, (at + 1) * size)] for at in range(blocks)]
    return run, store_points(run, "loss", sealed=points)


def test_a_damaged_block_is_named_and_the_pages_beside_it_are_read(mlflow_api, caplog):
    run, key = sealed_run(3, 10)
    damage(run, key, 1)

    whole = history(mlflow_api, run)
    before = history(mlflow_api, run, max_results=9)
    touching = history(mlflow_api, run, max_results=9, page_token=before.json()["next_page_token"])
    after = interval(mlflow_api, run, start_step=20, end_step=29)

    for response in (whole, touching):
        assert response.status_code == 500
        assert response.json() == {
            "error_code": "INTERNAL_ERROR",
            "message": f"Block 1 of metric 'loss' of run {run.run_id} is damaged; the others can be read.",
        }
    assert steps(before) == list(range(9))
    assert steps(after) == list(range(20, 30))
    assert sum("Block 1 of metric 'loss'" in record.message for record in caplog.records) == 2


def test_a_page_reads_only_the_blocks_that_it_touches(mlflow_api, monkeypatch):
    run, _ = sealed_run(6, 10)
    read = []
    read_blocks = blocks.read_blocks
    monkeypatch.setattr(
        "runs.metrics.blocks.read_blocks",
        lambda heads, key: read.extend(head["number"] for head in heads) or read_blocks(heads, key),
    )

    answered = history(mlflow_api, run, max_results=10, page_token=make_page_token(15, run.run_id, "loss"))

    assert steps(answered) == list(range(15, 25))
    assert read == [1, 2]


def test_a_long_history_is_never_whole_in_memory(mlflow_api):
    run = make_run()
    key = intern_keys(["loss"])["loss"]
    every = np.arange(1_000_000)
    line = Line(every, every, np.random.default_rng(1).random(len(every)))
    pieces = [line.at(slice(start, start + 4096)) for start in range(0, len(line), 4096)]
    blocks.store_blocks(run.pk, [blocks.NewBlock(key, at, piece, True) for at, piece in enumerate(pieces)])
    del line, pieces, every

    tracemalloc.start()
    sent = sum(map(len, history(mlflow_api, run).streaming_content))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sent > 70_000_000
    assert peak < 32 * 2**20
