"""benchmarks.pages: which addresses a server has, and what a visit counts."""

from benchmarks.client import Tracking
from benchmarks.pages import MLFLOW, OURS, json_list, pages_of, visit


def test_our_server_is_known_by_its_pages(server):
    assert pages_of(Tracking(server.url)) == OURS


def test_an_address_of_mlflow_names_runs_as_json():
    fields = {"json_runs": json_list(["a", "b"]), "json_experiments": json_list(["7"])}

    address = MLFLOW["compare"].address.format(**fields)

    assert address == "/#/compare-runs?runs=%5B%22a%22%2C%22b%22%5D&experiments=%5B%227%22%5D"


def test_a_second_visit_is_served_from_the_cache(server, browser):
    with browser.new_context() as context:
        cold, warm = (visit(context, f"{server.url}/experiments/", "Default") for _ in range(2))

    assert cold.requests > 1 and cold.nodes > 10 and cold.errors == 0
    assert 0 < warm.bytes < cold.bytes
