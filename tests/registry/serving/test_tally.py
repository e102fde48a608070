import math
import random
import tempfile
from pathlib import Path

import pytest

from registry.serving.front.tally import MOST_COLUMNS, MOST_VALUES, Tally, Window
from registry.serving.tallies import TallyReceiver
from tests.processes import wait_for


def window(*milliseconds: float, status: int = 200, rows: int = 1, columns: dict | None = None) -> Window:
    window = Window()
    for value in milliseconds:
        window.add(value, status, rows, columns or {})
    return window


def test_percentiles_are_good_to_a_percent():
    seen = [random.Random(7).lognormvariate(1, 1) for _ in range(5_000)]
    counted = window(*seen)

    for share in (0.5, 0.95, 0.99):
        assert counted.percentile(share) == pytest.approx(sorted(seen)[int(share * 5_000)], rel=0.02)
    assert counted.slowest == max(seen)
    assert math.isnan(Window().percentile(0.5))


def test_windows_add_up_to_one_of_all_requests():
    numbers = {"width": {"count": 2, "missing": 1, "sum": 3.0, "squares": 9.0, "min": 3.0, "max": 3.0}}
    more = {"width": {"count": 1, "missing": 0, "sum": -1.0, "squares": 1.0, "min": -1.0, "max": -1.0}}
    texts = {"city": {"count": 3, "missing": 0, "values": {"Bern": 2, "Basel": 1}}}

    both = window(5.0, columns=numbers | texts)
    both.merge(window(1.0, 2.0, status=500, rows=0, columns=more | texts))

    assert (both.requests, both.rows, both.failed, both.refused, both.milliseconds) == (3, 1, 2, 0, 8.0)
    assert both.columns == {
        "width": {"count": 4, "missing": 1, "sum": 1.0, "squares": 11.0, "min": -1.0, "max": 3.0},
        "city": {"count": 9, "missing": 0, "values": {"Bern": 6, "Basel": 3}},
    }


def test_what_is_counted_has_bounds():
    counted = Window()
    for number in range(100):
        counted.add(1.0, 200, 1, {f"c{number}": {"count": 1}, "text": {"count": 1, "values": {f"v{number}": 1}}})

    assert len(counted.columns) == MOST_COLUMNS
    assert len(counted.columns["text"]["values"]) == MOST_VALUES


def test_a_column_without_numbers_so_far_takes_those_of_later_requests():
    counted = window(1.0, columns={"a": {"count": 1, "missing": 1}})
    counted.merge(window(1.0, columns={"a": {"count": 1, "missing": 0, "sum": 2.0, "min": 2.0, "max": 2.0}}))

    assert counted.columns["a"] == {"count": 2, "missing": 1, "sum": 2.0, "min": 2.0, "max": 2.0}


def test_figures_reach_whoever_keeps_them_also_when_he_comes_late():
    with tempfile.TemporaryDirectory(prefix="tally-") as folder:
        path = str(Path(folder) / "t.sock")
        tally = Tally(path)
        tally.add(0.001, 200, {"rows": 4, "stats": {"a": {"count": 4, "missing": 0}}})
        tally.report()

        receiver = TallyReceiver(path)
        tally.add(0.002, 404)
        tally.report()
        tally.add(0.003, 503)
        tally.report()

        seen = Window()

        def has_all():
            seen.merge(receiver.take())
            return seen.requests == 3

        wait_for(has_all)
        receiver.close()

    assert (seen.rows, seen.refused, seen.failed) == (4, 1, 1)
    assert seen.columns == {"a": {"count": 4, "missing": 0}}
    assert seen.percentile(1.0) == pytest.approx(3.0, rel=0.02)
