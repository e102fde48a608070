import io
import zipfile

import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import ModelOutput
from tests.clients import parse
from tests.factories import make_logged_model, make_run
from trackui.errors import TemporarilyUnavailable

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
        ("conf/config.json", ".json summary .key", "a"),
        ("model/MLmodel", "#file-text", "flavors:\n  sklearn: {}\n"),
        ("model/model.pkl", ".hex pre", "00000000  00 01 02                                         ..."),
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


def test_a_page_of_html_is_in_a_frame_without_an_origin(pages, run):
    page = artifacts(pages, run, "conf/x.html")

    frame = page.select_one("iframe")
    response = pages.get(frame["src"], headers={"sec-fetch-dest": "iframe"})
    opened = pages.get(frame["src"], headers={"sec-fetch-dest": "document"})

    assert not frame["sandbox"]
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert opened["Content-Disposition"].startswith("attachment")
    assert opened["Content-Type"] == "application/octet-stream"
    assert opened["X-Frame-Options"] == "DENY"


def test_source_is_shown_as_it_was_written(pages, run):
    page = artifacts(pages, run, "conf/x.html")
    source = pages.html(f"/runs/{run.run_id}/artifacts{page.find('a', string='Source')['href']}")

    assert source.select_one("#file-text").text == "<script>alert(1)</script>\n"
    assert source.find("a", string="Laid out")


@pytest.mark.parametrize("name", ["page.html", "paper.pdf", "voice.wav", "film.mp4", "picture.png", "notes.txt"])
@pytest.mark.parametrize("door", ["frame", "media", "image", "file"])
def test_a_door_gives_what_it_is_for_or_a_download(pages, run, name, door):
    save_artifact(stored_path(run.artifact_uri) / file_path(name), [b"<script>"])

    response = pages.get(f"/runs/{run.run_id}/artifacts/{door}", {"path": name})

    assert response.status_code in (200, 404)
    if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
        assert (door, name) == ("frame", "page.html")
        assert response["Content-Security-Policy"].startswith("sandbox;")
    elif response.status_code == 200 and name != "paper.pdf":
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_sound_and_film_come_in_parts(pages, run):
    save_artifact(stored_path(run.artifact_uri) / file_path("film.mp4"), [b"x" * 3_000_000])
    player = artifacts(pages, run, "film.mp4").select_one("video")

    whole = pages.get(player["src"], headers={"range": "bytes=0-", "sec-fetch-dest": "video"})
    end = pages.get(player["src"], headers={"range": "bytes=2999990-", "sec-fetch-dest": "video"})

    assert (whole.status_code, whole["Content-Type"]) == (206, "video/mp4")
    assert whole["Content-Range"] == f"bytes 0-{2**18 - 1}/3000000"
    assert len(whole.content) == 2**18
    assert end.content == b"x" * 10


def test_a_figure_is_drawn_from_its_file(pages, run):
    figure = b'{"data": [{"type": "bar", "y": [1]}], "layout": {"title": {"text": "<a href=x>a</a>"}}}'
    save_artifact(stored_path(run.artifact_uri) / file_path("figure.json"), [figure])
    page = artifacts(pages, run, "figure.json")

    drawn = pages.get(page.select_one("plot-figure")["src"])

    assert drawn.json()["layout"]["title"]["text"] == "&lt;a href=x>a&lt;/a>"
    assert pages.get(f"/runs/{run.run_id}/artifacts/figure.plotly.json", {"path": "README.md"}).status_code == 404


def zip_of(pages, run, path):
    response = pages.get(f"/runs/{run.run_id}/artifacts.zip", {"path": path})
    return response, zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_a_folder_is_a_zip_file_and_so_are_all_files(pages, run):
    response, folder = zip_of(pages, run, "conf")
    _, everything = zip_of(pages, run, "")

    assert response["Content-Disposition"] == "attachment; filename=conf.zip"
    assert {name: folder.read(name) for name in folder.namelist()} == {
        "conf/config.json": FILES["conf/config.json"],
        "conf/x.html": FILES["conf/x.html"],
    }
    assert {name: everything.read(name) for name in everything.namelist()} == FILES
    assert everything.testzip() is None


def test_a_zip_file_is_sent_as_it_is_made(pages, run):
    for number in range(3):
        save_artifact(stored_path(run.artifact_uri) / file_path(f"big/{number}.bin"), [b"x" * 2**20] * 3)

    response = pages.get(f"/runs/{run.run_id}/artifacts.zip", {"path": "big"})
    sizes = [len(piece) for piece in response.streaming_content]

    assert sum(sizes) > 9 * 2**20
    assert max(sizes) < 2 * 2**20


def test_a_zip_file_that_cannot_be_finished_breaks_off(pages, run, artifact_root):
    response = pages.get(f"/runs/{run.run_id}/artifacts.zip", {"path": "conf"})
    stored = artifact_root / str(stored_path(run.artifact_uri) / file_path("conf/x.html"))
    stored.write_bytes(b"longer than it was" * 10)

    with pytest.raises(TemporarilyUnavailable):
        b"".join(response.streaming_content)
    response.close()


@pytest.mark.parametrize(("path", "status"), [("nothing", 404), ("../..", 400), ("a\0b", 400)])
def test_a_zip_file_of_nothing_is_refused(pages, run, path, status):
    assert pages.get(f"/runs/{run.run_id}/artifacts.zip", {"path": path}).status_code == status


def test_the_files_beside_a_file_are_linked(pages, run):
    for number in range(450):
        save_artifact(stored_path(run.artifact_uri) / file_path(f"many/{number:04}.txt"), [b"x"])

    page = artifacts(pages, run, "many/0300.txt")
    listed = names(page)

    assert page.select_one(".viewer a[rel=prev]")["title"] == "many/0299.txt"
    assert page.select_one(".viewer a[rel=next]")["title"] == "many/0301.txt"
    assert (listed[1], listed[-1]) == ("0200.txt", "0399.txt")
    assert page.select_one("a.file[aria-current]")["title"] == "0300.txt"
    assert (
        names(pages.html(f"/runs/{run.run_id}/artifacts{page.find('a', string='more files →')['href']}"))[1]
        == "0400.txt"
    )


def test_a_place_that_is_no_number_is_said(pages, run):
    page = pages.html(f"/runs/{run.run_id}/artifacts", {"path": "README.md", "at": "-1"})

    assert "at=-1 is no place" in page.select_one(".complaint").text
    assert page.select_one(".markdown")


def test_parts_of_a_long_text_are_linked(pages, run):
    text = b"".join(b"line %d\n" % number for number in range(60_000))
    save_artifact(stored_path(run.artifact_uri) / file_path("long.txt"), [text])

    page = artifacts(pages, run, "long.txt")
    here = f"/runs/{run.run_id}/artifacts"
    second = pages.html(here + page.select_one(".parts a[rel=next]")["href"])

    first_line = second.select_one("#file-text > span")
    assert first_line.text == f"line {int(first_line['id'][1:]) - 1}\n"
