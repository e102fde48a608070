"""The runs that no other beats in all of two or three numbers."""

from __future__ import annotations

import numpy as np

from runs.charts.colour_by import ColourBy
from runs.charts.pareto import ParetoFront
from runs.charts.scatter import Point, visible_points
from runs.importance.pareto import pareto_front
from runs.metrics.direction import directions
from runs.models import Direction, KeyKind
from runs.queries.explore import Explored, RunValues, left_out, of_runs, placed
from runs.queries.explore_tables import runs_table
from runs.queries.value_columns import ValueColumn
from trackui.exports.tables import Column, Kind
from trackui.formats import count


def pareto(values: RunValues) -> Explored:
    columns = [column for name in "xyz" if (column := values.one(name)) is not None]
    names = "xyz"[: len(columns)]
    if len({column.spec for column in columns}) < len(columns):
        return Explored(problem="A front needs two or three different numbers.")
    better, notes = _directions(values, columns, names)
    axes = [placed(column, scale=values.scale(name)) for column, name in zip(columns, names, strict=True)]
    is_shown = np.all([column.is_finite for column in columns], axis=0) & axes[0].on_axis & axes[1].on_axis
    shown = np.flatnonzero(is_shown)
    left = [said for column, one in zip(columns, axes, strict=True) for said in left_out(column, one.axis)]
    if not len(shown):
        return Explored(problem="No run here has all of these numbers. " + ", ".join(left))
    numbers = np.column_stack([column.numbers[shown] for column in columns])
    signs = np.array([-1.0 if one == Direction.HIGHER else 1.0 for one in better])
    on_front = pareto_front(numbers * signs)
    front = np.flatnonzero(on_front)
    front = front[np.lexsort((numbers[front, 1], numbers[front, 0]))]
    words = [f"{column.label} {one}" for column, one in zip(columns, better, strict=True)]
    sentences = (
        f"{count(len(front))} of {count(len(shown))} runs on the front",
        of_runs(values, len(shown)),
        *dict.fromkeys(left),
        f"better: {', '.join(words)}",
        *notes,
    )
    beaten = np.flatnonzero(~on_front)
    drawn = beaten[visible_points(numbers[beaten, 0], numbers[beaten, 1], axes[0].axis, axes[1].axis)]
    front_x, front_y = numbers[front, 0], numbers[front, 1]
    chart = ParetoFront(
        title=" against ".join(column.label for column in columns),
        x_axis=axes[0].axis,
        y_axis=axes[1].axis,
        beaten_x=numbers[drawn, 0],
        beaten_y=numbers[drawn, 1],
        beaten=[Point(*pair) for pair in values.names(shown[drawn].tolist())],
        front_x=front_x,
        front_y=front_y,
        front=[Point(*pair) for pair in values.names(shown[front].tolist())],
        steps=_steps(front_x, front_y, better) if len(columns) == 2 else None,
        z=ColourBy(columns[2].label, numbers=numbers[front, 2]) if len(columns) == 3 else ColourBy(),
        sentences=sentences,
    )
    order = np.concatenate([front, np.flatnonzero(~on_front)])
    table = runs_table(values, columns, shown[order], more=[(Column("on_front", Kind.FLAG), on_front[order].tolist())])
    return Explored(chart, table, front=tuple(point.run_id for point in chart.front))


def _directions(values: RunValues, columns: list[ValueColumn], names: str) -> tuple[list[Direction], list[str]]:
    """As the address says, else as declared or guessed; what nobody knows is taken as higher, and said."""
    known = directions(values.experiment_id, [one.column.key for one in columns if one.column.kind == KeyKind.METRIC])
    better, notes = [], []
    for column, name in zip(columns, names, strict=True):
        chosen = values.choices.settings[f"{name}_best"]
        if chosen != "auto":
            better.append(Direction(chosen))
            continue
        found = known[column.column.key].direction if column.column.kind == KeyKind.METRIC else None
        if column.spec == "duration":
            found = Direction.LOWER
        if found is None:
            notes.append(f"nobody has said whether more of {column.label} is better: taken as higher")
        better.append(found or Direction.HIGHER)
    return better, notes


def _steps(x: np.ndarray, y: np.ndarray, better: list[Direction]) -> tuple[np.ndarray, np.ndarray]:
    """The edge of what the front beats: on it one of the two numbers is that of a run of the front."""
    if len(x) < 2:
        return x, y
    turns_first = better[0] == Direction.LOWER
    corners_x = x[1:] if turns_first else x[:-1]
    corners_y = y[:-1] if turns_first else y[1:]
    edge_x, edge_y = np.empty(2 * len(x) - 1), np.empty(2 * len(x) - 1)
    edge_x[::2], edge_y[::2] = x, y
    edge_x[1::2], edge_y[1::2] = corners_x, corners_y
    return edge_x, edge_y
