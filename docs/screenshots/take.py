"""Take the screenshots of the guides from a server filled by `make demo`, `seed_demo --runs 3000` and then
`seed_registry --models 60 --versions 8`.

Give its address.
"""

import json
import re
import sys
import urllib.parse
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
# Of the others the guide shows both.
ONE_THEME = ("group_list", "group_compare", "experiment_charts", "explore", "explore_parallel", "explore_importance",
             "run_similar", "run_lineage", "job_list", "audit", "all_run_list", "run_columns", "model_list",
             "promote", "version_lineage")  # fmt: skip
TRIED = "/models/iris-flower/versions/1/try"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]


def main(url: str, chromium: str = "/usr/bin/chromium") -> None:
    addresses = pages_of(url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for theme in ("light", "dark"):
            for name, address in addresses.items():
                if theme == "dark" and name in ONE_THEME:
                    continue
                page = browser.new_page(viewport=WIDE, color_scheme=theme)
                take(page, url + address, f"{name}-{theme}")
                page.close()
        page = browser.new_page(viewport=NARROW, color_scheme="light")
        take(page, url + addresses["run_list"], "run_list-narrow")
        page.close()
        take_answer(browser.new_page(viewport=WIDE, color_scheme="light"), url + TRIED)
        browser.close()


def take_answer(page: Page, address: str) -> None:
    """The answer of a model that is served, where docs/train-to-serve.md was followed on this server."""
    page.goto(address)
    ask = page.get_by_role("button", name="Predict", exact=True)
    if ask.count():
        ask.click()
        page.wait_for_timeout(1500)
        page.evaluate("scrollTo(0, 0)")  # from the answer, to which the address leads
        page.screenshot(path=HERE / "version_try-light.png")


def take(page: Page, address: str, name: str) -> None:
    page.goto(address, wait_until="networkidle")
    # Figures are drawn when they come into view, one after the other.
    page.wait_for_timeout(8000 if "importance" in name else 1500)
    page.screenshot(path=HERE / f"{name}.png")
    print(name)


def pages_of(url: str) -> dict[str, str]:
    """Addresses that show what each page is for."""
    study = experiment_named(url, "Breast cancer: which classifier")
    training = experiment_named(url, "Digits: training step by step")
    sweep = experiment_named(url, "Sweep of 3,000 runs")
    longest = runs_of(url, training, order_by="metrics.val_accuracy.max DESC", limit=3)
    chosen = "&".join(f"runs={run}" for run in longest)
    registered = urllib.parse.quote("breast cancer screening")
    model = f"/models/{registered}/"
    promoted = urllib.parse.urlencode(
        {"review": 1, "stage": "Production", "archive": "on", "aliases": "champion", "note": "As good, half the size."}
    )
    search = urllib.parse.quote("metrics.test_accuracy > 0.94 AND NOT params.family = 'svc'")
    return {
        "home": "/",
        "model_list": "/models/",
        "model_detail": model,
        "version_detail": f"{model}versions/2/",
        "version_lineage": f"{model}versions/2/lineage",
        "version_compare": f"/model-versions/compare?versions={registered}/1,{registered}/2",
        "promote": f"{model}versions/2/promote?{promoted}",
        "all_run_list": "/runs/",
        "run_columns": f"/experiments/{study}/columns",
        "group_list": f"/experiments/{sweep}/groups?group=params.model&group=params.optimizer",
        "group_compare": two_best_groups(url, f"/experiments/{sweep}/groups"),
        "experiment_charts": f"/experiments/{training}/charts?top=10&order=-metrics.val_accuracy.max",
        "explore": f"/experiments/{study}/explore",
        "explore_parallel": f"/experiments/{sweep}/explore/parallel",
        "explore_importance": f"/experiments/{study}/explore/importance",
        "run_similar": f"/runs/{longest[0]}/similar",
        "run_lineage": f"/runs/{longest[0]}/lineage",
        "job_list": "/jobs/",
        "audit": "/audit",
        "bulk": f"/experiments/{study}/runs/archive?q={search}",
        "experiment_list": "/experiments/",
        "run_list": f"/experiments/{study}/?q={search}",
        "run_detail": f"/runs/{longest[0]}/",
        "run_charts": f"/runs/{longest[0]}/charts",
        "run_artifacts": f"/runs/{longest[0]}/artifacts?path=plots/confusion_matrix.png",
        "run_compare": f"/compare/?{chosen}",
        "compare_artifacts": f"/compare/artifacts?{chosen}",
        "api_docs": "/api/v1/docs/",
    }


def two_best_groups(url: str, groups: str) -> str:
    """The page that compares the two groups with the best means, as ticking the first two rows leads to it."""
    with urllib.request.urlopen(f"{url}{groups}") as response:  # noqa: S310
        keys = re.findall(r'name="pick" value="([^"]+)"', response.read().decode())
    return f"{groups}/compare?a={keys[0]}&b={keys[1]}"


def experiment_named(url: str, name: str) -> str:
    query = urllib.parse.urlencode({"experiment_name": name})
    return get(f"{url}/api/2.0/mlflow/experiments/get-by-name?{query}")["experiment"]["experiment_id"]


def runs_of(url: str, experiment: str, *, order_by: str, limit: int) -> list[str]:
    body = json.dumps({"experiment_ids": [experiment], "order_by": [order_by], "max_results": limit})
    found = get(f"{url}/api/2.0/mlflow/runs/search", body)
    return [run["info"]["run_id"] for run in found["runs"]]


def get(address: str, body: str | None = None) -> dict:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, None if body is None else body.encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request) as response:  # noqa: S310 - the address is the caller's own
        return json.load(response)


if __name__ == "__main__":
    main(*sys.argv[1:])
