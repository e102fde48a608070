"""Runs scenarios in the interpreter that starts it, one for each line of JSON on its standard input.

Only the standard library and the client under test are imported, as the client's environment has nothing else.
A line asks {"module": ..., "name": ...}; the answer is a line with null, or with the traceback of what failed.
"""

import contextlib
import importlib
import json
import sys
import traceback
import uuid

import mlflow


def run(module: str, name: str) -> str | None:
    """The scenario in an experiment of its own; nothing that it left open reaches the next one."""
    mlflow.set_experiment(f"{module}.{name} {mlflow.__version__} {uuid.uuid4().hex[:8]}")
    try:
        getattr(importlib.import_module(f"scenarios.{module}"), name)()
    except BaseException:
        return traceback.format_exc()
    finally:
        mlflow.autolog(disable=True)
        while mlflow.active_run():
            mlflow.end_run()
    return None


def main() -> None:
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # what the client prints, links to runs for one
        for line in sys.stdin:
            answers.write(json.dumps(run(**json.loads(line))) + "\n")
            answers.flush()


main()
