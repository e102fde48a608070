import pytest
from django.http import QueryDict

from runs.queries.panel_options import PanelOptions


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x=relative&y=log&smooth=ema%3A0.9&x_from=2.5min&x_to=4min",
        "x=metrics.train%2Fepoch&scale=robust",
        "smooth=gauss%3A20&band=ci95",
        "x=wall&x_from=1700000000123.0&x_to=1700000001000.0",
        "x=process&x_from=0.1h",
    ],
)
def test_settings_survive_their_address(address):
    assert PanelOptions.from_query(QueryDict(address)).query() == address


@pytest.mark.parametrize(
    "address",
    ["x=moon", "x=metric", "x=metrics.", "smooth=mean:", "band=wide", "scale=x", "x_from=3min", "x=relative&x_from=h"],
)
def test_what_makes_no_sense_is_as_if_it_were_not_said(address):
    options = PanelOptions.from_query(QueryDict(address))

    assert options.query() in ("", "x=relative")


def test_ends_in_different_units_are_none():
    assert not PanelOptions.from_query(QueryDict("x=relative&x_from=1s&x_to=1h")).is_zoomed
