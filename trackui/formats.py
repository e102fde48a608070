"""Numbers, durations, sizes and times as people read them. Plain functions; the template tags wrap them."""

import datetime
import math
from collections.abc import Iterable

NOTHING = "–"
MINUS = "\N{MINUS SIGN}"
SIZE_UNITS = ("kB", "MB", "GB", "TB", "PB")
TIME_STEPS = ((60, "min"), (3600, "h"), (86400, "d"))


# --- Numbers -----------------------------------------------------------------------------------


def decimals_for(values: Iterable[float | None]) -> int:
    """Decimals that a column of figures shares, so that their points stand under each other.

    Four significant digits of the largest, more where the column spans less than that would show, three of
    the smallest where four decimals hold them, and no more than its values have.
    """
    finite = [abs(value) for value in values if value is not None and math.isfinite(value)]
    if not finite or not max(finite):
        return 0
    largest = max(finite)
    wanted = 3 - math.floor(math.log10(largest))
    span = largest - min(finite)
    if span:
        wanted = max(wanted, 1 - math.floor(math.log10(span)))
    smallest = min(value for value in finite if value)
    wanted = max(wanted, min(4, 2 - math.floor(math.log10(smallest))))
    written = max(_written_decimals(value) for value in finite)
    return max(0, min(wanted, written, 8))


def _written_decimals(value: float) -> int:
    digits = f"{value:.8f}".rstrip("0")
    return len(digits) - digits.index(".") - 1


def number(value: float | None, decimals: int | None = None) -> str:
    """A figure to read: `0.9412`, `1,204,331`, `3.2e-5`, `NaN`, `−∞`, and a dash for None.

    Without `decimals` it takes what it needs, at most five significant digits.
    """
    if value is None:
        return NOTHING
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    sign = MINUS if value < 0 else ""
    value = abs(value)
    if value >= 1e15:
        return sign + _power(value)
    if decimals is None:
        if value == int(value):
            return f"{sign}{value:,.0f}"
        if value < 1e-4:
            return sign + _power(value)
        decimals = max(0, min(4 - math.floor(math.log10(value)), _written_decimals(value)))
    if value and value < 0.5 * 10**-decimals:
        return sign + (number(value) if value >= 0.01 else _power(value))
    return f"{sign}{value:,.{decimals}f}"


def _power(value: float) -> str:
    """`3.2e-5`: up to four significant digits."""
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def are_figures(texts: Iterable[str | None]) -> bool:
    """Whether a column of texts holds numbers, so that they stand under each other; empty ones say nothing."""
    written = [text for text in texts if text]
    return bool(written) and all(map(reads_as_number, written))


def reads_as_number(text: str) -> bool:
    """As Python reads floats: NaN and infinities are numbers too."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def full_number(value: float | None) -> str:
    """Every digit, as Python and JSON write it."""
    if value is None:
        return ""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def change(value: float | None, reference: float | None) -> str:
    """From the reference to the value, in percent: `+0.65 %`; `n/a` where that says nothing."""
    if value is None or reference is None:
        return ""
    if not reference or not math.isfinite(value) or not math.isfinite(reference):
        return "n/a"
    percent = 100 * (value - reference) / abs(reference)
    if not math.isfinite(percent):
        return "n/a"
    size = abs(percent)
    digits = 2 if size < 10 else 1 if size < 100 else 0
    text = f"{size:,.{digits}f}"
    if not float(text.replace(",", "")):
        return "±0 %" if not percent else f"{_sign(percent)}<0.01 %"
    return f"{_sign(percent)}{text} %"


def signed(value: float | None, decimals: int | None = None) -> str:
    """A difference: `+0.0061`, `−12`, `0`."""
    if value is None or math.isnan(value):
        return number(value)
    return f"{_sign(value) if value > 0 else ''}{number(value, decimals)}"


def _sign(value: float) -> str:
    return "+" if value >= 0 else MINUS


def count(value: int) -> str:
    """`48,210`."""
    return f"{value:,}"


def filesize(size: int | None) -> str:
    """`12.4 MB`, in powers of 1000 as disks are sold."""
    if size is None:
        return NOTHING
    if size < 1000:
        return f"{size} B"
    amount, units = size / 1000, iter(SIZE_UNITS)
    unit = next(units)
    while amount >= 999.5 and unit != SIZE_UNITS[-1]:
        amount, unit = amount / 1000, next(units)
    return f"{amount:.1f} {unit}" if amount < 99.95 else f"{amount:.0f} {unit}"


# --- Time --------------------------------------------------------------------------------------


def duration(milliseconds: float | None) -> str:
    """`840 ms`, `52 s`, `4 m 12 s`, `3 h 05 m`, `12 d 04 h`."""
    if milliseconds is None:
        return NOTHING
    if milliseconds < 0:
        return MINUS + duration(-milliseconds)
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = int(milliseconds // 1000)
    if seconds < 10:
        return f"{milliseconds / 1000:.1f} s"
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} m {seconds:02} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} m"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours:02} h"


def moment(milliseconds: int | None) -> datetime.datetime | None:
    """A time of the protocol as a datetime in UTC; None where the calendar does not reach."""
    if milliseconds is None:
        return None
    try:
        return datetime.datetime.fromtimestamp(milliseconds / 1000, tz=datetime.UTC)
    except (OverflowError, ValueError, OSError):
        return None


def absolute_time(milliseconds: int | None) -> str:
    """`2026-01-16 09:41:07 UTC`; beyond the calendar the milliseconds themselves."""
    if milliseconds is None:
        return NOTHING
    at = moment(milliseconds)
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else f"{milliseconds} ms"


def relative_time(milliseconds: int | None, now: int) -> str:
    """`just now`, `3 min ago`, `5 h ago`, `2 d ago`, then the date. static/js/elements/time-ago.js says the same."""
    at = moment(milliseconds)
    if at is None:
        return absolute_time(milliseconds)
    seconds = (now - milliseconds) // 1000
    if seconds < -60:
        return f"{at:%Y-%m-%d}"
    if seconds < 60:
        return "just now"
    for size, unit in reversed(TIME_STEPS):
        if seconds >= size:
            return f"{seconds // size} {unit} ago" if seconds < 14 * 86400 else f"{at:%Y-%m-%d}"
    return "just now"


def age(milliseconds: int | None, now: int) -> str:
    """How old something is, in its largest whole unit: `3 min`, `5 h`, `400 d`."""
    if milliseconds is None:
        return NOTHING
    seconds = max(0, now - milliseconds) // 1000
    for size, unit in reversed(TIME_STEPS):
        if seconds >= size:
            return f"{seconds // size:,} {unit}"
    return "1 min"
