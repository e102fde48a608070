"""The guide from training to serving, done as it says: its scripts and commands are the ones that run here."""

import json
import re
import shlex
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.logged import call
from tests.servers import REPOSITORY, ServerProcess, free_port, mlflow_environ

GUIDE = (REPOSITORY / "docs" / "train-to-serve.md").read_text()
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
SWAP_SECONDS = 120
PAUSE = 0.01


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(GUIDE) if kind == language]


def run_script(text: str, server) -> None:
    environ = mlflow_environ(MLFLOW_TRACKING_URI=server.url, GIT_PYTHON_REFRESH="quiet")
    done = subprocess.run([sys.executable, "-c", text], env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def serving(command: str, server, log: Path) -> ServerProcess:
    """The command of the guide, on a free port, beside the server that it reads from."""
    port = free_port()
    words = [str(port) if word == "7000" else word for word in shlex.split(command)]
    assert words[0] == "python"
    environ = {**mlflow_environ(), "TRACKUI_DATA": str(server.data)}
    return ServerProcess([sys.executable, *words[1:]], port=port, log=log, environ=environ)


def request_of(command: str, url: str) -> urllib.request.Request:
    """What the guide's curl sends."""
    words = shlex.split(command)
    address = next(word for word in words if word.startswith("http://"))
    name, _, value = words[words.index("-H") + 1].partition(": ")
    body = words[words.index("-d") + 1].encode()
    return urllib.request.Request(address.replace("http://127.0.0.1:7000", url), body, {name: value})


def ask(request: urllib.request.Request) -> tuple[str, object]:
    """Which version answered, and what. Raises for anything but a 200."""
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.headers["X-Model-Version"], json.load(response)


class Askers:
    """Clients that ask again and again, and note each answer and each failure."""

    def __init__(self, request: urllib.request.Request, count: int) -> None:
        self.request, self.versions, self.failures = request, [], []
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.go_on) for _ in range(count)]

    def go_on(self) -> None:
        while not self.is_over.is_set():
            try:
                self.versions.append(ask(self.request)[0])
            except Exception as error:
                self.failures.append(repr(error))
            time.sleep(PAUSE)  # leaves the processors to the model that is being loaded

    def __enter__(self) -> "Askers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.usefixtures("page")
def test_train_register_promote_serve_call_and_swap(page, server, tmp_path):
    first, second = blocks("python")
    _, serve, curl = blocks("sh")

    run_script(first, server)
    promote(page)
    scorer = serving(serve, server, tmp_path / "serve.log")
    try:
        request = request_of(curl, scorer.url)
        assert ask(request) == ("1", {"predictions": [0, 2]})
        try_it(page)

        with Askers(request, 3) as askers:
            run_script(second, server)
            wait_until(lambda: askers.versions and askers.versions[-1] == "2")

        assert askers.failures == []
        assert set(askers.versions) == {"1", "2"}
        assert ask(request) == ("2", {"predictions": [0, 2]})
        see_both(page)
    finally:
        assert scorer.stop() == 0, scorer.log.read_text()
    [run] = call(server, "runs/search", serving_runs(server, "iris-flower"))["runs"]
    assert run["info"]["status"] == "FINISHED"
    assert {"requests/count", "latency_ms/p99"} <= {metric["key"] for metric in run["data"]["metrics"]}


def promote(page) -> None:
    page.goto("/models/iris-flower/versions/1/")
    page.get_by_role("link", name="Promote").first.click()
    page.get_by_label("Aliases to point here").fill("champion")
    page.get_by_label("Why").fill("The first that beats guessing")
    page.get_by_role("button", name="See what changes").click()
    page.get_by_role("button", name="Promote version 1").click()
    expect(page.get_by_text("champion").first).to_be_visible()


def try_it(page) -> None:
    """The page of the version asks the model that is served."""
    page.goto("/models/iris-flower/versions/1/try")
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.get_by_text("Version 1").first).to_be_visible()


def see_both(page) -> None:
    """The two versions and their metrics, side by side."""
    page.goto("/models/iris-flower/")
    versions = page.get_by_role("region", name="Versions")
    for number in (1, 2):
        expect(versions.get_by_role("link", name=f"version {number}", exact=True)).to_be_visible()
    expect(versions.get_by_role("columnheader", name="test_accuracy")).to_be_visible()


def serving_runs(server, model: str) -> dict:
    """The search for the runs that record servers of a model."""
    found = call(server, "experiments/search", {"max_results": 1, "filter": "name = 'Serving'"})
    experiments = [experiment["experiment_id"] for experiment in found["experiments"]]
    return {"experiment_ids": experiments, "filter": f"tags.trackui.serving.model = '{model}'"}


def wait_until(holds) -> None:
    deadline = time.monotonic() + SWAP_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
