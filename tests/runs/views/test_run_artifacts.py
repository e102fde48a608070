import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import ModelOutput
from tests.clients import parse
from tests.factories import make_logged_model, make_run

FILES = {
    "README.md": b"# Title\n\n<img src=x> *text*",
    "conf/config.json": b'{"a":{"b":[1,2]}}',
    "conf/x.html": b"<script>alert(1)</script>",
    "model/MLmodel": b"flavors:\n  sklearn: {}\n",
    "model/model.pkl": b"\x00\x01\x02",
    "plots/roc curve.png": b"\x89PNG\r\n\x1a\n",
    "tables/t.csv": b"a,b\n1,<b>2</b>\n",
}


@pytest.fixture
def run(db):
    run = make_run()
    for path, content in FILES.items():
        save_artifact(stored_path(run.artifact_uri) / file_path(path), [content])
    return run


def artifacts(pages, run, path=""):
    return pages.html(f"/runs/{run.run_id}/artifacts", {"path": path} if path else None)


def names(page):
    return [link.select_one(".clip").text for link in page.select("a.file")]


def test_directories_are_walked_by_links(pages, run):
    top = artifacts(pages, run)
    conf = pages.html(next(link["href"] for link in top.select("a.file") if "conf" in link.text))

    assert names(top) == ["README.md", "conf/", "model/", "plots/", "tables/"]
    assert names(conf) == ["up", "config.json", "x.html"]


@pytest.mark.parametrize(
    ("path", "selector", "text"),
    [
        ("README.md", ".markdown em", "text"),
        ("conf/config.json", "#file-text", '{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  }\n}'),
        ("conf/x.html", "#file-text", "<script>alert(1)</script>"),
        ("model/MLmodel", "#file-text", "flavors:\n  sklearn: {}\n"),
        ("model/model.pkl", ".empty h2", "No preview"),
        ("tables/t.csv", "tbody td:last-child", "<b>2</b>"),
    ],
)
def test_a_file_is_shown_for_what_it_is(pages, run, path, selector, text):
    page = artifacts(pages, run, path)

    assert page.select_one(f".viewer {selector}").text == text
    assert page.select_one("a.file[aria-current]")["title"] == path.rpartition("/")[2]


def test_an_image_is_embedded_and_a_file_downloaded(pages, run):
    page = artifacts(pages, run, "plots/roc curve.png")

    image = pages.get(page.select_one(".picture img")["src"])
    download = pages.get(page.select_one(".viewer-head a.button")["href"])

    assert image["Content-Type"] == "image/png"
    assert download["Content-Disposition"].startswith("attachment")


def test_nothing_in_a_file_becomes_part_of_the_page(pages, run):
    for path in FILES:
        assert not artifacts(pages, run, path).select('.viewer script, .viewer img[src="x"], .viewer td b')


@pytest.mark.parametrize(
    ("path", "status"), [("nothing/here", 404), ("../../x", 400), ("/etc/passwd", 400), ("a\0b", 400)]
)
def test_a_path_that_leads_nowhere_is_said(pages, run, path, status):
    response = pages.get(f"/runs/{run.run_id}/artifacts", {"path": path})

    assert response.status_code == status
    assert parse(response).select_one(".empty, .failure")


def test_an_mlmodel_is_laid_out_above_its_text(pages, run):
    card = artifacts(pages, run, "model/MLmodel").select_one(".model-card")

    assert "sklearn" in card.text
    assert card.select_one("#load-model").text == f'mlflow.pyfunc.load_model("runs:/{run.run_id}/model")'


def test_files_of_a_model_the_run_made_are_shown_and_no_others(pages, run):
    made, other = make_logged_model(name="forest"), make_logged_model()
    for model in (made, other):
        save_artifact(stored_path(model.artifact_uri) / file_path("MLmodel"), [b"flavors: {sklearn: {}}"])
    ModelOutput.objects.create(run=run, model_id=made.model_id, step=0)
    here = f"/runs/{run.run_id}/artifacts"

    link = next(link for link in artifacts(pages, run).select(".owners a") if "forest" in link.text)
    page = pages.html(link["href"])

    assert page.select_one("#load-model").text == f'mlflow.pyfunc.load_model("models:/{made.model_id}")'
    assert pages.get(page.select_one(".viewer-head a.button")["href"]).content == b"flavors: {sklearn: {}}"
    for path in (here, f"{here}/file", f"{here}/image"):
        assert pages.get(path, {"model": other.model_id, "path": "MLmodel.png"}).status_code == 404
