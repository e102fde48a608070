import json
import math
import random
import socket
import tempfile
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.serving.front.tally import MOST_COLUMNS, MOST_VALUES, Tally, Window
from registry.serving.scorer.statistics import column_statistics
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
    numbers = {"width": {"count": 2, "missing": 1, "numbers": 1, "mean": 3.0, "m2": 0.0, "min": 3.0, "max": 3.0}}
    more = {"width": {"count": 1, "missing": 0, "numbers": 1, "mean": -1.0, "m2": 0.0, "min": -1.0, "max": -1.0}}
    texts = {"city": {"count": 3, "missing": 0, "values": {"Bern": 2, "Basel": 1}}}

    both = window(5.0, columns=numbers | texts)
    both.merge(window(1.0, 2.0, status=500, rows=0, columns=more | texts))

    assert (both.requests, both.rows, both.failed, both.refused, both.milliseconds) == (3, 1, 2, 0, 8.0)
    assert both.columns == {
        "width": {
            "count": 4,
            "missing": 1,
            "numbers": 3,
            "mean": pytest.approx(1 / 3),
            "m2": pytest.approx(32 / 3),
            "min": -1.0,
            "max": 3.0,
        },
        "city": {"count": 9, "missing": 0, "values": {"Bern": 6, "Basel": 3}},
    }


def test_what_is_counted_has_bounds():
    counted = Window()
    for number in range(MOST_VALUES):
        counted.add(1.0, 200, 1, {f"c{number}": {"count": 1}, "text": {"count": 1, "values": {f"v{number}": 1}}})
    assert len(counted.columns) == MOST_COLUMNS
    assert len(counted.columns["text"]["values"]) == MOST_VALUES

    for text in ("one more", "v1"):
        counted.add(1.0, 200, 1, {"text": {"count": 1, "missing": 0, "values": {text: 1}}})
    assert counted.columns["text"] == {"count": MOST_VALUES + 2, "missing": 0, "many": True}


def test_a_column_without_numbers_so_far_takes_those_of_later_requests():
    counted = window(1.0, columns={"a": {"count": 1, "missing": 1}})
    counted.merge(window(1.0, columns={"a": column_statistics(np.array([2.0]))}))

    two = {"numbers": 1, "mean": 2.0, "m2": 0.0, "min": 2.0, "max": 2.0}
    assert counted.columns["a"] == {"count": 2, "missing": 1, **two}


NUMBERS = st.one_of(
    st.floats(-1e150, 1e150),
    st.floats(1.7e9, 1.7e9 + 1e-3),
    st.integers(2**53, 2**62).map(float),
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(NUMBERS, min_size=1, max_size=20), min_size=1, max_size=8))
def test_requests_put_together_are_as_pandas_has_all_values_at_once(requests):
    counted = Window()
    for values in requests:
        part = Window()
        part.add(1.0, 200, len(values), {"x": column_statistics(np.array(values))})
        counted.merge(Window(json.loads(json.dumps(part.as_json()))))

    found = counted.columns["x"]
    values = pd.Series([value for values in requests for value in values])
    numbers = values[np.isfinite(values)]
    assert (found["count"], found["missing"]) == (len(values), values.isna().sum())
    assert found.get("numbers", 0) == len(numbers)
    if len(numbers):
        size = numbers.abs().max()
        assert (found["min"], found["max"]) == (numbers.min(), numbers.max())
        assert found["mean"] == pytest.approx(numbers.mean(), rel=1e-12, abs=1e-14 * size)
        assert math.sqrt(found["m2"] / len(numbers)) == pytest.approx(numbers.std(ddof=0), rel=1e-9, abs=1e-14 * size)


def test_small_changes_of_large_numbers_are_told():
    noise = np.random.default_rng(5).normal(0, 1e-3, 3_000)
    counted = Window()
    for part in np.split(1e9 + noise, 300):
        counted.merge(window(1.0, columns={"at": column_statistics(part)}))

    found = counted.columns["at"]
    assert math.sqrt(found["m2"] / found["numbers"]) == pytest.approx(noise.std(), rel=1e-3)


def test_a_percentile_is_the_request_of_its_rank():
    assert window(*range(1, 21)).percentile(0.95) == pytest.approx(19, rel=0.01)
    assert window(*range(1, 101)).percentile(0.99) == pytest.approx(99, rel=0.01)
    assert window(3.0).percentile(0.5) == pytest.approx(3.0, rel=0.01)


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


def test_the_last_figures_of_many_processes_are_all_there_at_the_end():
    with tempfile.TemporaryDirectory(prefix="tally-") as folder:
        path = str(Path(folder) / "t.sock")
        receiver = TallyReceiver(path)
        for number in range(20):
            tally = Tally(path)
            tally.add(0.001, 200, {"rows": number})
            tally.report()
            tally._connection.close()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as cut_off:
            cut_off.connect(path)
            cut_off.sendall(b'{"requests": 10')

        receiver.finish(5)
        seen = receiver.take()
        receiver.close()

    assert (seen.requests, seen.rows) == (20, sum(range(20)))


def test_reports_of_two_threads_are_whole_lines():
    """Of the thread that reports, and of the end of the process: with columns that fill the socket's buffer."""
    values = {"x" * 99 + str(number): 1 for number in range(90)}
    columns = {f"c{number}": {"count": 1, "missing": 0, "values": values} for number in range(50)}
    with tempfile.TemporaryDirectory(prefix="tally-") as folder:
        path = str(Path(folder) / "t.sock")
        receiver, tally = TallyReceiver(path), Tally(path)

        def report():
            for _ in range(10):
                tally.add(0.001, 200, {"rows": 1, "stats": columns})
                tally.report()

        threads = [threading.Thread(target=report) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tally._connection.close()
        receiver.finish(5)
        seen = receiver.take()
        receiver.close()

    assert seen.requests == seen.rows == seen.columns["c0"]["count"] == 40
