import pytest
from django.db import transaction

from runs.keys import intern_keys, key_ids, key_names
from runs.models import Key

pytestmark = pytest.mark.django_db(transaction=True)


class Undo(Exception):
    """Rolls the open transaction back."""


def intern_and_undo(name):
    with transaction.atomic():
        made = intern_keys([name])
        assert key_ids([name]) == made
        assert key_names(made.values()) == {made[name]: name}
        raise Undo


def test_a_name_has_one_id_for_ever(django_assert_num_queries):
    with transaction.atomic():
        first = intern_keys(["a", "b"])

    with django_assert_num_queries(0):
        assert key_ids(["a", "b"]) == first
        assert key_names(first.values()) == {key: name for name, key in first.items()}
    with transaction.atomic():
        assert intern_keys(["b", "c"])["b"] == first["b"]
    assert Key.objects.count() == 3


def test_unknown_names_have_no_id():
    assert key_ids(["never seen"]) == {}


def test_names_rolled_back_are_forgotten_also_when_they_were_read_again():
    with pytest.raises(Undo):
        intern_and_undo("undone")

    assert key_ids(["undone"]) == {}
    with transaction.atomic():
        ids = intern_keys(["another", "undone"])
    assert len(set(ids.values())) == 2
    assert key_names(ids.values()) == dict(Key.objects.values_list("pk", "name"))


def test_names_of_a_savepoint_rolled_back_are_forgotten():
    with transaction.atomic():
        with pytest.raises(Undo):
            intern_and_undo("undone")
        intern_keys(["kept"])

    assert key_ids(["undone", "kept"]).keys() == {"kept"}


def test_statements_do_not_grow_with_the_names(django_assert_max_num_queries):
    with transaction.atomic(), django_assert_max_num_queries(5):
        intern_keys(f"key {number}" for number in range(1000))
