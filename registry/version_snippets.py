"""A version used elsewhere: loaded, asked for predictions, served. As code to copy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from registry.models import ModelVersion, Stage
from trackui.snippets import JSON_HEADER, literal

# Where a server started as shown answers.
SERVED_AT = "http://127.0.0.1:7000"
LONGEST_BODY = 20_000


@dataclass(frozen=True, slots=True)
class Use:
    """One way to use a version. `key`: names it on the page; `note`: when to."""

    key: str
    title: str
    note: str
    code: str


def uris(version: ModelVersion, aliases: Sequence[str]) -> list[tuple[str, str]]:
    """(what it is called by, address) of each way that leads to this version now."""
    found = [("version", version.uri)]
    found += [(f"alias {alias}", f"models:/{version.name}@{alias}") for alias in aliases]
    if version.stage != Stage.NONE:
        found.append((f"stage {version.stage}", f"models:/{version.name}/{version.stage}"))
    return found


def prompt_snippet(server: str, version: ModelVersion) -> str:
    uri = f"prompts:/{version.name}/{version.version}"
    lines = ["import mlflow", "", f"mlflow.set_tracking_uri({literal(server)})"]
    return "\n".join([*lines, f"prompt = mlflow.genai.load_prompt({literal(uri)})"])


def load_snippet(server: str, uri: str) -> str:
    return "\n".join(
        [
            "import mlflow",
            "",
            f"mlflow.set_tracking_uri({literal(server)})",
            f"model = mlflow.pyfunc.load_model({literal(uri)})",
        ]
    )


def uses(
    server: str, version: ModelVersion, *, aliases: Sequence[str] = (), body: str = "", served_at: str = SERVED_AT
) -> list[Use]:
    """`body`: a request for the scoring server, as JSON; `served_at`: the address of one that serves this version."""
    following = uris(version, aliases)[1:]
    return [
        Use("load", "Load it in Python", "By its number it is always this version.", load_snippet(server, version.uri)),
        *(
            Use(
                f"load-{at}",
                f"Load it by {name}",
                "Whatever version that is when the line runs.",
                load_snippet(server, one),
            )
            for at, (name, one) in enumerate(following)
        ),
        Use(
            "batch",
            "Predict a file",
            "In chunks, with a progress bar; on the machine of this server. --workers spreads it over processes.",
            f"python manage.py predict {shlex.quote(version.uri)} --input data.csv --output predictions.parquet",
        ),
        Use(
            "serve",
            "Serve it",
            "A process of its own that answers /invocations. --watch follows the alias or stage to the next version.",
            serve_line(version, aliases),
        ),
        Use("curl", "Ask a server that serves it", "What the model takes is in its signature.", curl(served_at, body)),
        Use(
            "spark",
            "Predict with Spark",
            "For data beyond one machine. Each worker loads the model once.",
            spark(server, version.uri),
        ),
    ]


def serve_line(version: ModelVersion, aliases: Sequence[str]) -> str:
    """By an alias or stage where one leads to the version, so that the server can follow it to the next."""
    ways = uris(version, aliases)
    is_followed = len(ways) > 1
    uri = ways[1 if is_followed else 0][1]
    return f"python manage.py serve_model {shlex.quote(uri)} --port 7000{' --watch' if is_followed else ''}"


def curl(served_at: str, body: str) -> str:
    text = body if 0 < len(body) <= LONGEST_BODY else '{"dataframe_split": {"columns": […], "data": [[…]]}}'
    return f"curl -s {served_at}/invocations {JSON_HEADER} -d {shlex.quote(compact(text))}"


def compact(text: str) -> str:
    """JSON on one line; another text as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def spark(server: str, uri: str) -> str:
    return "\n".join(
        [
            "import mlflow",
            "from pyspark.sql import SparkSession",
            "from pyspark.sql.functions import struct",
            "",
            f"mlflow.set_tracking_uri({literal(server)})",
            "spark = SparkSession.builder.getOrCreate()",
            f'predict = mlflow.pyfunc.spark_udf(spark, {literal(uri)}, env_manager="local")',
            'frame = spark.read.parquet("data.parquet")',
            'frame.withColumn("prediction", predict(struct(*frame.columns))).show()',
        ]
    )
