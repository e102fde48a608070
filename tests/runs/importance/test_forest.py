import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.model_selection import cross_val_predict

from runs.importance.features import Feature, matrix, moving_together, sort_out
from runs.importance.forest import dependences, drawn_in, explain, grown, held_out_parts

RUNS = 240


@pytest.fixture(scope="module")
def runs():
    """A metric of a rate and a model, with a seed that means nothing."""
    random = np.random.default_rng(5)
    rate, model, seed = random.uniform(-4, -1, RUNS), random.integers(0, 3, RUNS), random.integers(0, 5, RUNS)
    y = 0.3 * rate + np.array([0.0, 0.1, 0.6])[model] + random.normal(0, 0.05, RUNS)
    features = [
        Feature("params.rate", "rate", 10.0**rate),
        Feature("params.model", "model", model.astype(float), ("a", "b", "c")),
        Feature("params.seed", "seed", seed.astype(float)),
    ]
    return features, y


@pytest.fixture(scope="module")
def explained(runs):
    return explain(*runs)


def test_what_makes_the_metric_is_told_from_what_does_not(explained):
    rate, model, seed = (importance.value for importance in explained.importances)

    assert rate > 0.5 and model > 0.3
    assert abs(seed) < 0.02


def test_the_score_is_that_of_scikit_learn_on_held_out_runs(runs, explained):
    features, y = runs
    predicted = cross_val_predict(RandomForestRegressor(100, max_features=0.5, random_state=1), matrix(features), y)

    theirs = 1 - ((predicted - y) ** 2).mean() / y.var()

    assert explained.r2 == pytest.approx(theirs, abs=0.03)


def test_importances_are_those_of_scikit_learn(runs, explained):
    features, y = runs
    x, rows = matrix(features), np.arange(RUNS)
    found = []
    for held in held_out_parts(RUNS):
        kept = np.setdiff1d(rows, held)
        forest = grown(x[kept], y[kept], seed=3)
        result = permutation_importance(
            forest, x[held], y[held], n_repeats=10, random_state=3, scoring="neg_mean_squared_error"
        )
        found.append(result.importances_mean / y.var())

    assert [one.value for one in explained.importances] == pytest.approx(np.mean(found, axis=0), abs=0.08)


def test_the_same_runs_give_the_same_numbers(runs, explained):
    assert explain(*runs) == explained


def test_a_metric_of_pure_chance_is_not_explained():
    random = np.random.default_rng(2)
    features = [Feature("params.a", "a", random.normal(size=80)), Feature("params.b", "b", random.normal(size=80))]

    assert explain(features, random.normal(size=80)).r2 <= 0


def test_dependence_is_that_of_scikit_learn(runs):
    features, y = runs
    (found,) = dependences(features, y, [1])
    scale = np.abs(y - np.median(y)).max()
    forest = grown(matrix(features), (y - np.median(y)) / scale, seed=0)

    theirs = partial_dependence(forest, matrix(features), [1], method="brute", kind="both")

    assert found.grid == [0.0, 1.0, 2.0]
    assert found.mean == pytest.approx(theirs["average"][0] * scale + np.median(y))
    everyone = theirs["individual"][0] * scale + np.median(y)
    assert found.low == pytest.approx(np.quantile(everyone, 0.1, axis=0))


def test_runs_without_the_param_are_a_place_of_their_own():
    values = np.where(np.arange(60) % 3 == 0, np.nan, np.arange(60) % 3.0)
    features = [Feature("params.c", "c", values)]

    (found,) = dependences(features, np.where(np.isnan(values), 5.0, values), [0])

    assert found.last_is_unset and np.isnan(found.grid[-1])
    assert found.mean[-1] == pytest.approx(5, abs=0.2)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_numbers_of_any_size_are_explained_alike(runs, explained, scale):
    features, y = runs

    assert explain(features, y * scale).r2 == pytest.approx(explained.r2, abs=1e-6)


def test_a_run_that_diverged_is_drawn_in():
    y = np.append(np.linspace(0, 1, 50), 1e9)

    near, count = drawn_in(y)

    assert count == 1 and near.max() < 20 and (near[:50] == y[:50]).all()


def test_every_run_is_held_out_as_often_as_every_other():
    parts = held_out_parts(23)

    assert set(np.bincount(np.concatenate(parts))) == {3}


def test_what_says_nothing_is_left_out():
    every = np.arange(30.0)
    features = [
        Feature("params.lr", "lr", every),
        Feature("params.opt", "opt", np.zeros(30), ("adam",)),
        Feature("params.path", "path", every, tuple(map(str, range(30)))),
        Feature("params.part", "part", np.where(every < 9, np.nan, 1.0)),
    ]

    found = sort_out(features)

    assert [feature.name for feature in found.used] == ["lr", "part"]
    assert (found.constant, found.named) == (["opt"], ["path"])


def test_params_that_move_together_are_named():
    every = np.arange(30.0)
    features = [
        Feature("params.a", "a", every),
        Feature("params.b", "b", -(every**3)),
        Feature("params.m", "m", every % 3, ("x", "y", "z")),
        Feature("params.w", "w", (every % 3 + 1) % 3, ("x", "y", "z")),
        Feature("params.c", "c", every % 7),
    ]

    assert moving_together(features) == [("a", "b", pytest.approx(-1)), ("m", "w", 1.0)]
