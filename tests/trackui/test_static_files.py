import pytest
from django.contrib.staticfiles.finders import get_finder

from trackui.static_files import collect_static_files


@pytest.fixture
def source(settings, tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "page.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    get_finder.cache_clear()
    yield folder
    get_finder.cache_clear()


def test_files_are_collected_once(source, settings):
    assert collect_static_files() is True
    assert collect_static_files() is False

    assert (settings.STATIC_ROOT / "page.css").read_text() == "a { color: red }"


def test_a_changed_a_new_and_a_removed_file_are_noticed(source, settings):
    collect_static_files()

    (source / "page.css").write_text("a { color: blue }")
    assert collect_static_files() is True
    (source / "other.css").write_text("")
    assert collect_static_files() is True
    (source / "page.css").unlink()
    assert collect_static_files() is True

    assert not (settings.STATIC_ROOT / "page.css").exists()
    assert (settings.STATIC_ROOT / "other.css").exists()


def test_a_collection_that_was_cut_short_is_made_again(source, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("trackui.static_files.call_command", lambda *arguments, **options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            collect_static_files()

    assert collect_static_files() is True
