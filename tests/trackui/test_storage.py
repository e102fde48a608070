"""Static files under names with their hash, imports inside modules included."""

import re

import pytest
from django.contrib.staticfiles.finders import get_finders

from trackui.storage import StaticStorage


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """All of static/js, static/css and static/img, collected; the name of each by its own name."""
    folder = tmp_path_factory.mktemp("static")
    storage = StaticStorage(location=folder, base_url="/static/")
    sources = {}
    for finder in get_finders():
        for name, source in finder.list([]):
            if name.startswith(("js/", "css/", "img/", "vendor/htmx", "vendor/plotly")) and name not in sources:
                sources[name] = (source, name)
                with source.open(name) as file:
                    storage.save(name, file)
    for name, _hashed_name, processed in storage.post_process(sources):
        assert not isinstance(processed, Exception), (name, processed)
    return folder, storage.hashed_files


def test_imports_name_the_hashed_modules(collected):
    folder, hashed = collected

    app = (folder / hashed["js/app.js"]).read_text()

    imported = re.findall(r'import"\./([^"]+)"', app)
    assert imported
    for name in imported:
        assert re.search(r"\.[0-9a-f]{12}\.js$", name)
        assert (folder / "js" / name).is_file()


def test_plotly_is_fetched_by_its_hashed_name_and_is_left_as_it_came(collected):
    folder, hashed = collected

    loader = (folder / hashed["js/lib/plotly.js"]).read_text()
    name = re.search(r'import\("\.\./\.\./(vendor/[^"]+)"\)', loader)[1]

    original = next(path for path in (folder / "vendor").glob("plotly-strict-*.min.js") if path.name.count(".") == 4)
    assert (folder / name).read_bytes() == original.read_bytes()


def test_texts_are_compressed_beforehand(collected):
    folder, hashed = collected

    assert (folder / f"{hashed['css/table.css']}.gz").is_file()


def test_the_style_of_every_page_is_one_file(collected):
    folder, hashed = collected

    style = (folder / hashed["css/site.css"]).read_text()

    assert "@import" not in style
    parts = ["tokens", "base", "components", "table", "content", "plotly"]
    found = [style.index((folder / f"css/{part}.css").read_text()) for part in parts]
    assert found == sorted(found)
