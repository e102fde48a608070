import stat

import pytest

from registry.serving.fetched import fetched_model, fetched_models
from runs.artifacts.locations import stored_path
from runs.models import StoredArtifact
from tests.registry.folders import FILES, make_model_folder
from trackui.errors import ResourceDoesNotExist, TemporarilyUnavailable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_data(settings, tmp_path, artifact_root):
    settings.TRACKUI_DATA = tmp_path / "data"


@pytest.fixture
def stored():
    return stored_path(make_model_folder(code__utils="x = 1").artifact_uri)


def test_a_model_is_copied_once(stored):
    said = []

    with fetched_model(stored, say=said.append) as first, fetched_model(stored, say=said.append) as second:
        assert first.path == second.path
        assert {path.name: path.read_text() for path in first.path.iterdir()} == FILES | {"code__utils": "x = 1"}
        assert stat.S_IMODE(fetched_models().root.stat().st_mode) == 0o700

    assert len(said) == 1 and said[0].startswith("Fetching 7 files")


def test_the_same_content_elsewhere_is_the_same_copy(stored):
    other = stored_path(make_model_folder(code__utils="x = 1").artifact_uri)

    with fetched_model(stored, say=print) as one, fetched_model(other, say=print) as another:
        assert one.path == another.path


def test_files_that_the_ledger_does_not_know_are_copied_too(stored):
    StoredArtifact.objects.all().delete()

    with fetched_model(stored, say=print) as held:
        assert (held.path / "MLmodel").read_text() == FILES["MLmodel"]


def test_a_file_that_is_not_what_was_uploaded_is_refused(stored, artifact_root):
    file = artifact_root / str(stored) / "model.pkl"
    file.write_bytes(b"\x00\x02")

    with pytest.raises(TemporarilyUnavailable, match="is not what was uploaded"):
        fetched_model(stored, say=print)

    assert fetched_models().entries() == []


def test_nothing_is_no_model(stored):
    with pytest.raises(ResourceDoesNotExist, match="There are no files"):
        fetched_model(stored_path("mlflow-artifacts:/0/absent"), say=print)


def test_a_full_disk_is_told(stored, settings):
    settings.TRACKUI_FREE_SPACE_MIB = 2**40

    with pytest.raises(TemporarilyUnavailable, match="There is no room in TRACKUI_DATA"):
        fetched_model(stored, say=print)
