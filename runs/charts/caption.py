"""What is said under a chart: how much of the data is drawn, and what cannot be drawn as a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackui.formats import count

if TYPE_CHECKING:
    from runs.charts.series import LineChart


def caption(chart: LineChart) -> str:
    return " · ".join(
        filter(None, [how_much(chart), *what_is_no_point(chart), *what_is_cut(chart), damage(chart), chart.note])
    )


def total(chart: LineChart, name: str) -> int:
    """Of runs: means of groups are drawn from the same points."""
    return sum(getattr(one, name) for one in chart.series if one.role != "mean")


def how_much(chart: LineChart) -> str:
    """Thinned by columns of pixels, or where there is too much to read by parts of so many points."""
    about = "about " if any(one.is_about for one in chart.series) else ""
    said = f"{count(total(chart, 'drawn'))} of {about}{count(total(chart, 'total'))} points"
    if any(one.is_thinned for one in chart.series):
        said += ", extremes kept"
    unread = total(chart, "unread")
    if not unread:
        return said
    parts = f"first, last, lowest and highest of each {count(chart.points_a_part)}"
    return f"{said}: {parts}" if unread == total(chart, "total") else f"{said} · {count(unread)} of them by {parts}"


def what_is_no_point(chart: LineChart) -> list[str]:
    least = "at least " if any(one.more_not_positive for one in chart.series) else ""
    said = [
        f"{prefix}{count(number)} {what}"
        for name, prefix, what in (
            ("nan_count", "", "NaN"),
            ("infinity_count", "", "infinite"),
            ("not_positive_count", least, "not above 0, marked at the bottom"),
        )
        if (number := total(chart, name))
    ]
    if any(one.has_vague_marks for one in chart.series):
        said.append(f"marks in the middle of each {count(chart.points_a_part)} points")
    return said


def what_is_cut(chart: LineChart) -> list[str]:
    counts = [(total(chart, "above_count"), "above"), (total(chart, "below_count"), "below")]
    cut = " and ".join(f"{count(number)} {where}" for number, where in counts if number)
    return [f"{cut} the axis, marked at its edge"] if cut else []


def damage(chart: LineChart) -> str:
    blocks, points = total(chart, "damaged_blocks"), total(chart, "damaged_points")
    if not blocks:
        return ""
    which = "1 damaged block" if blocks == 1 else f"{count(blocks)} damaged blocks"
    return f"{which} of {count(points)} points, drawn by first, last, lowest and highest"
