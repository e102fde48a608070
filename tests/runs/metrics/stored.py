"""Points stored as rows, small blocks and sealed blocks by hand, whatever a writer would have made of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from runs.keys import intern_keys
from runs.metrics.blocks import NewBlock, store_blocks
from runs.metrics.codec import Line, sorted_line
from runs.models import MetricBlockData, MetricPoint, MetricSummary, Run
from tests.runs.metrics.points import NAN, as_stored, expected_summary

# step, timestamp, value (0 for NaN), is NaN: as tests.runs.metrics.points has them.
Stored = tuple[int, int, float, bool]


def line_of(points: Iterable[Stored]) -> Line:
    steps, timestamps, values, is_nan = zip(*points, strict=True)
    return sorted_line(Line.of(steps, timestamps, [NAN if nan else v for v, nan in zip(values, is_nan, strict=True)]))


def store_points(
    run: Run,
    name: str,
    *,
    rows: Sequence[Stored] = (),
    small: Sequence[Sequence[Stored]] = (),
    sealed: Sequence[Sequence[Stored]] = (),
) -> int:
    """All points of a metric, each in one place: single rows, `small` unsealed blocks and `sealed` ones. Its key."""
    key = intern_keys([name])[name]
    MetricPoint.objects.bulk_create(
        MetricPoint(run=run, key_id=key, step=step, timestamp=time, value=value, is_nan=is_nan)
        for step, time, value, is_nan in rows
    )
    blocks = [(points, True) for points in sealed] + [(points, False) for points in small]
    store_blocks(run.pk, [NewBlock(key, at, line_of(points), done) for at, (points, done) in enumerate(blocks)])
    everything = {*rows, *(point for points, _ in blocks for point in points)}
    summary = expected_summary(everything)._replace(sum=0.0, sum_error=0.0, mean_value=None)
    MetricSummary.objects.create(
        run=run,
        key_id=key,
        experiment_id=run.experiment_id,
        unsealed_count=len(rows) + sum(map(len, small)),
        next_block=len(blocks),
        **summary._asdict(),
    )
    return key


def store_anyhow(run: Run, name: str, points: Sequence[Stored], choose: random.Random) -> int:
    """Points in parts of any size, in the order given, stored in any of the three ways."""
    places: dict[str, list] = {"rows": [], "small": [], "sealed": []}
    start = 0
    while start < len(points):
        part = points[start : start + choose.randint(1, 9)]
        place = choose.choice(list(places))
        places[place] += part if place == "rows" else [part]
        start += len(part)
    return store_points(run, name, **places)


def random_points(choose: random.Random, count: int) -> list[Stored]:
    """Each once, with ties in all columns; now in the order of steps, now of time, now in none."""
    steps = choose.choice([range(4), range(-50, 200), [-(2**63), 0, 1, 2**63 - 1], range(0, 500, 7)])
    times = choose.choice([range(1), range(3), range(100), [0, 2**63 - 1]])
    values = [0.0, 1.0, -1.5, NAN, float("inf"), float("-inf"), 1e300, 5e-324]
    found = {as_stored(choose.choice(steps), choose.choice(times), choose.choice(values)) for _ in range(count)}
    points = sorted(found)
    disorder = choose.choice(["none", "some", "by time", "all"])
    if disorder == "all":
        choose.shuffle(points)
    elif disorder == "by time":
        points.sort(key=by_time)
    elif disorder == "some":
        late = choose.sample(points, len(points) // 5)
        points = [point for point in points if point not in late] + late
    return points


def by_time(point: Stored) -> tuple:
    step, time, *value = point
    return time, step, *value


def damage(run: Run, key: int, number: int) -> None:
    """One bit of a block."""
    stored = MetricBlockData.objects.get(run=run, key_id=key, number=number)
    data = bytearray(stored.data)
    data[len(data) // 2] ^= 4
    MetricBlockData.objects.filter(run=run, key_id=key, number=number).update(data=bytes(data))
