"""Round numbers along an axis, and what is written at them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from trackui.formats import number

SECOND = 1_000.0
# Milliseconds between ticks of a time axis, with how a tick is written.
TIME_STEPS = (
    *((step * SECOND, "%H:%M:%S") for step in (1, 2, 5, 10, 15, 30)),
    *((step * 60 * SECOND, "%H:%M") for step in (1, 2, 5, 10, 15, 30)),
    *((step * 3600 * SECOND, "%H:%M") for step in (1, 2, 3, 6, 12)),
    *((step * 86400 * SECOND, "%d %b") for step in (1, 2, 7, 14, 30, 91)),
    *((step * 365.25 * 86400 * SECOND, "%Y") for step in (1, 2, 5, 10, 100, 1000)),
)

MOST = 50

Tick = tuple[float, str]


def linear_ticks(low: float, high: float, *, about: int) -> list[Tick]:
    """Some `about` multiples of 1, 2 or 5 times a power of ten from low to high."""
    span = high - low
    # Next to nothing, or more than a double holds: the ends are all there is to write.
    if not 1e-300 < span / about < 1e300:
        return [(edge, brief(edge)) for edge in sorted({low, high})]
    step = round_step(span / about)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    plain = decimals <= 4 and max(abs(low), abs(high)) < 1e7
    return [(tick, number(tick, decimals) if plain else brief(tick)) for tick in multiples(low, high, step)]


def multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, min(last, first + MOST) + 1)]


def round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= rough * (1 - 1e-9))


def brief(value: float) -> str:
    return f"{value:.3g}"


def log_ticks(low: float, high: float, *, about: int) -> list[Tick]:
    """Powers of ten from low to high, thinned to about so many; round numbers where there is less than one."""
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    if last - first < 1:
        return [tick for tick in linear_ticks(low, high, about=about) if tick[0] > 0]
    every = math.ceil((last - first + 1) / about)
    powers = range(first, last + 1, every)
    return [(float(f"1e{p}"), number(10.0**p) if -4 <= p <= 6 else f"1e{p}") for p in powers]


def time_ticks(low: float, high: float, *, about: int) -> list[Tick]:
    """Milliseconds since the epoch at round times, in UTC."""
    found = next(((step, form) for step, form in TIME_STEPS if (high - low) / step <= about), None)
    if found is None:
        return linear_ticks(low, high, about=about)
    step, form = found
    ticks = [(tick, written_time(tick, form)) for tick in multiples(low, high, step)]
    return ticks or [(low, written_time(low, "%d %b %H:%M:%S"))]


def written_time(milliseconds: float, form: str) -> str:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).strftime(form)
    except (OverflowError, ValueError, OSError):
        return brief(milliseconds)
