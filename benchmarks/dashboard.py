"""The pages of the dashboard on much data: what the server takes for each, and when a person can read it in Chromium.

    TRACKUI_DATA=/tmp/sweep .venv/bin/python manage.py migrate
    TRACKUI_DATA=/tmp/sweep .venv/bin/python manage.py seed_demo --runs 100000
    TRACKUI_DATA=/tmp/sweep .venv/bin/python manage.py seed_demo --runs 50 --keys 24004
    TRACKUI_DATA=/tmp/sweep .venv/bin/python manage.py seed_demo --runs 50 --keys 40
    TRACKUI_DATA=/tmp/sweep .venv/bin/python -m benchmarks.fill_points --runs 100 --points 10000
    .venv/bin/python -m benchmarks.dashboard URL --sweep 1 --many-keys 2 --few-keys 3 --histories 4

Each part is measured where its experiment is named. "server ms" is the median of the whole answer over one kept
connection, after a first one that is not counted. "cold ms" is Chromium's, in a new profile, until what the page is
for can be seen.
"""

import argparse
import time
from collections.abc import Iterator
from statistics import median, quantiles
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from benchmarks.client import Tracking
from benchmarks.command import Measured, parser_of, run
from benchmarks.pages import Visit, visit
from tests.chromium import launch

REPEATS = 9
ALL_BUT_THE_SEED = "group=all&except=params.seed"


class Page(NamedTuple):
    """Where it is, with {fields}, and what of it has to be there to be read."""

    name: str
    address: str
    ready: str


ROW = "tr[data-key]"
LINE = "plot-figure .scatterlayer .trace path.js-line"
SWEEP = (
    Page("runs", "/experiments/{sweep}/", ROW),
    Page(
        "filter with OR",
        "/experiments/{sweep}/?q=metrics.val_acc.max+>+0.95+OR+params.model+%3D+'mlp'",
        ROW,
    ),
    Page("by the minimum of a metric", "/experiments/{sweep}/?order=metrics.val_loss.min", ROW),
    Page("a facet chosen", "/experiments/{sweep}/?params.model=vit", ROW),
    Page("against a baseline", "/experiments/{sweep}/?baseline={first}", ROW),
    Page("groups: all params but the seed", f"/experiments/{{sweep}}/groups?{ALL_BUT_THE_SEED}", ROW),
    Page("compare 50 runs", "/compare/?runs={fifty}", "table.compare tbody tr"),
    Page("a run", "/runs/{first}/", "h1"),
)
KEYS = (
    Page("runs, 12,000 metric names", "/experiments/{many_keys}/", ROW),
    Page("runs, few metric names", "/experiments/{few_keys}/", ROW),
    Page("columns, 12,000 metric names", "/experiments/{many_keys}/columns", "form.picker"),
)
CHARTS = (Page("100 lines of 10,000 points, drawn", "/experiments/{histories}/charts?top=100&metrics=loss", LINE),)


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    fields = {name: getattr(options, name) for name in ("sweep", "many_keys", "few_keys", "histories")}
    pages: list[Page] = []
    if options.sweep:
        newest = server.post("runs/search", experiment_ids=[options.sweep], max_results=50)["runs"]
        ids = [one["info"]["run_id"] for one in newest]
        fields |= {"first": ids[0], "fifty": ",".join(ids)}
        pages += SWEEP
    if options.many_keys and options.few_keys:
        pages += KEYS
    if options.histories:
        pages += CHARTS
    for page in pages:
        address = page.address.format(**fields)
        figures = {"server ms": server_time(server, address)}
        with sync_playwright() as playwright, launch(playwright) as browser:
            yield Measured(page.name, figures | seen(browser, server.url.rstrip("/") + address, page, options.repeat))
    if options.sweep:
        with sync_playwright() as playwright, launch(playwright) as browser:
            url = f"{server.url.rstrip('/')}/experiments/{options.sweep}/?rows=1000"
            yield Measured("1,000 rows scrolled", scrolled(browser, url))


def server_time(server: Tracking, address: str) -> float:
    """Milliseconds until the whole answer is here, asked for as a browser would but not packed."""
    times = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        server.get(address)
        times.append(1000 * (time.perf_counter() - began))
    return median(times[1:])


def seen(browser: Browser, url: str, page: Page, repeat: int) -> dict[str, float]:
    visits: list[Visit] = []
    for _ in range(repeat):
        with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
            visits.append(visit(context, url, page.ready, is_selector=True))
    return {
        "cold ms": median(one.ms for one in visits),
        "KiB": visits[0].bytes / 1024,
        "errors": sum(one.errors for one in visits),
    }


SCROLL = """
() => new Promise((done) => {
  const box = document.querySelector(".table-wrap");
  const frames = [];
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    const target = box.scrollHeight > box.clientHeight + 10 ? box : document.scrollingElement;
    target.scrollTop += 120;
    if (frames.length < 240) requestAnimationFrame(step);
    else done(frames.slice(5));
  };
  requestAnimationFrame(step);
})
"""


def scrolled(browser: Browser, url: str) -> dict[str, float | str]:
    """Frames a second while 240 frames are scrolled by 120 px each, and the time of the slowest twentieth."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector(ROW)
        page.wait_for_timeout(1000)
        frames = page.evaluate(SCROLL)
    return {"frames/s": 1000 / (sum(frames) / len(frames)), "p95 frame ms": quantiles(frames, n=20)[-1]}


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--sweep", help="id of an experiment of seed_demo with many runs")
    parser.add_argument("--many-keys", help="of one with some 12,000 keys")
    parser.add_argument("--few-keys", help="of one with as many runs and few keys")
    parser.add_argument("--histories", help="of one of benchmarks.fill_points: 100 runs x 10,000 points")
    parser.add_argument("--repeat", type=int, default=5)
    run("The dashboard on much data", measure, parser)


if __name__ == "__main__":
    main()
