"""The program as the front starts it: on a socket, with a loader module of its own and no MLflow."""

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from registry.serving.model_folder import read_model_folder
from registry.serving.scorer.wire import read_frame, send_frame
from registry.serving.scorers import PROGRAM
from tests.registry.serving.folders import mlmodel, write_folder

LOADER = """
import sys, time
print("a model that prints while it is loaded")

class Doubler:
    def predict(self, data, params):
        print("and while it predicts")
        if params["wait"]:
            time.sleep(params["wait"])
        if params["mode"] == "raise":
            raise KeyError("a/secret/path\\nsecond line")
        if params["mode"] == "open":
            open("/a/secret/path")
        if params["mode"] == "exit":
            sys.exit(3)
        if params["mode"] == "status":
            error = ValueError("no")
            error.error_code, error.get_http_status_code = "X", lambda: 999
            raise error
        if params["mode"] == "modules":
            return [name for name in ("mlflow", "django", "yaml") if name in sys.modules] + sys.path[:1]
        return data * 2

def _load_pyfunc(path, config):
    if config["broken"]:
        raise OSError("no weights")
    return Doubler()
"""
PARAMS = [
    {"name": "wait", "type": "double", "default": 0, "shape": None},
    {"name": "mode", "type": "string", "default": "", "shape": None},
]
INPUTS = [{"name": "a", "type": "double"}, {"name": "b", "type": "double"}]


class Scorer:
    def __init__(self, folder: Path, *, broken: bool = False) -> None:
        content = mlmodel(
            flavor={"loader_module": "tiny_loader", "code": "code", "config": {"broken": broken}},
            signature={"inputs": json.dumps(INPUTS), "params": json.dumps(PARAMS)},
        )
        (folder / "code").mkdir(parents=True)
        (folder / "code" / "tiny_loader.py").write_text(LOADER)
        told = folder.parent / "MODEL.json"
        told.write_text(
            json.dumps(read_model_folder(write_folder(folder, content), allowed=["tiny_loader"]).as_scorer_json())
        )
        self.socket = folder.parent / "s"
        command = [sys.executable, "-I", PROGRAM, "--model", told, "--socket", self.socket, "--threads", "2"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, **pipes)
        self.said = self.process.stdout.readline()

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(str(self.socket))
        return connection

    def ask(self, body: object, *, content_type: str = "application/json", on: socket.socket | None = None) -> tuple:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = on or self.connect()
        send_frame(connection, {"op": "score", "content_type": content_type}, raw)
        head, answer = read_frame(connection)
        return head, json.loads(answer)

    def end(self) -> int:
        self.process.kill()
        self.process.communicate()
        return self.process.returncode


@pytest.fixture(scope="module")
def scorer(tmp_path_factory):
    started = Scorer(tmp_path_factory.mktemp("scorer") / "model")
    yield started
    started.end()


def table(*rows: list, **more: object) -> dict:
    return {"dataframe_split": {"columns": ["a", "b"], "data": list(rows)}, **more}


def test_it_says_ready_and_its_socket_is_for_its_user_alone(scorer):
    assert scorer.said == "ready\n"
    assert stat.S_IMODE(os.stat(scorer.socket).st_mode) == 0o600


def test_it_scores_and_tells_what_the_inputs_were_like(scorer):
    head, answer = scorer.ask(table([1, 2], [3, None]))

    assert answer["predictions"][0] == {"a": 2.0, "b": 4.0}
    assert (head["status"], head["content_type"], head["rows"]) == (200, "application/json", 2)
    assert head["stats"] == {
        "a": {"count": 2, "missing": 0, "numbers": 2, "mean": 2.0, "m2": 2.0, "min": 1.0, "max": 3.0},
        "b": {"count": 2, "missing": 1, "numbers": 1, "mean": 2.0, "m2": 0.0, "min": 2.0, "max": 2.0},
    }


def test_it_answers_a_ping(scorer):
    connection = scorer.connect()
    send_frame(connection, {"op": "ping"})

    assert read_frame(connection)[0]["status"] == 200


def test_a_connection_serves_one_request_after_the_other(scorer):
    connection = scorer.connect()

    assert [scorer.ask(table([n, 0]), on=connection)[1]["predictions"][0]["a"] for n in range(5)] == [0, 2, 4, 6, 8]


def test_nothing_but_the_models_own_packages_is_loaded(scorer):
    _, answer = scorer.ask(table([1, 2], params={"mode": "modules"}))

    assert answer["predictions"] == [str(scorer.socket.parent / "model" / "code")]


def test_a_model_that_raises_is_told_without_a_traceback(scorer):
    head, answer = scorer.ask(table([1, 2], params={"mode": "raise"}))

    assert head["status"] == 400
    assert answer["error_code"] == "BAD_REQUEST"
    assert "The model raised KeyError" in answer["message"]
    assert "Traceback" not in answer["message"]


def test_a_model_that_exits_or_answers_with_no_status_ends_nothing(scorer):
    for mode, message in (("exit", "raised SystemExit"), ("status", "refused the input: no")):
        head, body = scorer.ask({"inputs": {"a": [1], "b": [2]}, "params": {"mode": mode}})
        assert head["status"] == 400
        assert message in body["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_records": [{f"k{number}": 1} for number in range(5_000)]},
        {"dataframe_split": {"data": [[1] * 200_000, *[[]] * 200]}},
        {"inputs": [{f"k{number}": 1} for number in range(5_000)]},
    ],
)
def test_a_small_body_makes_no_huge_table(scorer, body):
    head, told = scorer.ask(body)
    assert head["status"] == 400
    assert "empty cells; at most 20,000,000 are taken" in told["message"]


def test_a_small_csv_makes_no_huge_table(scorer):
    head, told = scorer.ask(b"," * 15_000 + b"\n1" * 2_000, content_type="text/csv")
    assert head["status"] == 400
    assert "empty cells" in told["message"]


def test_columns_far_more_than_the_models_are_refused(scorer):
    names = [f"c{number}" for number in range(30_000)]
    csv = scorer.ask(",".join(names).encode() + b"\n", content_type="text/csv")
    split = scorer.ask({"dataframe_split": {"columns": names, "data": [[1] * 30_000]}})

    for head, told in (csv, split):
        assert head["status"] == 400
        assert told["message"] == "The table has 30,000 columns, and the model takes 2."


def test_nor_with_a_path_of_the_machine(scorer):
    _, answer = scorer.ask(table([1, 2], params={"mode": "open"}))

    assert "The model raised FileNotFoundError while it predicted: No such file or directory." in answer["message"]
    assert "secret" not in answer["message"]


@pytest.mark.parametrize("bomb", [b"[" * 1_000_000, b'{"inputs":' * 200_000, b'{"a":[' * 200_000])
def test_nesting_is_refused_at_once(scorer, bomb):
    began = time.monotonic()
    head, answer = scorer.ask(bomb)

    assert (head["status"], answer["error_code"]) == (400, "BAD_REQUEST")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (table([1, "x"]), "Column 'b' must be double, but row 0 holds string: 'x'."),
        (
            {"dataframe_records": [{"a": 1, "c": 2}]},
            "missing the columns ['b']. These were sent, and are not in its signature: ['c']",
        ),
        (table([1, 2], params={"wait": "x"}), "Param 'wait' must be double, not string: 'x'."),
        (table([1, 2], params=[1]), "params must be an object, not array."),
        (
            {"inputs": {"a": ["y"], "b": [1]}},
            "Input 'a' must be double, but array was sent that cannot be converted: ['y'].",
        ),
        (b'{"inputs": 1, "inputs": 2}', "an object has a key twice"),
        (b'{"inputs": ' + b"9" * 5000 + b"}", "The body is no JSON"),
        (b"\xff", "The body is not UTF-8, from byte 0 on."),
    ],
)
def test_what_is_wrong_is_named_with_expected_and_given_type(scorer, body, message):
    head, answer = scorer.ask(body)

    assert head["status"] == 400
    assert message in answer["message"]


def test_an_odd_type_is_415(scorer):
    head, answer = scorer.ask(b"a", content_type="text/plain; <script>")

    assert (head["status"], answer["error_code"]) == (415, "BAD_REQUEST")


def test_what_is_no_frame_ends_that_connection_alone(scorer):
    connection = scorer.connect()
    connection.sendall(b"GET / HTTP/1.1\r\n\r\n")

    with contextlib.suppress(ConnectionResetError):
        assert connection.recv(100) == b""
    assert scorer.ask(table([1, 2]))[0]["status"] == 200


@pytest.mark.parametrize("how", ["signal", "stdin"])
def test_what_was_started_is_finished_before_it_ends(tmp_path, how):
    scorer = Scorer(tmp_path / "model")
    answers = []
    idle = scorer.connect()
    asking = threading.Thread(target=lambda: answers.append(scorer.ask(table([1, 2], params={"wait": 0.5}))))
    asking.start()
    time.sleep(0.25)
    if how == "signal":
        scorer.process.send_signal(signal.SIGTERM)
    else:
        scorer.process.stdin.close()
    asking.join()

    assert scorer.process.wait(20) == 0
    assert answers[0][0]["status"] == 200
    assert idle.recv(10) == b""
    scorer.process.stdout.close()
    scorer.process.stderr.close()


def test_a_model_that_cannot_be_loaded_is_told_on_stderr(tmp_path):
    scorer = Scorer(tmp_path / "model", broken=True)
    _, errors = scorer.process.communicate(timeout=20)

    assert (scorer.said, scorer.process.returncode) == ("", 1)
    assert "The model cannot be loaded: OSError: no weights" in errors
