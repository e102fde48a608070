import pytest
from django.core.management import CommandError, call_command

from registry.models import ModelEvent
from tests.factories import make_model_version, make_registered_model


@pytest.fixture
def forest(db):
    """Two versions, the first of long ago."""
    forest = make_registered_model("forest")
    make_model_version(forest)
    make_model_version(forest)
    forest.versions.filter(version=1).update(creation_time=0)
    return forest


def test_a_dry_run_names_each_version_and_changes_nothing(forest, capsys):
    call_command("archive_versions", "--older-than", "90", "--dry-run")

    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("models:/forest/1  made 1970-01-01")
    assert told[1] == "1 version would be archived."
    assert not forest.versions.exclude(stage="None").exists()


def test_they_are_archived_with_a_note(forest, capsys):
    call_command("archive_versions", "--older-than", "90", "--note", "Spring.")

    assert "1 version archived." in capsys.readouterr().out
    assert dict(forest.versions.values_list("version", "stage")) == {1: "Archived", 2: "None"}
    assert ModelEvent.objects.latest("id").note == "Spring."


@pytest.mark.parametrize("days", ["0", "-5", "40000", "x"])
def test_days_that_make_no_sense_are_refused(db, days):
    with pytest.raises(CommandError):
        call_command("archive_versions", f"--older-than={days}")
