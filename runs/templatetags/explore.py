"""Tags for figures over runs: parameters their forms keep, cells of their data, the same data elsewhere."""

import json
import shlex

from django import template
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from runs.queries.run_choices import full_filter
from trackui import formats
from trackui.exports.tables import Kind

register = template.Library()

CELL_LENGTH = 60
RIGHT = SafeString(' class="n"')


@register.simple_tag(takes_context=True)
def other_parameters(context, names):
    """Pairs of the address for the hidden fields of a form that sets `names` itself."""
    return [
        (name, value)
        for name, values in context["request"].GET.lists()
        for value in values
        if name not in names and name not in ("page", "theme")
    ]


@register.filter
def at(items, position):
    """One of them."""
    return items[position]


@register.simple_tag
def explore_cell(columns, number, value):
    """A cell of the table behind a figure: figures with all their digits on hover."""
    kind = columns[number].kind
    if value is None:
        return format_html(
            '<td{}><span class="none">{}</span></td>', "" if kind == Kind.TEXT else RIGHT, formats.NOTHING
        )
    if kind == Kind.TEXT:
        text = " ".join(str(value)[: 2 * CELL_LENGTH].split())
        text = text if len(text) <= CELL_LENGTH else f"{text[: CELL_LENGTH - 1]}…"
        return format_html("<td>{}</td>", text)
    if kind == Kind.TIME:
        return format_html("<td{}>{}</td>", RIGHT, formats.absolute_time(value))
    if kind == Kind.FLAG:
        return format_html("<td>{}</td>", "yes" if value else "")
    return format_html('<td{} title="{}">{}</td>', RIGHT, formats.full_number(value), formats.number(value))


@register.simple_tag
def pandas_data(address):
    """The data behind a figure, read by pandas."""
    return f"import pandas as pd\n\ndata = pd.read_csv({json.dumps(address)})"


@register.simple_tag
def curl_data(address):
    return f"curl -s {shlex.quote(address)}"


@register.simple_tag
def client_runs(experiment, options, server_address):
    """The runs that a figure is of, as a call of the MLflow client."""
    lines = [
        "import mlflow",
        "",
        f"mlflow.set_tracking_uri({json.dumps(server_address)})",
        "runs = mlflow.search_runs(",
        f"    experiment_ids=[{json.dumps(experiment.experiment_id)}],",
    ]
    text = full_filter(options)
    return "\n".join([*lines, *([f"    filter_string={text!r},"] if text else []), ")"])


@register.simple_tag(takes_context=True)
def figure_query(context, **changes):
    """The address's parameters with some changed, for links between figures; those of None are left out."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}" if query else ""
