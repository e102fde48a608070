"""A sweep as a team would make one: configurations on a grid, each trained with some seeds.

What comes out depends on the configuration by a known surface, and on the seed by noise that is smaller: so there is
a best configuration, and it takes all seeds to tell it from the next.
The same numbers for the same arguments, under new run ids each time.
"""

import math
import uuid
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from runs.metrics.points import Columns

MODELS = {"mlp": 0.86, "resnet": 0.915, "convnext": 0.925, "vit": 0.92}
# The learning rate each likes best, as its logarithm to base 10.
BEST_RATE = {"mlp": -2.5, "resnet": -2.0, "convnext": -3.0, "vit": -3.5}
GRID = {
    "model": list(MODELS),
    "optimizer": ["adamw", "sgd", "lion"],
    "lr": ["1e-05", "3e-05", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03"],
    "batch_size": ["32", "64", "128", "256"],
    "weight_decay": ["0", "0.01", "0.1"],
    "dropout": ["0.0", "0.1", "0.2", "0.4"],
    "depth": ["4", "8", "12", "24"],
    "warmup_steps": ["0", "500", "2000"],
    "schedule": ["cosine", "linear", "constant"],
    "label_smoothing": ["0.0", "0.1"],
    "augment": ["none", "flip", "randaug"],
}
FIXED = {"framework": "torch 2.9", "dataset.name": "covtype", "dataset.version": "3", "precision": "bf16"}
USERS = ("ana", "bo", "chen", "dara", "ci")
ANIMALS = ("moth", "otter", "finch", "heron", "fox", "wren", "crow", "seal", "lynx", "toad")
MOODS = ("wide", "calm", "keen", "dry", "slow", "pale", "bold", "tall", "warm", "shy")

SEED_NOISE = 0.004
DAY_MS = 86_400_000


class Shape(NamedTuple):
    """`histories`: the share of the configurations whose runs log every epoch, not the last one alone."""

    runs: int = 100_000
    params: int = 18
    metrics: int = 18
    seeds: int = 5
    epochs: int = 60
    histories: float = 0.05
    days: int = 300


class SweepRun(NamedTuple):
    """Times in milliseconds since the epoch; `points` are in order."""

    run_id: str
    name: str
    user: str
    status: str
    start_time: int
    end_time: int | None
    params: dict[str, str]
    tags: dict[str, str]
    points: dict[str, Columns]


def sweep(shape: Shape, *, end: int, seed: int) -> Iterator[SweepRun]:
    """In the order in which they started; the last ones are running at the time `end`."""
    rng = np.random.default_rng(seed)
    starts = start_times(shape, end, rng)
    config, surface, has_history = {}, 0.0, False
    for number in range(shape.runs):
        if number % shape.seeds == 0:
            config = {key: values[rng.integers(len(values))] for key, values in GRID.items()}
            surface = quality(config)
            config |= more("params", shape.params - len(GRID) - len(FIXED) - 1, rng)
            has_history = rng.random() < shape.histories
        is_running = number >= shape.runs - 3
        yield one_run(
            number, int(starts[number]), config, surface, shape, rng, is_running=is_running, has_history=has_history
        )


def start_times(shape: Shape, end: int, rng: np.random.Generator) -> np.ndarray:
    """More on working days than at weekends, and more of late."""
    days = np.arange(shape.days)
    first_day = end // DAY_MS - shape.days + 1
    # Day 0 of the epoch was a Thursday.
    is_weekend = (first_day + days + 3) % 7 >= 5
    weight = (1 + days / shape.days) * np.where(is_weekend, 0.25, 1.0) * rng.uniform(0.4, 1.6, shape.days)
    day = rng.choice(days, size=shape.runs, p=weight / weight.sum())
    times = (first_day + day) * DAY_MS + (rng.beta(3, 2, shape.runs) * DAY_MS).astype("i8")
    return np.sort(np.minimum(times, end - 60_000))


def quality(config: dict[str, str]) -> float:
    """The accuracy that a configuration comes to, without the noise of its seeds."""
    off = math.log10(float(config["lr"])) - BEST_RATE[config["model"]] - math.log10(int(config["batch_size"]) / 128) / 2
    if config["optimizer"] == "sgd":
        off -= 1.0
    gain = 0.006 * math.log2(int(config["depth"]) / 4)
    gain += {"none": -0.01, "flip": 0.0, "randaug": 0.006}[config["augment"]]
    gain += {"cosine": 0.004, "linear": 0.002, "constant": -0.006}[config["schedule"]]
    gain -= 0.12 * (float(config["dropout"]) - 0.1) ** 2 + 0.2 * (float(config["weight_decay"]) - 0.03) ** 2
    return MODELS[config["model"]] + gain - 0.03 * off**2


def one_run(
    number: int,
    start: int,
    config: dict[str, str],
    surface: float,
    shape: Shape,
    rng: np.random.Generator,
    *,
    is_running: bool,
    has_history: bool,
) -> SweepRun:
    seed = number % shape.seeds
    diverges = float(config["lr"]) >= 0.03 and config["optimizer"] == "lion"
    fails = not is_running and rng.random() < 0.025
    accuracy = 0.1 if diverges else min(max(surface + rng.normal(0, SEED_NOISE), 0.05), 0.995)
    minutes = (3 + int(config["depth"]) * rng.uniform(0.4, 0.5)) * 128 / (64 + int(config["batch_size"]))
    last = int(shape.epochs * rng.uniform(0.1, 0.9)) if fails or is_running else shape.epochs - 1
    end = start + int(minutes * 60_000 * (last + 1) / shape.epochs)
    params = {**config, "seed": str(seed), **FIXED}
    name = f"{MOODS[number * 7 % 10]}-{ANIMALS[number * 3 % 10]}-{number}"
    user = USERS[number // shape.seeds % len(USERS)]
    return SweepRun(
        run_id=uuid.uuid4().hex,
        name=name,
        user=user,
        status="RUNNING" if is_running else "FAILED" if fails else "FINISHED",
        start_time=start,
        end_time=None if is_running else end,
        params=dict(list(params.items())[: shape.params]),
        tags={
            "mlflow.runName": name,
            "mlflow.user": user,
            "mlflow.source.name": "train.py" if number % 3 else "sweep.py",
            "mlflow.source.git.commit": f"{start // (9 * DAY_MS) * 2_654_435_761 % 2**64:016x}",
        },
        points=points(accuracy, minutes, start, last, shape, rng, diverges=diverges, has_history=has_history),
    )


def more(prefix: str, count: int, rng: np.random.Generator) -> dict[str, str]:
    """What a framework logs of its own accord."""
    return {f"trainer.{prefix}_{number}": str(value) for number, value in enumerate(rng.integers(0, 4, max(count, 0)))}


def points(
    accuracy: float,
    minutes: float,
    start: int,
    last: int,
    shape: Shape,
    rng: np.random.Generator,
    *,
    diverges: bool,
    has_history: bool,
) -> dict[str, Columns]:
    """A curve an epoch, or its last point alone."""
    epochs = np.arange(last + 1) if has_history else np.array([last])
    times = start + (minutes * 60_000 / shape.epochs * (epochs + 1)).astype("i8")
    learned = 1 - np.exp(-5 * (epochs + 1) / shape.epochs)
    noise = rng.normal(0, 0.002, (4, len(epochs)))
    val_acc = np.clip(0.1 + (accuracy - 0.1) * learned + noise[0], 0, 1)
    train_acc = np.clip(val_acc + 0.03 * learned + noise[1], 0, 1)
    curves = {
        "val_acc": val_acc,
        "val_loss": 2.4 * (1 - val_acc) + 0.1 + noise[2],
        "train_loss": 2.4 * (1 - train_acc) + 0.05 + noise[3],
        "train_acc": train_acc,
    }
    if diverges:
        curves["val_loss"] = np.where(epochs > last // 2, math.nan, curves["val_loss"] * (epochs + 1.0))
        curves["train_loss"] = np.where(epochs > last // 2, math.inf, curves["train_loss"])
    steps, stamps = epochs.tolist(), times.tolist()
    wanted = shape.metrics
    logged = {name: Columns(steps, stamps, curve.tolist()) for name, curve in list(curves.items())[:wanted]}
    ends = {
        "test_acc": accuracy - 0.004,
        "val_f1": accuracy - 0.01,
        "val_ece": abs(rng.normal(0.04, 0.01)),
        "test_loss": 2.4 * (1 - accuracy) + 0.12,
        "epoch_seconds": minutes * 60 / shape.epochs,
        "throughput": 60_000 / minutes,
        "gpu_memory_gib": 4 + rng.uniform(0, 12),
        "grad_norm": abs(rng.normal(1, 0.3)),
        "train_minutes": minutes,
        "energy_kwh": minutes * 0.005,
    }
    rest = max(wanted - len(logged) - len(ends), 0)
    ends |= {f"layer{number}.grad_norm": value for number, value in enumerate(rng.gamma(2, 0.5, rest))}
    step, stamp = [last], [stamps[-1]]
    ends = dict(list(ends.items())[: max(wanted - len(logged), 0)])
    return logged | {name: Columns(step, stamp, [float(value)]) for name, value in ends.items()}
