"""Our scorer beside MLflow's own scoring server, over the same models and the same requests."""

import base64
import json
import subprocess

import pytest

from registry.serving.model_folder import read_model_folder
from tests.registry.serving.parity.cases import CASES, Case
from tests.servers import REPOSITORY, mlflow_environ

PYTHON = REPOSITORY / ".venv-mlflow3" / "bin" / "python"
SCRIPTS = REPOSITORY / "tests" / "registry" / "serving" / "parity"


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> list[tuple]:
    """Of both to every case, in order: MLflow's (status, body), ours."""
    folder = tmp_path_factory.mktemp("parity")
    environ = mlflow_environ(GIT_PYTHON_REFRESH="quiet", MLFLOW_TRACKING_URI=(folder / "runs").as_uri())
    models, told = folder / "models", folder / "told.json"
    subprocess.run([PYTHON, SCRIPTS / "models.py", models], env=environ, check=True, capture_output=True, timeout=120)
    told.write_text(json.dumps({path.name: read_model_folder(path).as_scorer_json() for path in models.iterdir()}))
    lines = [json.dumps([case.model, case.content_type, base64.b64encode(case.raw).decode()]) for case in CASES]
    command = [PYTHON, SCRIPTS / "both.py", models, told, REPOSITORY / "registry" / "serving" / "scorer"]
    done = subprocess.run(
        command, env=environ, input="\n".join(lines), text=True, check=True, capture_output=True, timeout=120
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def outcome(answer: tuple) -> tuple:
    """The class of a status, and predictions in a form in which NaN is equal to itself."""
    status, body = answer
    return status // 100, repr(json.loads(body)) if status == 200 else None


@pytest.mark.parametrize("model", sorted({case.model for case in CASES}))
def test_both_answer_alike_but_where_we_mean_to_differ(answers, model):
    asked = [(case, *both) for case, both in zip(CASES, answers, strict=True) if case.model == model]

    assert [fault for case, theirs, ours in asked if (fault := fault_of(case, theirs, ours))] == []


def fault_of(case: Case, theirs: tuple, ours: tuple) -> tuple | None:
    if case.status and ours[0] != case.status:
        return case, "we answer otherwise", ours
    if case.status and (theirs[0], outcome(theirs)) == (ours[0], outcome(ours)):
        return case, "no longer differs", theirs
    may_refuse = case.why and ours[0] == 400 and theirs[0] in (200, 400)
    if not case.status and not may_refuse and outcome(theirs) != outcome(ours):
        return case, theirs, ours
    return None
