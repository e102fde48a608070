"""Runs grouped by keys, held against a plain grouping in Python."""

from collections import defaultdict

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.models import Run
from runs.queries import group_members, group_texts
from runs.queries.group_members import Members, TooManyRuns, members
from runs.queries.grouping import Grouping, grouped_runs, run_groups
from runs.queries.run_choices import Choice
from runs.queries.run_set import run_set
from runs.queries.run_table_options import RunTableOptions
from tests.factories import make_experiment, make_run
from trackui.db import is_sqlite


@pytest.fixture
def experiment(db):
    return make_experiment("sweep")


def asked(text):
    return Grouping.from_query(QueryDict(text))


def all_runs(experiment, filter=""):
    return run_set(experiment.pk, RunTableOptions(filter=filter))


def groups(experiment, text, filter=""):
    return run_groups(all_runs(experiment, filter), asked(text))


def names(group):
    found = dict(Run.objects.values_list("pk", "name"))
    return sorted(found[pk] for pk in group.pks)


def by_label(found):
    return {group.label: names(group) for group in found}


# --- What is one group ---------------------------------------------------------------------------


@pytest.mark.parametrize("filter", ["", "run_id != 'none'", "run_name LIKE '%'"])
def test_values_that_are_equal_as_numbers_are_one_group_and_others_are_by_text(experiment, filter):
    for name, lr in {"a": "0.1", "b": "0.10", "c": "1e-1", "d": "0.2", "e": "auto", "f": "Auto", "g": ""}.items():
        make_run(experiment, name=name, params={"lr": lr})

    found = by_label(groups(experiment, "group=params.lr", filter))

    assert found == {
        "lr 0.1": ["a", "b", "c"],
        "lr 0.2": ["d"],
        "lr auto": ["e"],
        "lr Auto": ["f"],
        "lr (empty)": ["g"],
    }


@pytest.mark.parametrize("filter", ["", "run_id != 'none'", "run_name = 'a' OR run_name LIKE '%'"])
def test_long_numbers_are_told_apart_though_they_are_one_double(experiment, filter):
    written = {"a": "9007199254740992", "b": "9007199254740993", "c": "9007199254740993.0", "d": "5", "e": "1e20"}
    for name, data in written.items():
        make_run(experiment, name=name, params={"data": data})
    make_run(experiment, name="f", params={"data": "100000000000000000000"})

    found = by_label(groups(experiment, "group=params.data", filter))

    assert sorted(found.values()) == [["a"], ["b", "c"], ["d"], ["e", "f"]]
    assert list(found)[:2] == ["data 5", "data 9007199254740992"]


def test_runs_without_the_key_are_in_a_group_of_their_own_that_stands_last(experiment):
    make_run(experiment, name="bare")
    make_run(experiment, name="nan", params={"lr": "nan"})
    make_run(experiment, name="low", params={"lr": "1e-05"})
    make_run(experiment, name="high", params={"lr": "10"})

    found = groups(experiment, "group=params.lr")

    assert [group.label for group in found] == ["lr 1e-05", "lr 10", "lr nan", "lr not set"]
    assert found[-1].values == (("params.lr", None),)


def test_all_params_but_the_seed_make_groups_and_constants_do_not_split_them(experiment):
    for seed in range(3):
        for lr in ("0.1", "0.2"):
            make_run(experiment, name=f"{lr}/{seed}", params={"lr": lr, "data": "digits", "seed": str(seed)})

    found = groups(experiment, "group=all&except=params.seed")

    assert by_label(found) == {"lr 0.1": ["0.1/0", "0.1/1", "0.1/2"], "lr 0.2": ["0.2/0", "0.2/1", "0.2/2"]}
    assert found[0].values == (("params.data", "digits"), ("params.lr", "0.1"))


@pytest.mark.parametrize(
    "name", ["seed", "random_state", "random_seed", "run_index", "train.seed", "Seed", "split_seed"]
)
def test_seeds_are_guessed_by_their_name_where_nothing_is_left_out_in_words(experiment, name):
    for seed in "12":
        make_run(experiment, params={"lr": "0.1", name: seed})

    found = grouped_runs(all_runs(experiment), asked("group=all"))

    assert len(found) == 1
    assert found.keys.left_out == (f"params.{name}",)
    assert len(groups(experiment, "group=all&except=")) == 2


@pytest.mark.parametrize("name", ["seeds", "n_seeds", "seeding", "model_state"])
def test_names_that_only_look_like_seeds_count(experiment, name):
    for value in "12":
        make_run(experiment, params={name: value})

    assert len(groups(experiment, "group=all")) == 2


def test_tags_users_and_status_group_as_well(experiment):
    make_run(experiment, name="a", tags={"team": "vision", "mlflow.user": "ana"}, status="FINISHED")
    make_run(experiment, name="b", tags={"team": "vision"}, status="FAILED")
    make_run(experiment, name="c", status="FAILED")

    assert by_label(groups(experiment, "group=tags.team")) == {"team vision": ["a", "b"], "team not set": ["c"]}
    assert by_label(groups(experiment, "group=status")) == {"status FAILED": ["b", "c"], "status FINISHED": ["a"]}
    assert len(groups(experiment, "group=tags.team,status")) == 3
    assert by_label(groups(experiment, "group=experiment")) == {"all runs": ["a", "b", "c"]}


def test_a_field_that_no_run_has_is_named_and_makes_no_groups(experiment):
    make_run(experiment, name="a", params={"lr": "1"})

    found = grouped_runs(all_runs(experiment), asked("group=params.lr,params.rate,metrics.loss,nonsense"))

    assert found.keys.unknown == ("params.rate", "metrics.loss", "nonsense")
    assert [values.field for values in found.fields] == ["params.lr"]


@pytest.mark.parametrize("filter", ["", "run_name LIKE '%'"])
def test_long_texts_are_told_apart_by_all_of_them(experiment, filter):
    start = "x" * 400
    for name, tail in {"a": "1", "b": "2", "c": "2", "d": ""}.items():
        make_run(experiment, name=name, params={"config": start + tail})
    make_run(experiment, name="e", params={"config": "x" * 100})
    make_run(experiment, name="f", params={"config": "x" * 99})

    assert sorted(names(group) for group in groups(experiment, "group=params.config", filter)) == [
        ["a"], ["b", "c"], ["d"], ["e"], ["f"],
    ]  # fmt: skip


@pytest.mark.parametrize("few", [0, 3, 200])
def test_keys_of_many_texts_are_grouped_as_those_of_few(experiment, monkeypatch, few):
    monkeypatch.setattr(group_texts, "FEW_TEXTS", few)
    for i in range(12):
        make_run(experiment, name=f"r{i:02}", params={"model": "mlp tree Ä b".split()[i % 4]} if i != 5 else {})
    make_run(experiment, params={"model": "gone"}, lifecycle_stage="deleted")
    make_run(params={"model": "elsewhere"})

    assert by_label(groups(experiment, "group=params.model")) == {
        "model b": ["r03", "r07", "r11"],
        "model mlp": ["r00", "r04", "r08"],
        "model tree": ["r01", "r09"],
        "model Ä": ["r02", "r06", "r10"],
        "model not set": ["r05"],
    }


def test_a_group_holds_the_latest_run_first_and_only_runs_of_the_set(experiment):
    old = make_run(experiment, params={"lr": "1"})
    new = make_run(experiment, params={"lr": "1"})
    make_run(experiment, params={"lr": "1"}, lifecycle_stage="deleted")
    make_run(params={"lr": "1"})

    (group,) = groups(experiment, "group=params.lr")

    assert group.pks == [new.pk, old.pk]


def test_the_chosen_and_the_first_of_an_order_are_sets_too(experiment):
    runs = [make_run(experiment, params={"lr": str(i % 2)}, start_time=1000 + i) for i in range(4)]

    chosen = run_groups(run_set(experiment.pk, RunTableOptions(), chosen=[runs[0].run_id]), asked("group=params.lr"))
    first = run_groups(run_set(experiment.pk, RunTableOptions(), top=1), asked("group=params.lr"))
    picked = RunTableOptions(choices=(Choice("params.lr", ("1",)),))

    assert [group.pks for group in chosen] == [[runs[0].pk]]
    assert [group.pks for group in first] == [[runs[3].pk]]
    assert [len(group.pks) for group in run_groups(run_set(experiment.pk, picked), asked("group=params.lr"))] == [2]


def test_an_empty_set_has_no_groups(experiment):
    assert groups(experiment, "group=params.lr") == []
    assert groups(experiment, "group=all") == []


# --- Keys of groups -----------------------------------------------------------------------------


def test_the_key_of_a_group_outlives_a_filter_and_new_runs(experiment):
    make_run(experiment, params={"lr": "0.1", "data": "digits"})
    make_run(experiment, params={"lr": "0.2", "data": "digits"})
    before = {group.label: group.key for group in groups(experiment, "group=all")}

    (alone,) = groups(experiment, "group=all", "params.lr = 0.1")
    make_run(experiment, params={"lr": "0.10", "data": "digits"})
    make_run(experiment, params={"lr": "0.1", "data": "wine", "new": "1"})
    after = grouped_runs(all_runs(experiment), asked("group=all"))

    assert alone.key == before["lr 0.1"]
    assert len(after.pks(after.find(alone.key))) == 2
    assert after.find("0" * 12) is None
    assert [after.find(text) for text in ("", "zz", "-00000000001", "g" * 12, "1" * 40, "１" * 12)] == [None] * 6


# --- Any runs -----------------------------------------------------------------------------------

values = st.sampled_from(["1", "1.0", "1e0", "2", "-0", "0", "0.0", "nan", "inf", "a", "A", "", "ä", "1_0", " 1", None])


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(values, values), max_size=12), st.booleans())
def test_groups_are_those_of_a_plain_grouping(runs, filtered):
    experiment = make_experiment()
    stored = {}
    for one, other in runs:
        run = make_run(experiment, params={key: v for key, v in (("a", one), ("b", other)) if v is not None})
        stored[run.pk] = tuple(
            (p.number if p.number is not None else p.value) if (p := run.params.filter(key__name=key).first()) else None
            for key in "ab"
        )
    expected = defaultdict(set)
    for pk, pair in stored.items():
        expected[pair].add(pk)

    found = groups(experiment, "group=params.a,params.b", "run_name LIKE '%'" if filtered else "")

    assert {frozenset(group.pks) for group in found} == {frozenset(pks) for pks in expected.values()}
    assert len({group.key for group in found}) == len(found)


# --- Costs --------------------------------------------------------------------------------------


def test_statements_do_not_grow_with_runs_or_groups(experiment, django_assert_num_queries):
    def add(count):
        for i in range(count):
            make_run(experiment, params={"lr": str(i), "model": f"m{i}", "seed": "1"})

    # A text is read in one statement more on SQLite.
    statements = 9 if is_sqlite() else 8
    add(3)
    with django_assert_num_queries(statements):
        groups(experiment, "group=all")
    add(20)
    with django_assert_num_queries(statements):
        groups(experiment, "group=all")


@pytest.mark.parametrize(
    "filter",
    [
        "metrics.loss < 0.8",
        "metrics.loss < 0.8 AND params.lr = '1'",
        "params.lr = 1 OR metrics.loss > 0.2",
        "params.lr = 1 OR (metrics.loss > 0.2 AND run_name LIKE 'r%')",
        "NOT params.lr = 1",
        "has(params.lr) AND NOT has(tags.team)",
        "params.lr IS NULL OR tags.team = 'x'",
        "params.lr LIKE '%' AND status = 'RUNNING'",
        "start_time > 1002",
    ],
)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_members_are_the_runs_that_a_search_finds(experiment, monkeypatch, filter, share):
    monkeypatch.setattr(group_members, "LARGE_SHARE", share)
    for i in range(10):
        make_run(
            experiment,
            name=f"r{i}",
            start_time=1000 + i,
            params={"lr": str(i % 3)} if i % 4 else {},
            metrics={"loss": i / 10} if i != 5 else {},
            tags={"team": "x"} if i == 7 else {},
            lifecycle_stage="deleted" if i == 8 else "active",
        )
    found = all_runs(experiment, filter)

    assert members(found).pks.tolist() == sorted(found.pks(limit=100))


def test_too_many_runs_are_refused_in_words(experiment, monkeypatch):
    for _ in range(3):
        make_run(experiment, params={"lr": "1"})
    monkeypatch.setattr(group_members, "MOST_RUNS", 2)

    for filter in ("", "params.lr = 1", "run_name LIKE '%'"):
        with pytest.raises(TooManyRuns, match="Narrow them down by a filter"):
            members(all_runs(experiment, filter))


def test_ids_far_apart_are_found_as_well():
    import numpy as np

    spread = Members((1,), np.array([1, 5, 2**40]))

    assert spread.positions(np.array([5, 2**40, 2, 0, 2**41])).tolist() == [1, 2, -1, -1, -1]
