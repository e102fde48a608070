"""axe-core finds nothing serious on any page: light, dark, and light on a small screen."""

import urllib.request

import pytest

from tests.browser.axe import COLOURS, load_axe, violations
from tests.browser.logged import call, create_experiment, log_run
from tests.browser.registered import register_model

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def world(server):
    """A sweep with a parent, a note, a history, and an artifact; the words that addresses need."""
    experiment = create_experiment(server, "accessible")
    runs = [
        log_run(
            server,
            experiment,
            f"run {number}",
            metrics={"val_acc": 0.9 + number / 100, "train/loss": 1.0 / (number + 1)},
            params={"model": "mlp" if number % 2 else "forest", "lr": f"{number + 1}e-3", "seed": str(number % 3)},
        )
        for number in range(6)
    ]
    history = [{"key": "val_acc", "value": step / 10, "timestamp": 1000 * step, "step": step} for step in range(1, 9)]
    live = log_run(server, experiment, "live", metrics={"val_acc": 0.1}, is_finished=False)
    call(server, "runs/log-batch", {"run_id": live, "metrics": history})
    call(server, "runs/set-tag", {"run_id": live, "key": "mlflow.parentRunId", "value": runs[0]})
    call(server, "runs/set-tag", {"run_id": live, "key": "mlflow.note.content", "value": "A **note**"})
    request = urllib.request.Request(
        f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{live}/artifacts/table.csv",
        b"a,b\n1,2\n",
        method="PUT",
    )
    urllib.request.urlopen(request, timeout=30).close()
    hook = {"name": "ci", "url": server.receiver, "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}]}
    webhook = call(server, "webhooks", hook)["webhook"]["webhook_id"]
    call(server, "registered-models/create", {"name": f"told of {webhook}"})
    model = register_model(server, experiment, live)
    return {
        "model": model,
        "webhook": webhook,
        "e": experiment,
        "run": live,
        "runs": ",".join(runs[:3]),
        "first": runs[0],
    }


PAGES = [
    "/",
    "/experiments/",
    "/experiments/new",
    "/experiments/{e}/",
    "/experiments/{e}/?q=nonsense+here",
    "/experiments/{e}/?q=metrics.val_acc+>+5",
    "/experiments/{e}/?explain=1&order=-metrics.val_acc",
    "/experiments/{e}/groups?detail=all",
    "/experiments/{e}/groups?group=params.nothing,params.lr",
    "/experiments/{e}/groups/compare?a_q=params.model='mlp'&b_q=params.model='forest'",
    "/experiments/{e}/groups/compare?a_q=nonsense+here",
    "/experiments/{e}/columns",
    "/experiments/{e}/?q=metrics.val_acc+>+0+AND+(run+OR+live)&params.model=mlp",
    "/experiments/{e}/condition?key=x&comparison=is",
    "/experiments/{e}/directions",
    "/views/",
    "/experiments/{e}/charts",
    "/experiments/{e}/charts?group=params.model&metrics=val_acc",
    "/experiments/{e}/charts/val_acc?smooth=mean:3",
    "/experiments/{e}/edit",
    "/experiments/{e}/delete",
    "/experiments/{e}/runs/tag",
    "/experiments/{e}/runs/move?q=params.model+=+'mlp'",
    "/experiments/{e}/runs/archive",
    "/experiments/{e}/runs/remove?view=all",
    "/experiments/{e}/audit",
    "/audit",
    "/experiments/{e}/explore",
    "/experiments/{e}/explore/scatter?color=params.model",
    "/experiments/{e}/explore/parallel",
    "/experiments/{e}/explore/contour",
    "/experiments/{e}/explore/pareto",
    "/experiments/{e}/explore/importance",
    "/jobs/",
    "/webhooks/",
    "/webhooks/new",
    "/webhooks/{webhook}/",
    "/webhooks/{webhook}/edit",
    "/search?q=run",
    "/compare/?runs={runs}",
    "/compare/?runs={runs}&find=",
    "/compare/?runs={runs}&print=1",
    "/compare/?runs=nothing",
    "/compare/artifacts?runs={runs}",
    "/compare/artifacts?runs={run},{first}",
    "/experiments/{e}/frozen",
    "/compare/charts/val_acc?runs={runs}",
    "/runs/{run}/",
    "/runs/{run}/params",
    "/runs/{run}/metrics",
    "/runs/{run}/charts",
    "/runs/{run}/charts/val_acc",
    "/runs/{run}/tags",
    "/runs/{run}/logs",
    "/runs/{first}/children",
    "/runs/{run}/similar",
    "/runs/{run}/lineage",
    "/runs/{run}/history",
    "/runs/{run}/system",
    "/runs/{run}/artifacts",
    "/runs/{run}/artifacts?path=table.csv",
    "/runs/{run}/edit",
    "/runs/{run}/delete",
    "/runs/nothing/",
    "/models/",
    "/models/?as_of=-1s",
    "/models/{model}/",
    "/models/{model}/history",
    "/models/{model}/delete",
    "/models/{model}/versions/1/promote?review=1&stage=Production&archive=on&aliases=first&note=why",
    "/model-versions/register?run={first}",
    "/models/{model}/versions/2/",
    "/models/{model}/versions/2/files?path=MLmodel",
    "/models/{model}/versions/2/lineage",
    "/models/{model}/versions/2/use",
    "/models/{model}/versions/2/try",
    "/model-versions/compare?versions={model}/1,{model}/2&all=1",
    "/model-versions/compare?versions=nothing",
]


@pytest.fixture(scope="module")
def visitor(browser, server):
    """One profile for all pages, so that what they share is loaded once. No colour is on its way to another."""
    context = browser.new_context(base_url=server.url, viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    yield context
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_nothing_serious_is_found(address, visitor, world):
    page = visitor.new_page()
    page.goto(address.format(**world))
    load_axe(page)

    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in violations(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    found += [f"narrow: {one}" for one in violations(page)]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()

    assert "\n".join(found) == ""
    assert overflow <= 0, f"the page is {overflow} px wider than a small screen"
