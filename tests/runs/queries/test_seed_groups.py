"""Two runs with all that only differ from them in their seed."""

import pytest
from django.http import QueryDict

from runs.models import Run
from runs.queries.grouping import Grouping, grouped_runs
from runs.queries.run_set import run_set
from runs.queries.run_table_options import RunTableOptions
from runs.queries.seed_groups import seed_comparison, seed_group
from tests.factories import make_experiment, make_run

VALUES = {"0.001": (0.9401, 0.9412, 0.9420, 0.9395, 0.9432), "3e-4": (0.9462, 0.9473, 0.9480, 0.9455, 0.9490)}


@pytest.fixture
def experiment(db):
    experiment = make_experiment("sweep")
    for lr, values in VALUES.items():
        for seed, value in enumerate(values):
            params = {"lr": lr, "note": """a "quoted" 'text' \\""", "long": "x" * 400, "seed": str(seed)}
            make_run(experiment, name=f"{lr}/{seed}", params=params, metrics={"val_acc": value, "val_loss": 1.0})
    return experiment


def run(name):
    return Run.objects.get(name=name)


def names(group):
    return sorted(Run.objects.filter(pk__in=group.pks).values_list("name", flat=True))


def test_the_runs_like_two_runs_say_whether_the_difference_is_chance(experiment):
    found = seed_comparison(run("0.001/0"), run("3e-4/3"))

    assert found.sentence == (
        "Over 5 seeds a side, val_acc is 0.0060 higher, which is better (95 % interval 0.0039 to 0.0081),"
        " Welch p < 0.001: unlikely by chance."
    )
    assert seed_comparison(run("0.001/0"), run("3e-4/3"), metric="val_loss").metric.column.key == "val_loss"


def test_its_address_names_the_groups_of_the_page(pages, experiment):
    found = seed_comparison(run("0.001/0"), run("3e-4/3"))
    grouped = grouped_runs(run_set(experiment.pk, RunTableOptions()), Grouping.from_query(QueryDict("group=all")))

    assert sorted(grouped.pks(grouped.find(found.a.key))) == sorted(found.a.pks)
    html = pages.html(f"/experiments/{experiment.pk}/groups/compare{found.address}")
    assert html.select_one(".verdict").get_text() == found.sentence


def test_runs_with_another_param_or_of_elsewhere_are_not_alike(experiment):
    like = {"lr": "1e-3", "note": """a "quoted" 'text' \\""", "long": "x" * 400}
    make_run(experiment, name="as written otherwise", params=like)
    make_run(experiment, name="more", params=like | {"batch": "1"})
    make_run(experiment, name="deleted", params=like, lifecycle_stage="deleted")
    make_run(name="elsewhere", params=like)

    assert names(seed_group(run("0.001/0"))) == [*(f"0.001/{seed}" for seed in range(5)), "as written otherwise"]


def test_there_is_nothing_to_say_of_one_group_of_lone_runs_or_of_two_experiments(experiment):
    alone = make_run(experiment, name="alone", params={"lr": "7"}, metrics={"val_acc": 0.5})
    other = make_run(experiment, name="other", params={"lr": "8"}, metrics={"val_acc": 0.6})
    bare = make_run(experiment, name="bare")
    elsewhere = make_run(name="elsewhere", params={"lr": "8"}, metrics={"val_acc": 0.6})

    assert seed_comparison(run("0.001/0"), run("0.001/1")) is None
    assert seed_comparison(alone, other) is None
    assert seed_comparison(alone, bare) is None
    assert seed_comparison(alone, elsewhere) is None
    assert "Too few: 5 and 1 seeds" in seed_comparison(run("0.001/0"), alone).sentence


def test_too_many_runs_that_are_alike_are_left_alone(experiment, monkeypatch):
    monkeypatch.setattr("runs.queries.seed_groups.MOST_MEMBERS", 4)

    assert seed_comparison(run("0.001/0"), run("3e-4/0")) is None


def test_statements_do_not_grow_with_the_runs(experiment, django_assert_max_num_queries):
    a, b = run("0.001/0"), run("3e-4/0")
    for seed in range(20):
        for lr in VALUES:
            params = {"lr": lr, "note": """a "quoted" 'text' \\""", "long": "x" * 400, "seed": str(seed + 10)}
            make_run(experiment, params=params, metrics={"val_acc": 0.9})

    with django_assert_max_num_queries(24):
        seed_comparison(a, b)
