"""Which params explain a metric: a forest of trees, held against runs that it has not seen.

scikit-learn is loaded when a forest is grown, and only jobs grow them: web processes stay small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from runs.importance.features import Feature, matrix

FEWEST_RUNS = 20
TREES = 100
FOLDS = 5
# So few runs are divided in several ways, as one way is much by chance.
DIVISIONS_UP_TO = 200
DIVISIONS = 3
SHUFFLES = 5
# Runs that each tree sees at most, drawn from all.
RUNS_A_TREE = 10_000
# Values farther from the median, in distances of the quartiles, are drawn in to it.
FAR = 20.0
GRID = 24
LINES = 24
ROWS_AT_ONCE = 200_000

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Importance:
    """By how much of the metric's variance predictions for unseen runs get worse once the param is shuffled.

    `deviation`: its standard error over the parts of the runs that were held out.
    """

    value: float
    deviation: float


@dataclass(frozen=True)
class Explained:
    """`r2`: the share of the metric's variance that the forest predicts for runs it has not seen; not above 0, it
    explains nothing. `importances`: in the order of the features."""

    r2: float
    importances: list[Importance]
    drawn_in: int


def drawn_in(y: np.ndarray) -> tuple[np.ndarray, int]:
    """The metric with its far values nearer, and how many these are: one run that diverged is not to count alone."""
    lower, middle, upper = np.quantile(y, (0.25, 0.5, 0.75))
    reach = FAR * (upper - lower)
    if not reach or not np.isfinite(reach):
        return y, 0
    near = np.clip(y, middle - reach, middle + reach)
    return near, int((near != y).sum())


def explain(features: Sequence[Feature], y: np.ndarray, *, progress: Progress = lambda done, total: None) -> Explained:
    """Grow forests on parts of the runs and ask them about the rest.

    Permutation importance (Breiman 2001) on held-out runs, all numbers as shares of the metric's variance, so that
    they stand beside R². The same data give the same numbers. Costs folds × (a forest + features × predictions).
    """
    y, far = drawn_in(y.astype("f8"))
    # Centred and scaled, so that squares neither overflow nor vanish.
    scale = float(np.abs(y - np.median(y)).max()) or 1.0
    y = (y - np.median(y)) / scale
    x, variance = matrix(features), float(y.var())
    parts = held_out_parts(len(y))
    total, done = len(parts) * (len(features) + 1), 0
    errors, worse = [], np.zeros((len(parts), len(features)))
    for number, held in enumerate(parts):
        kept = np.setdiff1d(np.arange(len(y)), held)
        forest = grown(x[kept], y[kept], seed=number)
        error = float(((forest.predict(x[held]) - y[held]) ** 2).mean())
        errors.append(error * len(held))
        random = np.random.default_rng(number)
        done += 1
        for column in range(len(features)):
            progress(done, total)
            shuffled = shuffled_error(forest, x[held], y[held], column, random)
            worse[number, column] = (shuffled - error) / variance
            done += 1
    held_runs = sum(len(part) for part in parts)
    return Explained(
        r2=1 - sum(errors) / held_runs / variance,
        importances=[
            Importance(float(column.mean()), float(column.std(ddof=1) / len(parts) ** 0.5)) for column in worse.T
        ],
        drawn_in=far,
    )


def held_out_parts(runs: int) -> list[np.ndarray]:
    """Positions held out in turn: each run as often as every other."""
    divisions = DIVISIONS if runs <= DIVISIONS_UP_TO else 1
    parts = []
    for division in range(divisions):
        order = np.random.default_rng(division).permutation(runs)
        parts += [np.sort(part) for part in np.array_split(order, FOLDS)]
    return parts


def grown(x: np.ndarray, y: np.ndarray, *, seed: int):
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(
        TREES,
        max_features=0.5,
        max_samples=min(len(y), RUNS_A_TREE),
        min_samples_leaf=1 if len(y) < 1000 else 3,
        random_state=seed,
    )
    return forest.fit(x, y)


def shuffled_error(forest, x: np.ndarray, y: np.ndarray, column: int, random: np.random.Generator) -> float:
    """Mean over shuffles of the squared error, with one column shuffled."""
    rows = np.tile(x, (SHUFFLES, 1))
    rows[:, column] = np.concatenate([random.permutation(x[:, column]) for _ in range(SHUFFLES)])
    return float(((forest.predict(rows) - np.tile(y, SHUFFLES)) ** 2).mean())


# --- Dependence -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dependence:
    """What a forest grown on all runs expects as one param takes each value of `grid` and all others stay.

    `mean` over all runs; `low` to `high`: between 10 and 90 % of them; `lines`: some runs each. `last_is_unset`: the
    last value stands for not being set.
    """

    grid: list[float]
    mean: list[float]
    low: list[float]
    high: list[float]
    lines: list[list[float]]
    last_is_unset: bool


def dependences(
    features: Sequence[Feature], y: np.ndarray, wanted: Sequence[int], *, progress: Progress = lambda done, total: None
) -> list[Dependence]:
    """Of the features at these positions (Friedman 2001). Costs a forest and grid × runs predictions each."""
    near, _ = drawn_in(y.astype("f8"))
    middle = float(np.median(near))
    scale = float(np.abs(near - middle).max()) or 1.0
    x = matrix(features)
    forest = grown(x, (near - middle) / scale, seed=0)
    shown = np.unique(np.linspace(0, len(y) - 1, min(LINES, len(y))).astype(int))
    found = []
    for done, column in enumerate(wanted):
        progress(done, len(wanted))
        grid, last_is_unset = grid_of(features[column])
        expected = np.empty((len(grid), len(y)))
        for at, value in enumerate(grid):
            for start in range(0, len(y), ROWS_AT_ONCE):
                rows = x[start : start + ROWS_AT_ONCE].copy()
                rows[:, column] = value
                expected[at, start : start + ROWS_AT_ONCE] = forest.predict(rows)
        expected = expected * scale + middle
        low, high = np.quantile(expected, (0.1, 0.9), axis=1)
        found.append(
            Dependence(
                grid=[float(value) for value in grid],
                mean=expected.mean(axis=1).tolist(),
                low=low.tolist(),
                high=high.tolist(),
                lines=expected[:, shown].T.tolist(),
                last_is_unset=last_is_unset,
            )
        )
    return found


def grid_of(feature: Feature) -> tuple[np.ndarray, bool]:
    """Its values where they are few, else quantiles of them; NaN last where some runs have none."""
    finite = feature.values[np.isfinite(feature.values)]
    values = np.unique(finite)
    if len(values) > GRID and not feature.is_category:
        values = np.unique(np.quantile(finite, np.linspace(0, 1, GRID), method="nearest"))
    is_partial = len(finite) < len(feature.values)
    return (np.append(values, np.nan) if is_partial else values), is_partial
