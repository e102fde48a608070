"""Parts of addresses that only fit what they mean, so that nothing else reaches a view."""

from django.urls import register_converter

from trackui.exports.responses import ExportForm


class ExperimentId:
    """An experiment's id is a number that fits."""

    regex = "[0-9]{1,18}"
    to_python = int
    to_url = str


register_converter(ExperimentId, "experiment_id")
register_converter(ExportForm, "form")
