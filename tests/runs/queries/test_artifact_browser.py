import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import Experiment, Run
from runs.queries import artifact_browser
from runs.queries.artifact_browser import artifact_file, artifact_listing, artifact_preview
from runs.services.runs import create_run
from trackui.errors import InvalidParameterValue, PermissionDenied, ResourceDoesNotExist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("artifact_root")]


@pytest.fixture
def run():
    run, _ = create_run("0", user=None)
    for path in ("a.csv", "d/b.txt", "d/e/c.txt"):
        save_artifact(stored_path(run.artifact_uri) / file_path(path), [b"x,y\n1,2\n"])
    return run


def test_a_directory_is_listed_with_the_way_to_it(run):
    listing = artifact_listing(run, "d/e", user=None)

    assert listing.crumbs == (("d", "d"), ("e", "d/e"))
    assert [(entry.name, entry.path, entry.is_dir, entry.size) for entry in listing.entries] == [
        ("c.txt", "d/e/c.txt", False, 8)
    ]


def test_a_long_directory_comes_in_pages(run, monkeypatch):
    monkeypatch.setattr(artifact_browser, "ENTRIES_A_PAGE", 1)

    first = artifact_listing(run, user=None)
    second = artifact_listing(run, after=first.next_after, user=None)

    assert [entry.name for entry in first.entries + second.entries] == ["a.csv", "d"]
    assert second.next_after is None


def test_a_listing_costs_one_query(run, django_assert_num_queries):
    with django_assert_num_queries(1):
        artifact_listing(run, "d", user=None)


def test_a_file_is_opened_and_shown(run):
    with artifact_file(run, "a.csv", user=None) as file:
        assert b"".join(file.pieces()) == b"x,y\n1,2\n"
    assert artifact_preview(run, "a.csv", user=None).table.rows == (("1", "2"),)


def test_what_is_missing_or_unsafe_is_refused(run):
    with pytest.raises(ResourceDoesNotExist):
        artifact_file(run, "nothing", user=None)
    for path in ("../x", "d", ""):
        with pytest.raises(InvalidParameterValue):
            artifact_preview(run, path, user=None)


def test_a_hidden_experiments_files_are_not_shown(run, monkeypatch):
    monkeypatch.setattr(type(Experiment.objects.all()), "visible_to", lambda self, user: self.none())

    with pytest.raises(PermissionDenied):
        artifact_listing(Run.objects.get(pk=run.pk), user=None)
