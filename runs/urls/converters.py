"""Parts of addresses that only fit what they mean, so that nothing else reaches a view."""

from django.urls import register_converter

from runs.queries.explore_kinds import FORESTS, KINDS
from trackui.exports.responses import ExportForm


class ExperimentId:
    """An experiment's id is a number that fits."""

    regex = "[0-9]{1,18}"
    to_python = int
    to_url = str


class ExploreKind:
    """A figure over runs."""

    regex = "|".join(KINDS)
    to_python = to_url = str


class ForestKind(ExploreKind):
    """One that a job answers."""

    regex = "|".join(FORESTS)


register_converter(ExploreKind, "explore_kind")
register_converter(ForestKind, "forest_kind")
register_converter(ExperimentId, "experiment_id")
register_converter(ExportForm, "form")
