"""How soon a person sees what they came for, in Chromium.

    .venv/bin/python -m benchmarks.pages URL --experiment 1
    .venv/bin/python -m benchmarks.pages --compare trackui=URL mlflow=URL --runs 10000

Opens pages of a filled experiment (the same id on all servers), or logs `--runs` seeded runs into one of its own first.
Each page is opened in a new profile (cold) and once more in the same (warm); the time is from the call until the text
that makes the page useful is visible. KiB and requests are those of the cold visit, over the wire.
"""

import argparse
import time
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.client import Refused, Tracking
from benchmarks.command import Measured, parser_of, run
from benchmarks.search import logged_experiment
from tests.chromium import launch

WAIT_MS = 120_000
# What a page still loads when it can be read counts as its bytes.
SETTLE_MS = 500
METRIC = "val_accuracy"


class Page(NamedTuple):
    """Where it is, and the text that says it is there; both with {fields}."""

    address: str
    text: str


OURS = {
    "runs": Page("/experiments/{experiment}/", "{name}"),
    "run": Page("/runs/{first}/", METRIC),
    "compare": Page("/compare/?runs={first},{second}", METRIC),
}
MLFLOW = {
    "runs": Page("/#/experiments/{experiment}/runs", "{name}"),
    "run": Page("/#/experiments/{experiment}/runs/{first}", METRIC),
    "compare": Page("/#/compare-runs?runs={json_runs}&experiments={json_experiments}", METRIC),
}
# MLflow's older pages, where metrics are folded away.
FASTTRACKML = {name: Page(f"/mlflow{page.address}", page.text) for name, page in MLFLOW.items()}
FASTTRACKML |= {"runs": Page("/mlflow/#/experiments/{experiment}", "{name}")}
FASTTRACKML |= {"run": FASTTRACKML["run"]._replace(text="Metrics (")}
# What answers tells whose pages a server has.
PAGES = {"/experiments/": OURS, "/mlflow/": FASTTRACKML, "/": MLFLOW}


class Visit(NamedTuple):
    ms: float
    bytes: int
    requests: int
    nodes: int
    errors: int


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    experiment_id = options.experiment or logged_experiment(server, options.runs, options.clients)
    newest = server.post("runs/search", experiment_ids=[experiment_id], max_results=2)["runs"]
    ids = [each["info"]["run_id"] for each in newest]
    fields = {
        "experiment": experiment_id,
        "first": ids[0],
        "second": ids[1],
        "name": newest[0]["info"]["run_name"],
        "json_runs": json_list(ids),
        "json_experiments": json_list([experiment_id]),
    }
    for name, page in pages_of(server).items():
        url, text = server.url.rstrip("/") + page.address.format(**fields), page.text.format(**fields)
        # A browser a page: the next page measured may be another server's.
        with sync_playwright() as playwright, launch(playwright) as browser:
            visits = visits_of(browser, url, text, options.repeat)
        yield Measured(f"{name} page", figures(*visits))


def pages_of(server: Tracking) -> dict[str, Page]:
    for probe, pages in PAGES.items():
        try:
            server.get(probe)
        except Refused:
            continue
        return pages
    raise SystemExit(f"{server.url} has no pages.")


def json_list(words: list[str]) -> str:
    quoted = ",".join(f'"{word}"' for word in words)
    return quote(f"[{quoted}]")


def visits_of(browser: Browser, url: str, text: str, times: int) -> tuple[list[Visit], list[Visit]]:
    cold, warm = [], []
    for _ in range(times):
        with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
            cold.append(visit(context, url, text))
            warm.append(visit(context, url, text))
    return cold, warm


def figures(cold: list[Visit], warm: list[Visit]) -> dict[str, float]:
    return {
        "cold ms": median(one.ms for one in cold),
        "warm ms": median(one.ms for one in warm),
        "KiB": cold[0].bytes / 1024,
        "requests": cold[0].requests,
        "nodes": cold[0].nodes,
        "errors": sum(one.errors for one in cold + warm),
    }


def visit(context: BrowserContext, url: str, wanted: str, *, is_selector: bool = False) -> Visit:
    """Until `wanted` is visible: a text, or what a selector finds."""
    page = context.new_page()
    sizes: list[int] = []
    sent: list[str] = []
    errors: list[str] = []
    network = context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    network.on("Network.requestWillBeSent", lambda event: sent.append(event["requestId"]))
    network.send("Network.enable")
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    found = page.locator(wanted) if is_selector else page.get_by_text(wanted)
    found.locator("visible=true").first.wait_for(timeout=WAIT_MS)
    ms = 1000 * (time.perf_counter() - began)
    page.wait_for_timeout(SETTLE_MS)
    nodes = page.evaluate("document.querySelectorAll('*').length")
    page.close()
    return Visit(ms, sum(sizes), len(sent), nodes, len(errors))


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--experiment", help="open this one, and log none")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4, help="that log; one opens pages")
    run("Pages in Chromium", measure, parser)


if __name__ == "__main__":
    main()
