"""Runs as a team would log them, the same ones for the same seed, whichever server they go to.

The values follow shares that searches rely on: `val_accuracy` is spread evenly over 0 to 1, `params.model` is one
of four, `params.optimizer` and `tags.team` one of three each; all runs have finished.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

FIRST_START = 1_767_225_600_000  # 2026-01-01
MS_BETWEEN_STARTS = 20_000
MODELS = ("tree", "forest", "linear", "mlp")
OPTIMIZERS = ("adam", "sgd", "lion")
TEAMS = ("vision", "nlp", "tabular")


class Shape(NamedTuple):
    """How much a run logs; each tells apart at least what the searches name."""

    metrics: int = 8
    params: int = 8
    tags: int = 3


class SeededRun(NamedTuple):
    """Times in milliseconds since the epoch; each metric has one point, at step 0."""

    run_id: str
    name: str
    user: str
    start_time: int
    end_time: int
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]


def seeded_runs(first: int, count: int, *, seed: int, shape: Shape) -> Iterator[SeededRun]:
    """Those numbered from `first`, in the order they started. A run depends on its number and the seed alone."""
    return (seeded_run(number, seed=seed, shape=shape) for number in range(first, first + count))


def seeded_run(number: int, *, seed: int, shape: Shape) -> SeededRun:
    rng = random.Random(seed << 40 | number)
    accuracy = rng.random()
    start = FIRST_START + MS_BETWEEN_STARTS * number
    params = {
        "model": rng.choice(MODELS),
        "optimizer": rng.choice(OPTIMIZERS),
        "lr": f"{10 ** rng.uniform(-5, -1):.6f}",
        "depth": str(rng.randint(1, 32)),
        "seed": str(number),
    }
    params |= {f"p{k}": str(int(rng.random() * 10)) for k in range(shape.params - len(params))}
    metrics = {"val_accuracy": accuracy, "val_loss": 1.2 - accuracy + rng.gauss(0, 0.05)}
    metrics |= {f"m{k}": rng.random() for k in range(shape.metrics - len(metrics))}
    tags = {"team": rng.choice(TEAMS)} | {f"t{k}": f"v{number % 10}" for k in range(shape.tags - 1)}
    return SeededRun(
        run_id=f"{rng.getrandbits(128):032x}",
        name=f"run-{number}",
        user=f"user{number % 7}",
        start_time=start,
        end_time=start + int(rng.uniform(1_000, 4_000_000)),
        params=params,
        metrics=metrics,
        tags=tags,
    )


def noise(seed: int) -> Iterator[float]:
    """Even between 0 and 1, without an end."""
    return iter(random.Random(seed).random, None)
