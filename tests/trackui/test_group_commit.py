"""Writes of one process that are ready at the same moment share a transaction, and nothing else."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection

from runs.models import Key
from trackui import group_commit
from trackui.db import write_transaction
from trackui.errors import InvalidParameterValue, RequestLimitExceeded
from trackui.group_commit import LARGEST_GROUP, Group
from trackui.writer_lock import CROWDED_WAIT_SECONDS, writer_lock

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def transactions(monkeypatch):
    """How many transactions were begun for the group."""
    begun = []

    @contextmanager
    def counted():
        begun.append(threading.get_ident())
        with write_transaction():
            yield

    monkeypatch.setattr(group_commit, "write_transaction", counted)
    return begun


def all_at_once(group, works):
    """Each work in a thread of its own, all waiting before the first may write. Outcomes in order."""
    outcomes = [None] * len(works)

    def write(position):
        try:
            outcomes[position] = group.write(works[position])
        except Exception as error:
            outcomes[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(position,)) for position in range(len(works))]
    with writer_lock():
        for thread in threads:
            thread.start()
        while len(group._waiting) < len(works):
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    return outcomes


def create(name):
    return lambda: Key.objects.create(name=name).name


def test_writes_that_wait_share_one_transaction(transactional_db, transactions):
    names = [f"key {number}" for number in range(LARGEST_GROUP)]

    outcomes = all_at_once(Group(), [create(name) for name in names])

    assert outcomes == names
    assert set(Key.objects.values_list("name", flat=True)) >= set(names)
    assert len(transactions) == 1


def test_a_write_that_fails_fails_alone_and_leaves_nothing(transactional_db):
    def fail():
        Key.objects.create(name="half done")
        raise InvalidParameterValue("no")

    first, failed, last = all_at_once(Group(), [create("first"), fail, create("last")])

    assert (first, last) == ("first", "last")
    assert isinstance(failed, InvalidParameterValue)
    assert not Key.objects.filter(name="half done").exists()
    assert Key.objects.filter(name__in=["first", "last"]).count() == 2


def test_a_write_the_database_refuses_does_not_harm_the_others(transactional_db):
    Key.objects.create(name="taken")

    taken, free = all_at_once(Group(), [create("taken"), create("free")])

    assert isinstance(taken, Exception)
    assert free == "free"
    assert Key.objects.filter(name="free").exists()


def test_when_the_commit_fails_every_write_is_refused(transactional_db, monkeypatch):
    @contextmanager
    def uncommitted():
        with write_transaction():
            yield
            raise RequestLimitExceeded("The disk is full.")

    monkeypatch.setattr(group_commit, "write_transaction", uncommitted)

    outcomes = all_at_once(Group(), [create("a"), create("b")])

    assert [type(outcome) for outcome in outcomes] == [RequestLimitExceeded, RequestLimitExceeded]
    assert not Key.objects.filter(name__in=["a", "b"]).exists()


def test_more_than_may_wait_are_written_while_the_line_moves(transactional_db, monkeypatch):
    monkeypatch.setattr(group_commit, "CROWDED_WAIT_SECONDS", 10)
    names = [f"key {number}" for number in range(3 * LARGEST_GROUP)]

    assert all_at_once(Group(), [create(name) for name in names]) == names


def test_one_more_than_may_wait_is_refused_soon_and_the_next_at_once(transactional_db):
    group = Group()
    group._waiting.extend([None] * LARGEST_GROUP)
    waited = []

    with group._leading:
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(RequestLimitExceeded):
                group.write(create("too many"))
            waited.append(time.monotonic() - began)

    assert CROWDED_WAIT_SECONDS <= waited[0] < 2
    assert waited[1] < CROWDED_WAIT_SECONDS
    assert len(group._waiting) == LARGEST_GROUP


def test_one_who_waited_long_while_being_written_is_not_refused(transactional_db, monkeypatch):
    monkeypatch.setattr(group_commit, "MAX_WAITERS", 0)

    def slow():
        time.sleep(2 * CROWDED_WAIT_SECONDS)
        return create("slow")()

    assert all_at_once(Group(), [slow, create("taken with it")]) == ["slow", "taken with it"]


def test_a_write_whose_turn_does_not_come_is_forgotten(transactional_db, monkeypatch):
    @contextmanager
    def busy():
        raise RequestLimitExceeded("busy")
        yield

    group = Group()
    with monkeypatch.context() as patched:
        patched.setattr(group_commit, "write_transaction", busy)
        with pytest.raises(RequestLimitExceeded):
            group.write(create("later"))

    assert not group._waiting
    assert group.write(create("now")) == "now"
    assert not Key.objects.filter(name="later").exists()
