import json

import numpy as np
import pytest

from runs.charts.plotly_json import figure_json


def test_arrays_are_packed_and_all_else_is_json():
    sent = json.loads(figure_json({"data": [{"x": np.array([1, 2], ">i4")}], "layout": {"meta": None}}))

    assert sent == {"data": [{"x": {"dtype": "i4", "bdata": "AQAAAAIAAAA="}}], "layout": {"meta": None}}


def test_what_is_no_part_of_a_figure_is_refused():
    with pytest.raises(TypeError, match="object has no place"):
        figure_json({"data": object()})
