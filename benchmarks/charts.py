"""How fast a tracking server draws one metric of many runs, when each has a long history.

    .venv/bin/python -m benchmarks.charts URL --experiment 1
    .venv/bin/python -m benchmarks.charts --compare trackui=URL mlflow=URL --runs 20 --points 5000

Draws the metric `--key` of the runs of an experiment (`benchmarks.fill_points` makes 100 with 1,000,000 points each),
or logs `--runs` with `--points` each into one of its own first. `protocol` is MLflow's get-history-bulk-interval with
320 points a run, `chart` the figure that our comparison draws, whole and zoomed in to a hundredth of its steps; their
`first` is from a server that has not drawn it yet, and they never ask for what they have already been told (no ETag).
`in Chromium` is the charts page of the experiment until its first chart is drawn: `first` with an empty cache.
"""

import argparse
import json
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, sync_playwright

from benchmarks.client import Refused, Tracking, seconds_of
from benchmarks.command import Measured, parser_of, run
from benchmarks.history import write
from benchmarks.load import in_processes, percentile
from tests.chromium import launch

SHOWN = 100
WAIT_MS = 120_000
INTERVAL = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval"
FIGURES = ("points", "KiB", "first ms", "p50 ms")


def measure(server: Tracking, options: argparse.Namespace) -> Iterator[Measured]:
    experiment_id = options.experiment or logged_experiment(server, options)
    found = server.post("runs/search", experiment_ids=[experiment_id], max_results=SHOWN)["runs"]
    run_ids = [each["info"]["run_id"] for each in found]
    last_step = max(
        metric["step"] for each in found for metric in each["data"]["metrics"] if metric["key"] == options.key
    )
    yield drawn("protocol", options.repeat, lambda: by_protocol(server, run_ids, options.key), sampled)
    yield drawn("chart", options.repeat, lambda: by_chart(server, run_ids, options.key), plotted)
    zoomed = {"x_from": last_step * 0.4, "x_to": last_step * 0.41}
    yield drawn("chart, zoomed in", options.repeat, lambda: by_chart(server, run_ids, options.key, **zoomed), plotted)
    if options.chromium:
        yield in_chromium(f"{server.url.rstrip('/')}/experiments/{experiment_id}/charts?top={SHOWN}", options.repeat)


def drawn(name: str, times: int, draw: Callable[[], bytes], points_in: Callable[[dict], int]) -> Measured:
    """Times are those of the answer; what it takes to read it is the browser's."""
    try:
        first = seconds_of(draw)
        latencies = [seconds_of(draw) for _ in range(times)]
        answer = draw()
    except Refused as error:
        return Measured(name, dict.fromkeys(FIGURES, error.word))
    points = points_in(json.loads(answer))
    figures = (points, len(answer) / 1024, 1000 * first, 1000 * percentile(latencies, 0.5))
    return Measured(name, dict(zip(FIGURES, figures, strict=True)))


def in_chromium(url: str, times: int) -> Measured:
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        first, *later = [seconds_of(lambda: opened(page, url)) for _ in range(times + 1)]
        points = page.evaluate("() => document.querySelector('.drawing').data.reduce((sum, t) => sum + t.x.length, 0)")
    figures = (points, "–", 1000 * first, 1000 * percentile(later, 0.5))
    return Measured("in Chromium", dict(zip(FIGURES, figures, strict=True)))


def opened(page: Page, url: str) -> None:
    page.goto(url, wait_until="commit")
    page.wait_for_selector("plot-figure.drawn", timeout=WAIT_MS)


def by_protocol(server: Tracking, run_ids: list[str], key: str) -> bytes:
    query = [("run_ids", run_id) for run_id in run_ids] + [("metric_key", key), ("max_results", 320)]
    return server.get(INTERVAL, query)


def sampled(answer: dict) -> int:
    return len(answer["metrics"])


def by_chart(server: Tracking, run_ids: list[str], key: str, **zoom: float) -> bytes:
    return server.get(f"/compare/charts/{key}.plotly.json", {"runs": ",".join(run_ids), **zoom})


def plotted(figure: dict) -> int:
    return sum(length(trace["x"]) for trace in figure["data"])


def length(column: list | dict) -> int:
    """Of a list, or of an array as Plotly packs it: base64 of its items."""
    if isinstance(column, list):
        return len(column)
    return len(column["bdata"]) * 3 // 4 // int(column["dtype"][1:])


def logged_experiment(server: Tracking, options: argparse.Namespace) -> str:
    experiment_id = server.new_experiment("charts")
    run_ids = [server.new_run(experiment_id) for _ in range(options.runs)]
    each = -(-len(run_ids) // options.clients)
    pieces = [run_ids[first : first + each] for first in range(0, len(run_ids), each)]
    in_processes(log_histories, [(server.url, piece, options.key, options.points) for piece in pieces])
    return experiment_id


def log_histories(url: str, run_ids: list[str], key: str, points: int) -> None:
    server = Tracking(url)
    for run_id in run_ids:
        write(server, run_id, key, points)


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--experiment", help="draw its runs, at most 100, and log none")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--points", type=int, default=5_000, help="of each run")
    parser.add_argument("--key", default="loss")
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--chromium", action="store_true", help="also open the charts page (trackui alone)")
    parser.add_argument("--clients", type=int, default=4, help="that log; one draws")
    run("Charts", measure, parser)


if __name__ == "__main__":
    main()
