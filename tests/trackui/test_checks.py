import pytest
from django.core.checks import run_checks

from trackui import checks


@pytest.fixture(autouse=True)
def _sound_machine(monkeypatch, settings, tmp_path):
    settings.TRACKUI_DATA = tmp_path / "data"
    settings.TRACKUI_ARTIFACTS = tmp_path / "data" / "artifacts"
    monkeypatch.setattr(checks, "SOUND_SQLITE", (3, 0, 0))
    settings.TRACKUI_FREE_SPACE_MIB = 0


def found() -> list[str]:
    return [message.id for message in run_checks(tags=[checks.START])]


def test_a_sound_installation_passes():
    assert found() == []


@pytest.mark.parametrize("name", ["TRACKUI_DATA", "TRACKUI_ARTIFACTS"])
def test_a_folder_that_is_a_file_is_an_error_that_names_the_variable(settings, tmp_path, name):
    (tmp_path / "file").write_text("")
    setattr(settings, name, tmp_path / "file" / "inside")

    messages = run_checks(tags=[checks.START])

    assert [message.id for message in messages] == ["trackui.E001"]
    assert name in messages[0].msg


def test_a_folder_that_may_not_be_written_is_an_error(monkeypatch):
    monkeypatch.setattr(checks.os, "access", lambda path, mode: False)

    assert found() == ["trackui.E001", "trackui.E001"]


def test_little_free_space_is_a_warning(settings):
    settings.TRACKUI_FREE_SPACE_MIB = 2**40

    assert found() == ["trackui.W001"]


def test_a_short_secret_key_is_an_error(settings):
    settings.SECRET_KEY = "changeme"

    assert found() == ["trackui.E002"]


@pytest.mark.sqlite_only
def test_an_old_sqlite_is_a_warning(monkeypatch):
    monkeypatch.setattr(checks, "SOUND_SQLITE", (99, 0, 0))

    assert found() == ["trackui.W002"]
