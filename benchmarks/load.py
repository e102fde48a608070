"""Many clients at once, a process each, for a time; and what they saw."""

import multiprocessing
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.client import Refused, Tracking

# Makes what a client does over and over: (server, experiment id, number of the client) -> one unit of work.
Workload = Callable[[Tracking, str, int], Callable[[], None]]


class ClientLog(NamedTuple):
    """Clock readings agree between the processes of a machine."""

    began: float
    answers: list[tuple[float, float]]  # when it was there, and after how many seconds
    errors: list[str]


class Load(NamedTuple):
    clients: list[ClientLog]

    @property
    def latencies(self) -> list[float]:
        return [seconds for client in self.clients for _, seconds in client.answers]

    @property
    def errors(self) -> list[str]:
        return [error for client in self.clients for error in client.errors]

    @property
    def began(self) -> float:
        return min(client.began for client in self.clients)

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        ends = [at for client in self.clients for at, _ in client.answers]
        return max(ends) - self.began if ends else 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0


def load(
    workload: Workload,
    url: str,
    experiment_id: str,
    *,
    clients: int,
    seconds: float,
    meanwhile: Callable[[float], None] = time.sleep,
) -> Load:
    """All start together when all are ready; `meanwhile` is called with the seconds they take."""
    context = multiprocessing.get_context("fork")
    ready, logs = context.Barrier(clients + 1), context.Queue()
    arguments = (workload, url, experiment_id, seconds, ready, logs)
    processes = [context.Process(target=_client, args=(number, *arguments)) for number in range(clients)]
    for process in processes:
        process.start()
    ready.wait(timeout=120)
    meanwhile(seconds)
    found = [logs.get(timeout=700) for _ in processes]
    for process in processes:
        process.join()
    return Load(found)


def _client(number: int, workload: Workload, url: str, experiment_id: str, seconds: float, ready, logs) -> None:
    try:
        once = workload(Tracking(url), experiment_id, number)
    except BaseException:
        ready.abort()
        raise
    ready.wait(timeout=120)
    began = time.monotonic()
    answers, errors = [], []
    while (sent := time.monotonic()) < began + seconds:
        try:
            once()
        except (Refused, OSError) as error:
            errors.append(repr(error))
        else:
            done = time.monotonic()
            answers.append((done, done - sent))
    logs.put(ClientLog(began, answers, errors))


def percentile(values: list[float], share: float) -> float:
    """0.5 is the median; NaN of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def in_processes(work: Callable[..., None], jobs: list[tuple]) -> None:
    """Each job in a process of its own."""
    with multiprocessing.get_context("fork").Pool(len(jobs)) as pool:
        pool.starmap(work, jobs)
