"""The same line chart as SVG: what people without JavaScript see, and what they download.

Colours are CSS tokens inside our pages; a file for elsewhere gets the values of one theme in their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from runs.charts import theme
from runs.charts.bands import band_pieces
from runs.charts.seen import y_bounds
from runs.charts.series import LineChart, Role, Series, XAxis, YScale
from runs.charts.ticks import Tick, linear_ticks, log_ticks, time_ticks

LEFT, RIGHT, TOP, BOTTOM = 62, 14, 10, 40

# The themes of static/css/tokens.css; a test holds them together.
LIGHT = {
    "--bg": "#ffffff",
    "--text": "#16191d",
    "--muted": "#545e69",
    "--line": "#e2e5ea",
    "--line-strong": "#c5cbd4",
    "--raised": "#ffffff",
    "--run-1": "#0072b2",
    "--run-2": "#c95000",
    "--run-3": "#00835f",
    "--run-4": "#b3548c",
    "--run-5": "#a87400",
    "--run-6": "#2e8bc0",
    "--run-7": "#6b4fbb",
    "--run-8": "#8a3b12",
    "--run-9": "#5c7a1f",
    "--run-10": "#c43b4d",
    "--run-11": "#00798a",
    "--run-12": "#5f6b78",
}
DARK = {
    "--bg": "#0f1216",
    "--text": "#e7eaee",
    "--muted": "#9fa9b5",
    "--line": "#272d36",
    "--line-strong": "#3d4652",
    "--raised": "#1b2027",
    "--run-1": "#4ba3dd",
    "--run-2": "#f08a4b",
    "--run-3": "#3fbf98",
    "--run-4": "#dd9cc0",
    "--run-5": "#f0b94b",
    "--run-6": "#85cdf5",
    "--run-7": "#a896f0",
    "--run-8": "#c98a62",
    "--run-9": "#a9c75c",
    "--run-10": "#ff8a95",
    "--run-11": "#4cc7d6",
    "--run-12": "#aab4c0",
}
TOKEN = re.compile(r"var\((--[\w-]+)\)")
# Names may have control characters; no reader of XML would take a drawing that holds one.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Box:
    """The size of a drawing, and where the plot lies in it."""

    width: int = 640
    height: int = 280

    @property
    def right(self) -> int:
        return self.width - RIGHT

    @property
    def floor(self) -> int:
        return self.height - BOTTOM


@dataclass(frozen=True)
class Scale:
    """From data to pixels along one axis."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, values: np.ndarray | float) -> np.ndarray:
        values, low, high = np.asarray(values, dtype="f8"), self.low, self.high
        if self.is_log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values, low, high = np.log10(values), np.log10(low), np.log10(high)
        # Halved: the range of two doubles need not be a double.
        span = high / 2 - low / 2
        share = (values / 2 - low / 2) / span if span else np.full_like(values, 0.5)
        return self.start + share * (self.end - self.start)


def svg_chart(chart: LineChart, box: Box = Box()) -> SafeString:
    """An `<svg class="chart">` to stand in a page; `:root` tokens colour it."""
    x, y = x_scale(chart, box), y_scale(chart, box)
    parts = [
        f'<svg class="chart" viewBox="0 0 {box.width} {box.height}" role="img" aria-label="{escape(summary_of(chart))}"'
        ' xmlns="http://www.w3.org/2000/svg">',
        *y_axis(y, box),
        *x_axis(chart, x, box),
    ]
    behind = theme.opacity_behind(chart.series)
    lines = [part for one in chart.series for part in line_of(one, x, y, behind)]
    parts += clipped(lines, box) if chart.x_range or chart.y_range else lines
    parts += [part for one in chart.series for part in marks_of(one, x, box)]
    parts.append("</svg>")
    return mark_safe("".join(parts))  # noqa: S308 every text in it is escaped where it is put in


def svg_file(chart: LineChart, *, box: Box = Box(), look: str = "light", ground: bool = True) -> str:
    """A document of its own, without a style sheet. `look`: light or dark; `ground`: not transparent."""
    colours = DARK if look == "dark" else LIGHT
    svg = svg_chart(chart, box).replace(
        ' role="img"',
        f' width="{box.width}" height="{box.height}" font-family="{theme.FONT["family"]}" font-size="12" role="img"',
        1,
    )
    head, _, body = svg.partition(">")
    title = f"<title>{escape(chart.title)}</title>"
    under = f'<rect width="{box.width}" height="{box.height}" fill="var(--bg)"/>' if ground else ""
    return document(f"{head}>{title}{under}{body}", colours)


def document(svg: str, colours: Mapping[str, str]) -> str:
    """As a file: with colours in place of tokens, and of names only what XML may hold."""
    coloured = TOKEN.sub(lambda token: colours.get(token[1], colours["--muted"]), svg)
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", coloured)


def clipped(lines: list[str], box: Box) -> list[str]:
    """Lines come from and go to points outside the plot; a drawing inside the drawing cuts them off."""
    width, height = box.right - LEFT, box.floor
    head = f'<svg x="{LEFT}" width="{width}" height="{height}" viewBox="{LEFT} 0 {width} {height}">'
    return [head, *lines, "</svg>"]


def summary_of(chart: LineChart) -> str:
    lines = "1 line" if len(chart.series) == 1 else f"{len(chart.series)} lines"
    return f"{chart.title} over {chart.x_title}: {lines}. {chart.story} {chart.caption}"


def x_scale(chart: LineChart, box: Box) -> Scale:
    arrays = [array for one in chart.series for array in (one.x, one.nan_x, one.plus_inf_x, one.minus_inf_x)]
    low, high = chart.x_range or bounds(arrays) or (0.0, 1.0)
    return Scale(low, high, LEFT, box.right)


def y_scale(chart: LineChart, box: Box) -> Scale:
    is_log = chart.y_scale is YScale.LOG
    arrays = [array for one in chart.series for array in (one.y, one.smooth_y, one.low, one.high)]
    if is_log:
        arrays = [array[array > 0] for array in arrays]
    low, high = y_bounds(chart) or bounds(arrays) or ((0.1, 1.0) if is_log else (0.0, 1.0))
    if low == high:
        low, high = widened(low, is_log)
    return Scale(low, high, box.floor - 6, TOP + 4, is_log)


def widened(value: float, is_log: bool) -> tuple[float, float]:
    """Room around a line that stays at one value."""
    if is_log:
        return max(value / 2, 5e-324), min(value * 2, 1.7e308)
    return value - abs(value) / 2 - 0.5, min(value + abs(value) / 2 + 0.5, 1.7e308)


def bounds(arrays: list[np.ndarray]) -> tuple[float, float] | None:
    finite = [array[np.isfinite(array)] for array in arrays]
    finite = [array for array in finite if len(array)]
    if not finite:
        return None
    return float(min(array.min() for array in finite)), float(max(array.max() for array in finite))


def y_axis(y: Scale, box: Box) -> list[str]:
    ticks = (log_ticks if y.is_log else linear_ticks)(y.low, y.high, about=max(2, box.height // 40))
    return [part for tick in ticks for part in y_tick(tick, y, box)]


def y_tick(tick: Tick, y: Scale, box: Box) -> list[str]:
    at = float(y(tick[0]))
    return [
        f'<line class="grid" x1="{LEFT}" x2="{box.right}" y1="{at:.1f}" y2="{at:.1f}" stroke="{theme.LINE}"/>',
        f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="{theme.MUTED}">{escape(tick[1])}</text>',
    ]


def x_axis(chart: LineChart, x: Scale, box: Box) -> list[str]:
    make: Callable = time_ticks if chart.x_axis is XAxis.WALL else linear_ticks
    ticks = make(x.low, x.high, about=max(2, box.width // 100))
    if chart.x_axis is XAxis.STEP:
        ticks = [tick for tick in ticks if float(tick[0]).is_integer()]
    floor = box.floor
    parts = [
        f'<line class="axis" x1="{LEFT}" x2="{box.right}" y1="{floor}" y2="{floor}" stroke="{theme.LINE_STRONG}"/>'
    ]
    for value, text in ticks:
        at = float(x(value))
        # The last one must not reach out of the drawing.
        anchor = "end" if at > box.right - RIGHT else "middle"
        parts.append(
            f'<text x="{at:.1f}" y="{floor + 16}" text-anchor="{anchor}" fill="{theme.MUTED}">{escape(text)}</text>'
        )
    middle = (LEFT + box.right) / 2
    parts.append(
        f'<text x="{middle:.0f}" y="{box.height - 6}" text-anchor="middle" fill="{theme.MUTED}">'
        f"{escape(chart.x_title)}</text>"
    )
    return parts


def line_of(one: Series, x: Scale, y: Scale, behind: float) -> list[str]:
    """`behind`: the opacity of runs behind a mean."""
    dashes = theme.svg_dash(one.dash)
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    stroke = f'fill="none" stroke="{escape(one.colour)}"'
    opacity = behind if one.role is Role.MEMBER else theme.FAINT
    faint, strong = f'{stroke} opacity="{opacity:.2f}"', f'{stroke} stroke-width="{theme.line_width(one)}"{dash}'
    is_behind = one.role is Role.MEMBER or len(one.smooth_y) > 0
    parts = [
        f'<path fill="{escape(one.colour)}" opacity="{theme.BAND}" d="{path(x(along), y(bound))}Z"/>'
        for along, bound in band_pieces(one)
    ]
    parts.append(f'<path {faint if is_behind else strong} d="{path(x(one.x), y(one.y))}"/>')
    if len(one.smooth_y):
        parts.append(f'<path {strong} d="{path(x(one.smooth_x), y(one.smooth_y))}"/>')
    if one.total <= theme.DOTS_UP_TO and one.role is not Role.MEMBER:
        parts += dots(x(one.x), y(one.y), one.colour)
    return [f"<g><title>{escape(one.name)}</title>", *parts, "</g>"]


def path(x: np.ndarray, y: np.ndarray) -> str:
    """M and L commands; a break where y is no number."""
    commands, pen = [], "M"
    for px, py in zip(x.tolist(), y.tolist(), strict=True):
        if py != py or py in (np.inf, -np.inf):
            pen = "M"
            continue
        commands.append(f"{pen}{px:.1f} {py:.1f}")
        pen = "L"
    return "".join(commands)


def dots(x: np.ndarray, y: np.ndarray, colour: str) -> list[str]:
    return [
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="2.4" fill="{escape(colour)}"/>'
        for px, py in zip(x.tolist(), y.tolist(), strict=True)
        if np.isfinite(py)
    ]


def marks_of(one: Series, x: Scale, box: Box) -> list[str]:
    floor, top = box.floor - 4, TOP + 4
    kinds = [
        (one.nan_x, floor, "M-3 -3L3 3M-3 3L3 -3", "NaN"),
        (one.minus_inf_x, floor, "M-4 -4L4 -4L0 3Z", "minus infinity"),
        (one.plus_inf_x, top, "M-4 4L4 4L0 -3Z", "infinity"),
        (one.not_positive_x, floor, "M-4 -4L4 -4L0 3Z", "not above 0"),
        (one.above_x, top, "M-4 4L4 4L0 -3Z", "above the axis"),
        (one.below_x, floor, "M-4 -4L4 -4L0 3Z", "below the axis"),
    ]
    return [
        f'<path transform="translate({at:.1f} {height})" d="{shape}" fill="none" stroke="{escape(one.colour)}"'
        f' stroke-width="1.4"><title>{what}</title></path>'
        for positions, height, shape, what in kinds
        for at in x(positions).tolist()
    ]


def sparkline_path(points: Sequence[tuple[float, float]], *, width: int = 72, height: int = 20) -> str:
    """The `d` of a `<path>` that draws finite points in a box so large; empty for fewer than two."""
    if len(points) < 2:
        return ""
    x, y = (np.array(column, dtype="f8") for column in zip(*points, strict=True))
    across = Scale(x.min(), x.max(), 1, width - 1)
    up = Scale(y.min(), y.max(), height - 2, 2)
    return path(across(x), up(y))
