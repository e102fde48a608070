import contextlib
import multiprocessing
import os
import signal
import threading
import time

import pytest

from trackui.errors import RequestLimitExceeded, TemporarilyUnavailable
from trackui.writer_lock import CROWDED_WAIT_SECONDS, WriterLock, writer_lock

processes = multiprocessing.get_context("fork")


@contextlib.contextmanager
def other_process(target, *args):
    process = processes.Process(target=target, args=args)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def hold(folder, held, let_go):
    with WriterLock(folder):
        held.set()
        let_go.wait()


def count_up(folder, counter, times):
    """Adds to a number in a file in two steps: sums are lost when two do it at once."""
    lock = WriterLock(folder, wait_seconds=60)
    for _ in range(times):
        with lock:
            value = int(counter.read_text())
            time.sleep(0)
            counter.write_text(str(value + 1))


def test_threads_and_processes_write_one_at_a_time(tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")

    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(other_process(count_up, tmp_path, counter, 100)) for _ in range(3)]
        threads = [threading.Thread(target=count_up, args=(tmp_path, counter, 50)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for waited_for in [*threads, *others]:
            waited_for.join(60)

    assert int(counter.read_text()) == 3 * 100 + 4 * 50


def test_threads_of_a_process_are_served_in_the_order_they_came(tmp_path):
    lock = WriterLock(tmp_path)
    order = []

    def write(number):
        with lock:
            order.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    with lock:
        for arrived, thread in enumerate(threads, start=1):
            thread.start()
            while len(lock._queue) < arrived:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)

    assert order == list(range(6))


def test_a_wait_ends_with_429_when_a_thread_keeps_the_lock(tmp_path):
    lock = WriterLock(tmp_path, wait_seconds=0.05)
    refused = []

    def write():
        try:
            with lock:
                pass
        except RequestLimitExceeded as error:
            refused.append(error)

    with lock:
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)

    assert refused[0].status == 429
    assert 1 <= refused[0].retry_after <= 5


def test_a_wait_ends_with_429_when_another_process_keeps_the_lock(tmp_path):
    held, let_go = processes.Event(), processes.Event()

    with other_process(hold, tmp_path, held, let_go):
        held.wait(10)
        began = time.monotonic()
        with pytest.raises(RequestLimitExceeded), WriterLock(tmp_path, wait_seconds=0.2):
            pass
        waited = time.monotonic() - began

    assert 0.2 <= waited < 1


def test_a_thread_that_gave_up_does_not_keep_those_behind_it(tmp_path):
    impatient, patient = WriterLock(tmp_path, wait_seconds=0.05), WriterLock(tmp_path, wait_seconds=5)
    held, let_go = processes.Event(), processes.Event()

    with other_process(hold, tmp_path, held, let_go):
        held.wait(10)
        with pytest.raises(RequestLimitExceeded), impatient:
            pass
        let_go.set()
        with patient, pytest.raises(RequestLimitExceeded), impatient:
            pass
    with impatient:
        pass


@pytest.mark.parametrize("holder", ["thread", "process"])
def test_one_waiter_too_many_is_refused_soon_and_the_next_at_once(tmp_path, holder):
    lock = WriterLock(tmp_path, wait_seconds=5, max_waiters=6)
    held, let_go = processes.Event(), processes.Event()

    def write():
        with lock:
            pass

    with contextlib.ExitStack() as stack:
        if holder == "thread":
            stack.enter_context(lock)
        else:
            stack.enter_context(other_process(hold, tmp_path, held, let_go))
            held.wait(10)
        threads = [threading.Thread(target=write) for _ in range(6)]
        for thread in threads:
            thread.start()
        while len(lock._queue) + lock._trying < 6:
            time.sleep(0.001)
        refused = []

        def one_more():
            began = time.monotonic()
            try:
                write()
            except RequestLimitExceeded:
                refused.append(time.monotonic() - began)

        for _ in range(2):
            last = threading.Thread(target=one_more)
            last.start()
            last.join(10)
        let_go.set()
    for thread in threads:
        thread.join(10)

    first, second = refused
    assert CROWDED_WAIT_SECONDS <= first < 2
    assert second < CROWDED_WAIT_SECONDS


def test_a_crowd_is_let_in_while_the_line_moves(tmp_path):
    lock = WriterLock(tmp_path, max_waiters=1)
    written = []

    def write(number):
        with lock:
            time.sleep(0.02)
            written.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sorted(written) == list(range(8))


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    held, let_go = processes.Event(), processes.Event()

    with other_process(hold, tmp_path, held, let_go) as process:
        held.wait(10)
        os.kill(process.pid, signal.SIGKILL)
        process.join()

        with WriterLock(tmp_path, wait_seconds=1):
            pass


def test_the_lock_of_a_killed_waiter_is_free(tmp_path):
    lock = WriterLock(tmp_path, wait_seconds=1)
    held, let_go = processes.Event(), processes.Event()

    with lock, other_process(hold, tmp_path, held, let_go) as process:
        time.sleep(0.1)
        os.kill(process.pid, signal.SIGKILL)
        process.join()

    with lock:
        pass


def test_processes_take_turns(tmp_path):
    """A process that writes without a pause, with threads queueing, must let another one in."""
    busy = WriterLock(tmp_path)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with busy:
                time.sleep(0.001)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    waits = []
    other = WriterLock(tmp_path)
    for _ in range(20):
        began = time.monotonic()
        with other:
            waits.append(time.monotonic() - began)
    stop.set()
    for thread in threads:
        thread.join(10)

    assert max(waits) < 0.5


def test_a_forked_child_starts_with_a_free_lock_of_its_own(tmp_path):
    lock = WriterLock(tmp_path, wait_seconds=0.05)
    refused = processes.Value("i", 0)

    def write_in_child():
        try:
            with lock:
                pass
        except RequestLimitExceeded:
            refused.value = 1

    with lock, other_process(write_in_child) as process:
        process.join(10)

    assert refused.value == 1


def test_entering_twice_is_an_error_and_not_a_wait(tmp_path):
    lock = WriterLock(tmp_path)

    with lock, pytest.raises(RuntimeError), lock:
        pass


def test_an_exception_inside_frees_the_lock(tmp_path):
    lock = WriterLock(tmp_path, wait_seconds=0.05)

    with pytest.raises(ZeroDivisionError), lock:
        1 / 0  # noqa: B018

    with lock:
        pass


def test_a_folder_that_cannot_be_made_is_503(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(TemporarilyUnavailable), WriterLock(tmp_path / "file" / "data"):
        pass


def test_the_shared_lock_lies_in_the_data_folder(settings, tmp_path):
    settings.TRACKUI_DATA = tmp_path

    with writer_lock():
        pass

    assert writer_lock() is writer_lock()
    assert {path.name for path in tmp_path.iterdir()} == {"writer.next.lock", "writer.main.lock"}
