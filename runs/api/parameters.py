"""Query parameters of the lists: what they mean in the schema, and a check that nobody misspelt one."""

import difflib
from collections.abc import Iterable

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from trackui.errors import InvalidParameterValue, shorten
from trackui.mlflow_api.body import check_text

PAGING = ("page_size", "cursor", "format")

RUN_FILTER = OpenApiParameter(
    "q",
    description=(
        "A filter in the language of the search box, a superset of MLflow's: comparisons of metrics, params, tags and "
        "attributes joined by AND, OR, NOT and parentheses; bare words search names."
    ),
    examples=[
        OpenApiExample("By a metric", "metrics.val_loss < 0.3"),
        OpenApiExample("The lowest a metric ever was", "metrics.val_loss.min < 0.2 AND params.lr <= 1e-3"),
        OpenApiExample("Recent and not failed", "start_time > -7d AND NOT status = 'FAILED'"),
    ],
)
RUN_ORDER = OpenApiParameter(
    "order_by",
    {"type": "array", "items": {"type": "string"}},
    description=(
        "`metrics.loss.max DESC`, `params.lr`, `start_time DESC`. May be repeated: the first decides, the next one "
        "among equals."
    ),
)
EXPERIMENT_FILTER = OpenApiParameter(
    "q",
    description="A filter in MLflow's language for experiments; bare words search names.",
    examples=[OpenApiExample("By name and tag", "name LIKE 'cifar%' AND tags.team = 'vision'")],
)
EXPERIMENT_ORDER = OpenApiParameter(
    "order_by",
    {"type": "array", "items": {"type": "string"}},
    description="`name`, `creation_time DESC`, `last_update_time DESC`, `experiment_id`. May be repeated.",
)
COLUMNS = OpenApiParameter(
    "columns",
    description=(
        "Columns of the CSV, separated by commas: `name,params.lr,metrics.loss.min,tags.team`. "
        "Where it is left out: all params, the last value of all metrics, and tags that no client sets by itself."
    ),
)
METRIC_KEY = OpenApiParameter("key", required=True, description="The name of the metric.")
RUN_ID = OpenApiParameter("run_id", location=OpenApiParameter.PATH, description="32 hexadecimal digits.")
EXPERIMENT_ID = OpenApiParameter("experiment_id", location=OpenApiParameter.PATH, description="A decimal number.")
CSV = OpenApiTypes.STR


def check_parameters(parameters: QueryDict, known: Iterable[str]) -> None:
    """Refuse names that nobody reads: a misspelt filter would quietly match everything."""
    known = sorted({*known, *PAGING})
    for name, values in parameters.lists():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known)}."
            raise InvalidParameterValue(f"Unknown parameter '{shorten(name, 100)}'. {hint}")
        for value in values:
            check_text(value)
