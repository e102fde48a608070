"""The figures over a set of runs: what each is for, and which keys it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wants(StrEnum):
    """What a field of a figure may be: any key, one that has numbers, a metric or a param."""

    ANY = "any"
    NUMBER = "number"
    METRIC = "metric"
    PARAM = "param"


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the parameter of the address."""

    name: str
    label: str
    wants: Wants = Wants.ANY
    is_optional: bool = False
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """`settings`: names of further parameters (`SETTINGS`)."""

    name: str
    title: str
    about: str
    fields: tuple[Field, ...]
    settings: tuple[str, ...] = ()


# Parameter -> its label and its choices, the first the default.
SETTINGS = {
    "x_scale": ("x axis", ("auto", "linear", "log")),
    "y_scale": ("y axis", ("auto", "linear", "log")),
    "trend": ("Trend", ("auto", "straight", "local", "none")),
    "bins": ("Bins", ("auto", "10", "20", "50", "100")),
    "from": ("From", ("zero", "data")),
    "x_best": ("x is better", ("auto", "higher", "lower")),
    "y_best": ("y is better", ("auto", "higher", "lower")),
    "z_best": ("z is better", ("auto", "higher", "lower")),
}

# Answered by a job.
FORESTS = ("importance", "dependence")
Y_METRIC = Field("y", "Metric", Wants.NUMBER)

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "parallel",
            "Parallel coordinates",
            "Each run is a line through its values: which combinations lead to a good metric",
            (Field("axes", "Axes", is_many=True), Field("color", "Colour", Wants.NUMBER, is_optional=True)),
        ),
        Kind(
            "scatter",
            "Scatter",
            "Two values of each run against each other, with the trend",
            (Field("x", "x"), Field("y", "y"), Field("color", "Colour", is_optional=True)),
            ("x_scale", "y_scale", "trend"),
        ),
        Kind(
            "contour",
            "Contour",
            "The mean of a metric over a grid of two values",
            (Field("x", "x"), Field("y", "y"), Field("z", "Mean of", Wants.NUMBER)),
            ("bins", "x_scale", "y_scale"),
        ),
        Kind(
            "box",
            "Box",
            "How a metric spreads for each value of a param",
            (Y_METRIC, Field("by", "By")),
            ("y_scale",),
        ),
        Kind(
            "bar",
            "Bar",
            "The mean of a metric with its 95 % interval, for each value of a param",
            (Y_METRIC, Field("by", "By")),
            ("from",),
        ),
        Kind(
            "histogram",
            "Histogram",
            "How often which values occur",
            (Field("x", "Values of"),),
            ("bins", "x_scale"),
        ),
        Kind(
            "pareto",
            "Pareto front",
            "Runs that no other beats in all of two or three metrics",
            (
                Field("x", "x", Wants.NUMBER),
                Field("y", "y", Wants.NUMBER),
                Field("z", "Third", Wants.NUMBER, is_optional=True),
            ),
            ("x_best", "y_best", "z_best", "x_scale", "y_scale"),
        ),
        Kind(
            "importance",
            "Importance",
            "Which params explain a metric, by a forest of trees held against runs it has not seen",
            (Field("y", "Metric", Wants.METRIC),),
        ),
        Kind(
            "dependence",
            "Dependence",
            "What a forest of trees expects of a metric as one param changes and all others stay",
            (Field("x", "Param", Wants.PARAM), Field("y", "Metric", Wants.METRIC)),
        ),
    )
}
