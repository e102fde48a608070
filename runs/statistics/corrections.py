"""Many tests at once: some come out by chance, so each must be held to more."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """So that no test of all comes out by chance more often than the level says. None stays None, and counts not.

    S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6 (1979).
    """

    def corrected(ordered: list[float]) -> list[float]:
        found, largest = [], 0.0
        for rank, p in enumerate(ordered):
            largest = max(largest, min(1.0, p * (len(ordered) - rank)))
            found.append(largest)
        return found

    return _in_order(ps, corrected)


def benjamini_hochberg(ps: Sequence[float | None]) -> list[float | None]:
    """So that of the tests that come out, no larger share is by chance. None stays None, and counts not.

    Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, J. R. Stat. Soc. B 57 (1995).
    """

    def corrected(ordered: list[float]) -> list[float]:
        found, smallest = [], 1.0
        for rank in range(len(ordered), 0, -1):
            smallest = min(smallest, ordered[rank - 1] * len(ordered) / rank)
            found.append(smallest)
        return found[::-1]

    return _in_order(ps, corrected)


def _in_order(ps: Sequence[float | None], corrected: Callable[[list[float]], list[float]]) -> list[float | None]:
    places = sorted((i for i, p in enumerate(ps) if p is not None), key=lambda i: ps[i])
    found: list[float | None] = [None] * len(ps)
    for place, p in zip(places, corrected([ps[place] for place in places]), strict=True):
        found[place] = p
    return found
