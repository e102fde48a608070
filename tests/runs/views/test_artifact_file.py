import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.services.runs import create_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("artifact_root")]

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def get(pages):
    """Answers of a run's file address."""
    run, _ = create_run("0", user=None)
    for path in ("d/a.png", "a.svg", "a.html"):
        save_artifact(stored_path(run.artifact_uri) / file_path(path), [SVG])

    def request(path, kind="file", **headers):
        return pages.get(f"/runs/{run.run_id}/artifacts/{kind}", {"path": path}, headers=headers)

    return request


@pytest.mark.parametrize("path", ["d/a.png", "a.svg", "a.html"])
def test_a_file_is_saved_and_not_run(get, path):
    response = get(path)

    assert (response.status_code, response.content) == (200, SVG)
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Type"] in ("image/png", "application/octet-stream")


@pytest.mark.parametrize(("path", "content_type"), [("d/a.png", "image/png"), ("a.svg", "image/svg+xml")])
def test_an_image_has_its_type_in_a_page(get, path, content_type):
    response = get(path, "image", **{"Sec-Fetch-Dest": "image"})

    assert response["Content-Type"] == content_type
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_drawing_opened_by_its_address_is_only_bytes(get):
    assert get("a.svg", "image", **{"Sec-Fetch-Dest": "document"})["Content-Type"] == "application/octet-stream"


def test_only_images_are_embedded(get):
    assert get("a.html", "image").status_code == 404


@pytest.mark.parametrize(("path", "status"), [("../x", 400), ("d", 400), ("", 400), ("nothing", 404)])
def test_what_cannot_be_served_has_a_page_that_says_so(get, path, status):
    assert get(path).status_code == status
