"""The query of a page, written for elsewhere: Python, curl, pandas, and the filter as text."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

STAGES = {"deleted": "DELETED_ONLY", "all": "ALL"}
JSON_HEADER = "-H 'Content-Type: application/json'"
MOST_RESULTS = 1000  # of a request of the protocol


@dataclass(frozen=True, slots=True)
class Snippet:
    """`kind` names it on a page: `python`, `curl`, `pandas`, `filter`."""

    kind: str
    label: str
    code: str


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Runs of some experiments, or of all where none is named. `stage` is active, deleted or all."""

    experiments: Sequence[str] = ()
    filter: str = ""
    order_by: Sequence[str] = ()
    stage: str = "active"
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ExperimentQuery:
    filter: str = ""
    order_by: Sequence[str] = ()
    stage: str = "active"


def run_ids_filter(run_ids: Sequence[str]) -> str:
    """These runs and no others, in the filter language."""
    return f"run_id IN ({', '.join(repr(run_id) for run_id in run_ids)})"


def run_snippets(server: str, query: RunQuery) -> list[Snippet]:
    return [
        Snippet("python", "mlflow", python_runs(server, query)),
        Snippet("curl", "curl", curl_runs(server, query)),
        *filter_snippet(query.filter),
    ]


def experiment_snippets(server: str, query: ExperimentQuery) -> list[Snippet]:
    return [
        Snippet("python", "mlflow", python_experiments(server, query)),
        Snippet("curl", "curl", curl_post(server, "experiments/search", body_of(query))),
        *filter_snippet(query.filter),
    ]


def data_snippets(server: str, address: str, *, with_curl: bool) -> list[Snippet]:
    """The data behind a page, read by pandas. `address`: a path with its query that ends in .csv or .parquet."""
    url = f"{server}{address}"
    reader = "read_parquet" if address.partition("?")[0].endswith(".parquet") else "read_csv"
    code = f"import pandas as pd\n\ntable = pd.{reader}({literal(url)})"
    found = [Snippet("pandas", "pandas", code)]
    return (
        [*found, Snippet("curl", "curl", f"curl -sO --remote-header-name {shlex.quote(url)}")] if with_curl else found
    )


def filter_snippet(text: str) -> list[Snippet]:
    return [Snippet("filter", "filter", text)] if text else []


# --- Python -----------------------------------------------------------------------------------


def python_runs(server: str, query: RunQuery) -> str:
    if query.experiments:
        of = f"experiment_ids=[{', '.join(map(literal, query.experiments))}]"
    else:
        of = "search_all_experiments=True"
    arguments = [of, *python_arguments(query)]
    if query.limit is not None:
        arguments.append(f"max_results={query.limit}")
    return python_call(server, "runs = mlflow.search_runs", arguments, query.stage)


def python_experiments(server: str, query: ExperimentQuery) -> str:
    return python_call(
        server,
        "experiments = mlflow.search_experiments",
        python_arguments(query, stage="view_type"),
        query.stage,
    )


def python_arguments(query: RunQuery | ExperimentQuery, *, stage: str = "run_view_type") -> list[str]:
    arguments = []
    if query.filter:
        arguments.append(f"filter_string={query.filter!r}")
    if query.stage in STAGES:
        arguments.append(f"{stage}=ViewType.{STAGES[query.stage]}")
    if query.order_by:
        arguments.append(f"order_by={list(query.order_by)!r}")
    return arguments


def python_call(server: str, call: str, arguments: Sequence[str], stage: str) -> str:
    imports = ["import mlflow", *(["from mlflow.entities import ViewType"] if stage in STAGES else [])]
    lines = [*imports, "", f"mlflow.set_tracking_uri({literal(server)})"]
    if not arguments:
        return "\n".join([*lines, f"{call}()"])
    return "\n".join([*lines, f"{call}(", *(f"    {argument}," for argument in arguments), ")"])


def literal(text: str) -> str:
    """A text as Python and JSON both write it."""
    return json.dumps(text, ensure_ascii=False)


# --- curl -------------------------------------------------------------------------------------


def curl_runs(server: str, query: RunQuery) -> str:
    """By the protocol, or by the native API where all experiments are meant: the protocol wants each by its id."""
    if query.experiments:
        body = {"experiment_ids": list(query.experiments)} | body_of(query, stage="run_view_type")
        return curl_post(server, "runs/search", body | {"max_results": min(query.limit or MOST_RESULTS, MOST_RESULTS)})
    parameters = [("q", query.filter)] if query.filter else []
    parameters += [("order_by", clause) for clause in query.order_by]
    parameters += [("lifecycle_stage", query.stage)] if query.stage in STAGES else []
    written = "".join(f" --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in parameters)
    return f"curl -sG {server}/api/v1/runs/{written}"


def body_of(query: RunQuery | ExperimentQuery, *, stage: str = "view_type") -> dict[str, object]:
    body: dict[str, object] = {"max_results": MOST_RESULTS}
    if query.filter:
        body["filter"] = query.filter
    if query.order_by:
        body["order_by"] = list(query.order_by)
    if query.stage in STAGES:
        body[stage] = STAGES[query.stage]
    return body


def curl_post(server: str, endpoint: str, body: dict[str, object]) -> str:
    quoted = shlex.quote(json.dumps(body, ensure_ascii=False))
    return f"curl -s {server}/api/2.0/mlflow/{endpoint} {JSON_HEADER} -d {quoted}"
