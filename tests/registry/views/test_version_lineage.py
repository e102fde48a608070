"""Where a version came from and what came of it, on its page and on that of its run."""

import pytest

from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from runs.models import ModelInput, ModelOutput
from runs.services.inputs import DatasetEntry, log_inputs
from tests.factories import make_experiment, make_logged_model, make_model_version, make_registered_model, make_run
from tests.registry.folders import make_model_folder

pytestmark = pytest.mark.usefixtures("artifact_root")
LINEAGE = "/models/churn/versions/1/lineage"


@pytest.fixture
def run(db):
    return make_run(make_experiment("study"), name="calm-otter")


@pytest.fixture
def version(run):
    logged = make_logged_model(run.experiment, name="<b>forest")
    logged.source_run_id = run.run_id
    logged.save()
    ModelOutput.objects.create(run=run, model_id=logged.model_id, step=0)
    return make_model_version(make_registered_model("churn"), logged_model=make_model_folder(logged))


def columns(page):
    return {
        card.select_one("h2").text: [" ".join(item.text.split()) for item in card.select("li")]
        for card in page.select("section.card")
    }


def boxes(page):
    return [box.select_one(".name").text for box in page.select("svg.lineage:not(.upright) .box")]


def test_what_led_to_a_version_and_what_leads_to_it(pages, version, run):
    set_alias("churn", "champion", 1, user=None)
    transition_stage("churn", 1, "Production", user=None)
    other = make_model_version(make_registered_model("copy"), source="models:/churn/1")
    reader = make_run(run.experiment, name="evaluation")
    ModelInput.objects.create(run=reader, model_id=version.model_id)

    page = pages.html(LINEAGE)

    assert columns(page) == {
        "Source run": ["calm-otter source run"],
        "Logged model": ["<b>forest logged model"],
        "Versions made of the same": ["churn version 1, this one", "copy version 1"],
        "What leads to it now": ["@champion alias", "Production stage"],
        "Runs that read the model": ["evaluation read it"],
    }
    assert other.model_id == version.model_id
    assert boxes(page)[:3] == ["calm-otter", "<b>forest", "churn"]
    assert len(page.select("svg.lineage:not(.upright) path")) == 6
    assert not page.select("svg.lineage b")


def test_the_links_of_the_picture_lead_somewhere(pages, version):
    page = pages.html(LINEAGE)

    links = page.select("svg.lineage.upright a")
    assert len(links) == 2
    for link in links:
        assert pages.get(link["href"]).status_code == 200


def test_a_version_without_anything_known_stands_for_itself(pages, db):
    make_model_version(make_registered_model("churn"))

    assert boxes(pages.html(LINEAGE)) == ["churn"]


def test_versions_are_in_the_lineage_of_their_run(pages, version, run):
    set_alias("churn", "champion", 1, user=None)

    page = pages.html(f"/runs/{run.run_id}/lineage")

    assert columns(page)["Versions made of it"] == ["churn version 1, @champion"]
    assert page.select_one('svg.lineage a[href="/models/churn/versions/1/"]')
    lines = b"".join(pages.get(f"/runs/{run.run_id}/lineage.csv").streaming_content).decode()
    assert 'version,churn,"version 1, @champion"' in lines


def test_datasets_lead_to_the_run(pages, version, run):
    wine = DatasetEntry("wine", "ab12", source_type="local", source="x", schema="", profile="", tags={})
    log_inputs(run.run_id, datasets=[wine], model_ids=[], user=None)

    page = pages.html(LINEAGE)

    assert columns(page)["What the run read"] == ["wine ab12"]
    readers = pages.html(next(link["href"] for link in page.select("li a") if link.text == "wine"))
    assert len(readers.select(f'tbody th a[href="/runs/{run.run_id}/"]')) == 1


def test_statements_do_not_grow(pages, version, run, django_assert_max_num_queries):
    model = make_registered_model("many")
    for _ in range(15):
        make_model_version(model, run=run)

    with django_assert_max_num_queries(30):
        page = pages.html(LINEAGE)

    assert "and 6 more" in page.select_one("svg.lineage").text
