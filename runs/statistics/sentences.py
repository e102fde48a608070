"""Two sides compared, in words that claim no more than the numbers do."""

from __future__ import annotations

import math

from runs.statistics.two_sides import TwoSides
from trackui.formats import number

UNLIKELY, DOUBTFUL = 0.01, 0.05


def p_text(p: float | None) -> str:
    """`p = 0.006`, `p < 0.001`; nothing for None."""
    if p is None:
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p_number(p)}"


def p_number(p: float | None) -> str:
    """`0.006`, `0.34`, `< 0.001`, `1`."""
    if p is None:
        return ""
    if p < 0.001:
        return "< 0.001"
    text = f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"
    return "1" if text == "1.00" else text


def compared_sentence(metric: str, sides: TwoSides, *, runs: str = "runs", is_better: bool | None = None) -> str:
    """From a to b: `Over 5 seeds a side, val_acc is 0.0058 higher (95 % interval 0.0021 to 0.0094), Welch p = 0.006:
    unlikely by chance.`

    `runs`: what the members are called, in the plural; `is_better`: whether b is, where that is known.
    """
    a, b = sides.of_a, sides.of_b
    left_out = _left_out(a.not_finite + b.not_finite)
    if not a.n or not b.n:
        which = "One side has" if a.n or b.n else "Neither side has a"
        no = "no " if a.n or b.n else ""
        return f"{which} {no}finite value of {metric}: there is nothing to compare.{left_out}"
    found = sides.welch
    decimals = _decimals(sides.difference, found.low, found.high) if found else None
    change = _change(metric, sides.difference, decimals, is_better)
    counts = f"{a.n} and {b.n} {runs}"
    if min(a.n, b.n) < 2:
        return f"On average {change}. Too few: {counts} say nothing about chance.{left_out}"
    over = f"Over {f'{a.n} {runs} a side' if a.n == b.n else counts}, {change}"
    if found is None:
        return f"{over}. The {runs} of each side are all alike: no spread to tell chance from.{left_out}"
    interval = f"95 % interval {number(found.low, decimals)} to {number(found.high, decimals)}"
    few = f" With so few {runs} this is a hint at most." if sides.is_few else ""
    return f"{over} ({interval}), Welch {p_text(found.p)}: {verdict(found.p)}.{few}{left_out}"


def verdict(p: float) -> str:
    if p < UNLIKELY:
        return "unlikely by chance"
    return "perhaps not by chance" if p < DOUBTFUL else "chance alone could make such a difference"


def _change(metric: str, difference: float, decimals: int | None, is_better: bool | None) -> str:
    if not difference:
        return f"{metric} is the same"
    judged = "" if is_better is None else ", which is better" if is_better else ", which is worse"
    return f"{metric} is {number(abs(difference), decimals)} {'higher' if difference > 0 else 'lower'}{judged}"


def _decimals(difference: float, low: float, high: float) -> int | None:
    """Two digits of the difference, but not many more than the interval deserves."""
    largest = max(abs(low), abs(high))
    if not 1e-6 < largest < 1e15:
        return None
    of_interval = 1 - math.floor(math.log10(largest))
    of_difference = 1 - math.floor(math.log10(abs(difference))) if difference else 0
    return max(0, of_interval, min(of_difference, of_interval + 2))


def _left_out(count: int) -> str:
    if not count:
        return ""
    return f" {count} value{' is' if count == 1 else 's are'} not finite and left out."
