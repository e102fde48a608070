"""The links that MLflow's clients print at the end of a run."""

import pytest

from tests.browser.logged import create_experiment, log_run


@pytest.fixture
def logged(server):
    experiment_id = create_experiment(server, "linked")
    return experiment_id, log_run(server, experiment_id, "from a client")


def test_the_link_of_a_run_leads_to_its_page(page, logged):
    experiment_id, run_id = logged

    page.goto(f"/#/experiments/{experiment_id}/runs/{run_id}")

    page.wait_for_url(f"**/runs/{run_id}/")


def test_the_link_of_an_experiment_leads_to_its_runs(page, logged):
    experiment_id, _ = logged

    page.goto(f"/#/experiments/{experiment_id}")

    page.wait_for_url(f"**/experiments/{experiment_id}/")


@pytest.mark.parametrize(("rest", "leads_to"), [("", "**/models/a%20name/"), ("/versions/3", "**/versions/3/")])
def test_the_links_of_models_lead_to_their_pages(server, browser, rest, leads_to):
    page = browser.new_page(base_url=server.url)

    page.goto(f"/#/models/a%20name{rest}")

    page.wait_for_url(leads_to)
    page.close()
