"""Writers that are killed at random moments of writing and sealing: nothing acknowledged is lost, nothing doubled.

A round is a few processes that write to one run until they are killed (`--kills`: so many rounds). Each says in
a ledger what it is about to send and what was acknowledged; batches follow from their number.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from runs.ingest.batch import Batch
from runs.ingest.writer import log_batch
from runs.keys import key_ids
from runs.metrics.check import check_runs
from runs.metrics.points import columns_of
from runs.models import MetricBlock, RunStatus
from runs.services.runs import update_run
from tests.factories import make_run
from tests.runs.metrics.points import as_stored, stored_points

WRITERS = 2


def points_of(writer: int, number: int) -> dict[str, list[tuple]]:
    """Of one batch: few or many, mostly later ones, some again, some late."""
    rng = random.Random(f"{writer} {number}")
    first = number * 40 - rng.choice([0, 0, 0, 100])
    return {
        key: [as_stored(step, step, step / 3) for step in range(first, first + rng.choice([1, 5, 40, 60]))]
        for key in rng.sample([f"own {writer}", "shared"], rng.choice([1, 2]))
    }


def write_until_killed(run_id: str, writer: int, ledger: Path, first: int) -> None:
    with ledger.open("a") as told:
        for number in range(first, first + 100_000):
            print("sent", number, file=told, flush=True)
            points = {key: columns_of(points) for key, points in points_of(writer, number).items()}
            log_batch(run_id, Batch(points=points), user=None)
            print("done", number, file=told, flush=True)
            if number % 20 == 0:
                update_run(run_id, status=RunStatus.FINISHED, user=None)


def started(work, *args) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work(*args)
        finally:
            os._exit(1)
    return pid


def numbers(ledger: Path, word: str) -> set[int]:
    lines = ledger.read_text().splitlines() if ledger.exists() else []
    return {int(line.split()[1]) for line in lines if line.startswith(word)}


def points_sent(writer: int, number: int) -> Iterator[tuple]:
    return ((key, point) for key, points in points_of(writer, number).items() for point in points)


def batch_points(ledgers: list[Path], word: str) -> Iterator[tuple]:
    for writer, ledger in enumerate(ledgers):
        for number in numbers(ledger, word):
            yield from points_sent(writer, number)


@pytest.mark.usefixtures("transactional_db")
def test_writers_that_are_killed_lose_nothing_and_double_nothing(tmp_path, monkeypatch, request):
    monkeypatch.setattr("runs.metrics.blocks.FULL_BLOCK", 128)
    run = make_run()
    rng = random.Random(7)
    ledgers = [tmp_path / f"{writer}" for writer in range(WRITERS)]
    connections.close_all()

    for _ in range(request.config.getoption("kills")):
        firsts = [max(numbers(ledger, "sent"), default=-1) + 1 for ledger in ledgers]
        pids = [
            started(write_until_killed, run.run_id, writer, ledgers[writer], firsts[writer])
            for writer in range(WRITERS)
        ]
        time.sleep(rng.uniform(0.02, 0.25))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL

    names = key_ids(["shared", *(f"own {writer}" for writer in range(WRITERS))])
    kept = [(name, point) for name, key in names.items() for point in stored_points(run, key)]
    sent = Counter(batch_points(ledgers, "sent"))
    stored, acknowledged = set(kept), set(batch_points(ledgers, "done"))
    assert len(kept) == len(stored)
    assert acknowledged
    assert acknowledged <= stored <= sent.keys()
    for writer, ledger in enumerate(ledgers):
        for number in numbers(ledger, "sent") - numbers(ledger, "done"):
            alone = {point for point in points_sent(writer, number) if sent[point] == 1}
            assert alone <= stored or not alone & stored
    assert MetricBlock.objects.filter(is_sealed=True).exists()
    assert list(check_runs([run.pk])) == []
