"""Parameters of the registry's addresses, as the schema describes them."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

MODEL_FILTER = OpenApiParameter(
    "q",
    description="A filter over `name` and `tags.…`, joined by AND, OR, NOT and parentheses; bare words search names.",
    examples=[OpenApiExample("By name and tag", "name LIKE 'churn%' AND tags.team = 'vision'")],
)
MODEL_ORDER = OpenApiParameter(
    "order_by",
    {"type": "array", "items": {"type": "string"}},
    description="`name`, `last_updated_timestamp DESC`. Default: by name.",
)
VERSION_FILTER = OpenApiParameter(
    "q",
    description="A filter over `name`, `run_id`, `source_path`, `version_number`, `tags.…`; bare words search names.",
    examples=[
        OpenApiExample("Versions of a run", "run_id = '9f1c2b7a4d5e4f60b3a1c8d7e6f50412'"),
        OpenApiExample("Late versions of a family", "name LIKE 'churn%' AND version_number > 3"),
    ],
)
VERSION_ORDER = OpenApiParameter(
    "order_by",
    {"type": "array", "items": {"type": "string"}},
    description=(
        "`version_number DESC`, `name`, `creation_timestamp DESC`, `last_updated_timestamp DESC`. May be repeated."
    ),
)
AS_OF = OpenApiParameter(
    "as_of",
    description=(
        "The registry as it was at a moment, deleted and renamed models too: a date such as `2026-03-01` (its first "
        "moment, UTC), an ISO 8601 time, a time ago such as `-7d`, or milliseconds since 1970. Answers then hold what "
        "is known of the past: names, versions, stages and aliases."
    ),
    examples=[OpenApiExample("A week ago", "-7d"), OpenApiExample("A day", "2026-03-01")],
)
MODEL_NAME = OpenApiParameter("name", location=OpenApiParameter.PATH, description="Percent-encoded where it has to be.")
VERSION = OpenApiParameter("version", int, OpenApiParameter.PATH, description="A number from 1.")
ALIAS = OpenApiParameter("alias", location=OpenApiParameter.PATH, description="Letters, digits, `_` and `-`.")
NOTE = OpenApiParameter("note", description="Why; it stands in the history.")
