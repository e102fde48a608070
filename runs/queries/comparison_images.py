"""Images of several runs in a grid: a row a path, a column a run, all at one step."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runs.artifacts.steps import is_small_picture, number_of, step_of
from runs.queries.comparison_files import FileOfRun, FileRow

ROWS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class ImageCell:
    """What a run shows in a row: its file, and the step it is of where it has steps.

    `is_later`: it has none yet at the step looked at.
    """

    file: FileOfRun | None
    step: int | None = None
    is_later: bool = False


@dataclass(frozen=True, slots=True)
class ImageRow:
    """`path`: without its step where it has steps."""

    path: str
    cells: tuple[ImageCell, ...]


@dataclass(frozen=True, slots=True)
class ImageGrid:
    """`steps`: all that any file is of, ascending; `step`: the one looked at; `hidden`: rows that are not shown."""

    rows: tuple[ImageRow, ...]
    steps: tuple[int, ...]
    step: int | None
    hidden: int

    @property
    def position(self) -> int:
        return self.steps.index(self.step) if self.step is not None else 0

    @property
    def last(self) -> int:
        return len(self.steps) - 1

    @property
    def before(self) -> int | None:
        return self.steps[self.position - 1] if self.position else None

    @property
    def after(self) -> int | None:
        return self.steps[self.position + 1] if self.position < self.last else None


def image_grid(rows: Sequence[FileRow], *, width: int, step: int | None = None, q: str = "") -> ImageGrid:
    """At the step asked for, or the nearest before it that there is; the last without one. Each run shows its newest
    file up to the step."""
    things: dict[str, list[dict[int | None, FileOfRun]]] = {}
    images = [row for row in rows if row.is_image and not is_small_picture(row.path)]
    names = stepped_names([row.path for row in images])
    for row in images:
        path, at_step = names[row.path]
        of_runs = things.setdefault(path, [{} for _ in range(width)])
        for position, file in enumerate(row.files):
            if file is not None:
                of_runs[position].setdefault(at_step, file)
    steps = sorted({at for of_runs in things.values() for files in of_runs for at in files if at is not None})
    chosen = nearest(steps, step)
    wanted = q.casefold()
    shown = [image_row(path, things[path], chosen) for path in sorted(things) if wanted in path.casefold()]
    return ImageGrid(tuple(shown[:ROWS_SHOWN]), tuple(steps), chosen, max(0, len(shown) - ROWS_SHOWN))


def stepped_names(paths: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    """Path -> (what it is of, its step). A bare number is a step where several files differ by it alone."""
    numbered: dict[str, set[int]] = {}
    for path in paths:
        if step_of(path) is None and (found := number_of(path)):
            numbered.setdefault(found[0], set()).add(found[1])
    names: dict[str, tuple[str, int | None]] = {}
    for path in paths:
        found = step_of(path) or number_of(path)
        is_alone = found is not None and step_of(path) is None and len(numbered[found[0]]) < 2
        names[path] = (path, None) if found is None or is_alone else found
    return names


def nearest(steps: Sequence[int], step: int | None) -> int | None:
    if not steps:
        return None
    return steps[-1] if step is None else steps[max(0, bisect_right(steps, step) - 1)]


def image_row(path: str, of_runs: Sequence[Mapping[int | None, FileOfRun]], step: int | None) -> ImageRow:
    cells = []
    for files in of_runs:
        steps = sorted(at for at in files if at is not None and (step is None or at <= step))
        at = steps[-1] if steps else None
        cells.append(ImageCell(files.get(at), at, is_later=bool(files) and at not in files))
    return ImageRow(path, tuple(cells))
