import json
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runs.charts.series import LineChart, Series
from runs.ingest.batch import number_in
from runs.metrics.direction import DirectionOfMetric
from runs.models import Direction
from runs.queries.comparison_content import canonical, charts_of, content_of, data_of
from runs.queries.comparison_data import ComparedRun, ComparisonData, Numbers, ParamValue, in_order

texts = st.text('ab12.é"\\\n\x7f\u2028🙂', max_size=4)
counts = st.integers(0, 2**63 - 1)
numbers = st.tuples(st.floats(), st.none() | st.floats(), counts).map(
    lambda drawn: Numbers(drawn[0], -drawn[2], 1, drawn[0], 0, 0, drawn[1], 0, drawn[1], 0, drawn[1], drawn[2], 1, 0, 0)
)


def tables(values):
    columns = st.dictionaries(st.integers(0, 1), values, min_size=1).map(lambda column: dict(sorted(column.items())))
    return st.dictionaries(texts, columns, max_size=2).map(in_order)


@st.composite
def comparisons(draw):
    runs = tuple(
        ComparedRun(
            f"{at:032x}", draw(texts), "", 1, "e", draw(texts), "RUNNING", "active", 0, draw(st.none() | counts)
        )
        for at in range(2)
    )
    metrics = draw(tables(numbers))
    known = st.builds(DirectionOfMetric, st.sampled_from(Direction), st.booleans())
    return ComparisonData(
        runs=runs,
        params=draw(tables(texts.map(lambda text: ParamValue(text, number_in(text))))),
        metrics=metrics,
        tags=draw(tables(texts)),
        datasets=draw(tables(texts)),
        packages=draw(tables(texts)),
        directions={key: draw(known | st.just(DirectionOfMetric(None, True))) for key in metrics},
    )


@settings(max_examples=30, deadline=None)
@given(comparisons())
def test_what_is_frozen_reads_back_as_it_was(data):
    found = data_of(json.loads(canonical(content_of(data))))

    # NaN is equal to nothing, but always written alike.
    assert repr(found) == repr(data)


@settings(max_examples=30, deadline=None)
@given(comparisons())
def test_the_same_values_give_the_same_bytes(data):
    once = canonical(content_of(data))

    assert canonical(content_of(data_of(json.loads(once)))) == once
    assert canonical(dict(reversed(json.loads(once).items()))) == once


def test_lines_keep_their_breaks_and_marks():
    line = Series(
        "a", "run-1", np.array([0.0, 1.0, 2.0]), np.array([1.0, math.nan, math.inf]), 3, nan_x=np.array([1.0]),
        nan_count=1, dash=2,
    )  # fmt: skip
    empty = ComparisonData((), {}, {}, {}, {}, {}, {})

    (chart,) = charts_of(json.loads(canonical(content_of(empty, [LineChart("loss", (line,))]))))

    (found,) = chart.series
    assert chart.title == "loss"
    np.testing.assert_array_equal(found.y, line.y)
    np.testing.assert_array_equal(found.nan_x, line.nan_x)
    assert (found.name, found.total, found.dash) == ("a", 3, 2)


def test_keys_are_in_the_order_in_which_people_count():
    table = {key: {} for key in ["layer10", "layer2", "2", "", "layer2.b", "Layer1"]}

    assert list(in_order(table)) == ["", "2", "Layer1", "layer2", "layer2.b", "layer10"]
