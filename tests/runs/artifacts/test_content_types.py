import pytest

from runs.artifacts.content_types import TEXT_EXTENSIONS, download_type, embedded_type

RUNNABLE = ["x.html", "x.HTM", "x.xhtml", "x.svg", "x.svgz", "x.swf", "x.mht", "x.wasm", "x.css", "x.mjs"]


@pytest.mark.parametrize("extension", sorted(TEXT_EXTENSIONS))
def test_text_like_files_are_plain_text(extension):
    assert download_type(f"x.{extension}") == download_type(f"X.{extension.upper()}") == "text/plain"


@pytest.mark.parametrize("name", ["MLmodel", "MLproject", "mlproject"])
def test_files_of_the_field_without_extension_are_plain_text(name):
    assert download_type(name) == "text/plain"


@pytest.mark.parametrize("name", [*RUNNABLE, "x", "x.pkl", ".png", "x.", "png", "x.unknown", "🚀"])
def test_what_could_run_and_what_is_unknown_is_only_bytes(name):
    assert download_type(name) == "application/octet-stream"


def test_the_usual_types_are_known():
    assert download_type("x.png") == "image/png"
    assert download_type("x.tar.gz") == "application/gzip"
    assert download_type("x.pdf") == "application/pdf"


def test_only_images_are_embedded():
    assert embedded_type("x.svg") == "image/svg+xml"
    assert embedded_type("x.PNG") == "image/png"
    assert embedded_type("x.html") is None
    assert embedded_type("x.pdf") is None
