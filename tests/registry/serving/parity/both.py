"""Asks MLflow's own scoring app and our scorer's model the same: a line of JSON in, a line out. Runs where MLflow is.

Arguments: the folder of models, a JSON file of what our scorer is told of each, the scorer's folder.
"""

import asyncio
import base64
import importlib.util
import json
import sys
from pathlib import Path

from mlflow.pyfunc import load_model, scoring_server

FOLDER, TOLD, PACKAGE = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
SPEC = importlib.util.spec_from_file_location(
    "scorer", PACKAGE / "__init__.py", submodule_search_locations=[str(PACKAGE)]
)
sys.modules["scorer"] = importlib.util.module_from_spec(SPEC)
Model = importlib.import_module("scorer.model").Model
ScoringError = importlib.import_module("scorer.errors").ScoringError


async def theirs(app, content_type: str, body: bytes) -> tuple[int, str]:
    """Its app without the server around it; what it lets through, the server answers with 500."""
    sent, messages = [], [{"type": "http.request", "body": body}]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http"}
    scope |= {"path": "/invocations", "raw_path": b"/invocations", "query_string": b"", "root_path": ""}
    scope |= {"headers": [(b"content-type", content_type.encode())], "client": None, "server": None}

    async def receive():
        return messages.pop() if messages else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    try:
        await app(scope, receive, send)
    except Exception:
        return 500, ""
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent).decode()


def ours(model, content_type: str, body: bytes) -> tuple[int, str]:
    try:
        content, _, found = model.score(content_type, body)
    except ScoringError as error:
        return error.status, error.message
    json.dumps(found, allow_nan=False)
    return 200, content.decode()


models = {}
answers, sys.stdout = sys.stdout, sys.stderr
with asyncio.Runner() as runner:
    for line in sys.stdin:
        name, content_type, body = json.loads(line)
        if name not in models:
            models[name] = scoring_server.init(load_model(str(FOLDER / name))), Model(TOLD[name])
        app, model = models[name]
        asked = content_type, base64.b64decode(body)
        print(json.dumps([runner.run(theirs(app, *asked)), ours(model, *asked)]), file=answers, flush=True)
