"""Searches over experiments answer what MLflow's own server answers on the same experiments, in the same order."""

import time

import pytest

from tests.compat.wire import Refused, Wire

MARK = "parity of experiments"
EXPERIMENTS = {
    "x": {"group": "x"},
    "x and more": {"group": "X one", "team": "vision"},
    "y 100%": {"group": "", "a/b": "1"},
    "Y_1": {"team": "VISION", "or": "x"},
    "it's": {"team": "nlp"},
    "plain": {},
    "z gone": {"group": "x"},
}


class LoadedExperiments:
    def __init__(self, url: str) -> None:
        self.wire = Wire(url)
        self.ids = {}
        for name, tags in EXPERIMENTS.items():
            pairs = [{"key": key, "value": value} for key, value in {**tags, "mark": MARK}.items()]
            self.ids[name] = self.wire.post("experiments/create", name=name, tags=pairs)["experiment_id"]
            time.sleep(0.005)  # times of creation are to differ
        self.wire.post("experiments/delete", experiment_id=self.ids["z gone"])
        self.wire.post("experiments/set-experiment-tag", experiment_id=self.ids["x"], key="later", value="1")

    def found(self, filter: str = "", **search) -> list[str]:
        for name, experiment_id in self.ids.items():
            filter = filter.replace(f"{{{name}}}", experiment_id)
        answer = self.wire.post("experiments/search", filter=filter, **{"max_results": 1000, **search})
        return [experiment["name"] for experiment in answer.get("experiments", [])]


@pytest.fixture(scope="module")
def ours(server):
    return LoadedExperiments(server.url)


@pytest.fixture(scope="module")
def reference(reference_server):
    return LoadedExperiments(reference_server.url)


def marked(filter: str) -> str:
    """Of those that this test made: the server has others."""
    return f"{filter}{' AND ' if filter else ''}tags.mark = '{MARK}'"


CONDITIONS = r"""
attribute.name = 'x'
name = 'x'
name != 'x'
name = "it's"
attribute.name LIKE 'x%'
name LIKE 'y%'
name ILIKE 'y%'
name LIKE 'Y_1'
name LIKE '%100%'
tags.group != 'x'
tags.group = 'x'
tags.group = ''
tags.group ILIKE '%x%'
tags.group LIKE '%x%'
tag.team = 'vision'
tags.`a/b` = '1'
tags.`or` = 'x'
tags.group IS NULL
tags.group IS NOT NULL
tags.nobody IS NULL
attribute.name LIKE 'x%' AND tags.group = 'x'
tags.team ILIKE 'vision' and tags.group IS NOT NULL
creation_time > 0
attribute.creation_time < 1000
last_update_time >= 1600000000000
experiment_id = '{plain}'
experiment_id != '{plain}'
experiment_id IN ('{plain}', '{x}')
experiment_id NOT IN ('{plain}', '{x}')
"""


@pytest.mark.parametrize("filter", ["", *CONDITIONS.strip().splitlines()])
@pytest.mark.parametrize("view_type", ["ACTIVE_ONLY", "ALL", "DELETED_ONLY"])
def test_conditions_on_experiments(ours, reference, filter, view_type):
    search = {"filter": marked(filter), "view_type": view_type}

    assert ours.found(**search) == reference.found(**search)


@pytest.mark.parametrize(
    "filter", ["{}.name LIKE 'x%'", "{}.creation_time > 0", "{}.name ILIKE 'Y%' AND tags.mark != ''"]
)
def test_experiments_take_the_prefix_of_mlflows_guide(ours, filter):
    """The guide says `attributes`; MLflow's server takes `attribute` alone."""
    found = ours.found(filter.format("attributes"))

    assert found == ours.found(filter.format("attribute")) != []


ORDERS = [
    ["name"],
    ["name DESC"],
    ["attribute.name ASC"],
    ["attribute.name desc"],
    ["experiment_id ASC"],
    ["experiment_id DESC"],
    ["creation_time ASC"],
    ["creation_time DESC"],
    ["last_update_time DESC"],
    ["last_update_time ASC", "name DESC"],
]


@pytest.mark.parametrize("order_by", ORDERS, ids=", ".join)
def test_orders_of_experiments(ours, reference, order_by):
    search = {"filter": marked(""), "order_by": order_by, "view_type": "ALL"}

    assert ours.found(**search) == reference.found(**search)


BAD_SEARCHES = [
    {"filter": "name > 'x'"},
    {"filter": "name = x"},
    {"filter": "name IN ('x')"},
    {"filter": "nothing = 'x'"},
    {"filter": "metrics.loss > 1"},
    {"filter": "params.lr = '1'"},
    {"filter": "tags.group > 'x'"},
    {"filter": "creation_time > '1'"},
    {"filter": "creation_time LIKE '1%'"},
    {"filter": "experiment_id > '1'"},
    {"filter": "name ="},
    {"order_by": ["nothing"]},
    {"order_by": ["tags.group"]},
    {"order_by": ["name UP"]},
    {"max_results": 0},
    {"max_results": 50_001},
]


@pytest.mark.parametrize("search", BAD_SEARCHES, ids=str)
def test_bad_searches_of_experiments_are_refused_by_both(ours, reference, search):
    refusals = []
    for experiments in (reference, ours):
        with pytest.raises(Refused) as refusal:
            experiments.found(**search)
        refusals.append((refusal.value.status, refusal.value.error_code))

    assert refusals == [(400, "INVALID_PARAMETER_VALUE")] * 2
