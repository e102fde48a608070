"""What the pages of the registry show, written for elsewhere: the MLflow client, curl."""

from __future__ import annotations

import shlex

from registry.models import PROMPT_TAG, RegisteredModel
from registry.queries.choices import ModelChoices, VersionChoices
from registry.queries.model_head import ModelHead
from registry.queries.model_list import ModelListOptions
from registry.queries.version_table import VersionTableOptions
from runs.queries.run_choices import Choice, choice_filter
from trackui.snippets import MOST_RESULTS, Snippet, filter_snippet, literal, python_call

# Orders of the page that the protocol knows too.
ORDERS = {"name": "name"}


def first_model(server: str) -> str:
    """A first model, registered while it is logged."""
    return "\n".join(
        [
            "import mlflow",
            "from sklearn.tree import DecisionTreeClassifier",
            "",
            f"mlflow.set_tracking_uri({literal(server)})",
            "with mlflow.start_run():",
            "    model = DecisionTreeClassifier().fit([[0], [1]], [0, 1])",
            '    mlflow.sklearn.log_model(model, name="model", registered_model_name="my-model")',
        ]
    )


def model_snippets(server: str, options: ModelListOptions) -> list[Snippet]:
    """None where the page asks for what the protocol cannot: its data is then asked for by address alone."""
    if options.choices != ModelChoices(tags=options.choices.tags, kind=options.choices.kind):
        return []
    text = protocol_filter(options)
    order = protocol_order(options.order)
    arguments = [f"filter_string={text!r}"] if text else []
    arguments += [f"order_by={order!r}"] if order else []
    parameters = [("filter", text)] * bool(text) + [("order_by", clause) for clause in order]
    written = "".join(
        f" --data-urlencode {shlex.quote(f'{name}={value}')}"
        for name, value in [*parameters, ("max_results", str(MOST_RESULTS))]
    )
    return [
        Snippet("python", "mlflow", python_call(server, "models = mlflow.search_registered_models", arguments, "")),
        Snippet("curl", "curl", f"curl -sG {server}/api/2.0/mlflow/registered-models/search{written}"),
        *filter_snippet(text),
    ]


def version_snippets(server: str, model: RegisteredModel, options: VersionTableOptions) -> list[Snippet]:
    """All versions of the model; none where the page leaves some out, since the protocol cannot."""
    if options.choices != VersionChoices(archived="show"):
        return []
    quote = '"' if "'" in model.name else "'"
    if quote in model.name:
        return []
    text = f"name = {quote}{model.name}{quote}"
    call = python_call(server, "versions = mlflow.search_model_versions", [f"filter_string={text!r}"], "")
    curl = f"curl -sG {server}/api/2.0/mlflow/model-versions/search --data-urlencode {shlex.quote(f'filter={text}')}"
    return [Snippet("python", "mlflow", call), Snippet("curl", "curl", curl), *filter_snippet(text)]


def protocol_filter(options: ModelListOptions) -> str:
    """Filter and chosen tags in one text."""
    parts = [choice_filter(Choice(f"tags.{key}", values)) for key, values in options.choices.tags if values]
    parts += [f"tags.`{PROMPT_TAG}` = 'true'"] * (options.choices.kind == "prompts")
    written = f"({options.filter})" if options.filter and parts else options.filter
    return " AND ".join(filter(None, [written, *parts]))


def protocol_order(order: str) -> list[str]:
    """The order of the page where the protocol has it."""
    name = ORDERS.get(order.removeprefix("-"))
    return [f"{name} DESC" if order.startswith("-") else name] if name else []


def first_version(server: str, name: str) -> str:
    """A first version of a model that is there, of a run's model."""
    return "\n".join(
        [
            "import mlflow",
            "",
            f"mlflow.set_tracking_uri({literal(server)})",
            f'mlflow.register_model("runs:/<run_id>/model", {literal(name)})',
        ]
    )


def load_snippets(server: str, head: ModelHead) -> list[Snippet]:
    """How the model is loaded and served: by an alias or stage where there is one, so that it follows promotions."""
    name = head.model.name
    if head.aliases:
        uri = f"models:/{name}@{head.aliases[0][0]}"
    elif head.stages:
        uri = f"models:/{name}/{head.stages[0].stage.value}"
    else:
        uri = f"models:/{name}/{head.latest or 1}"
    load = [
        "import mlflow",
        "",
        f"mlflow.set_tracking_uri({literal(server)})",
        f"model = mlflow.pyfunc.load_model({literal(uri)})",
    ]
    return [
        Snippet("load", "load it", "\n".join(load)),
        Snippet("serve", "serve it", f"python manage.py serve_model {shlex.quote(uri)} --port 7000"),
    ]
