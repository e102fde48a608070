"""Who may reach which part of the store: the first name of a path is its experiment."""

from __future__ import annotations

from runs.artifacts.paths import ArtifactPath
from runs.artifacts.stores import Listing
from runs.models import Experiment
from trackui.errors import PermissionDenied

LARGEST_ID_DIGITS = 18


def check_access(path: ArtifactPath, *, user) -> None:
    """PermissionDenied when the path starts with the id of an experiment that the caller may not read.

    Other paths are anybody's: an experiment can name any place in the store as its own.
    """
    experiment_id = _experiment_id(path)
    if experiment_id is None:
        return
    experiments = Experiment.objects.filter(pk=experiment_id)
    if not experiments.visible_to(user).exists() and experiments.exists():
        raise PermissionDenied("Permission denied.")


def visible_entries(listing: Listing, *, user) -> Listing:
    """The top of the store without the experiments that the caller may not read."""
    ids = {entry.name: _experiment_id(ArtifactPath((entry.name,))) for entry in listing.entries}
    asked = [pk for pk in ids.values() if pk is not None]
    hidden = set(Experiment.objects.filter(pk__in=asked).values_list("pk", flat=True))
    hidden -= set(Experiment.objects.filter(pk__in=asked).visible_to(user).values_list("pk", flat=True))
    entries = tuple(entry for entry in listing.entries if ids[entry.name] not in hidden)
    return Listing(entries=entries, next_after=listing.next_after)


def _experiment_id(path: ArtifactPath) -> int | None:
    name = path.segments[0] if path.segments else ""
    if not (name.isascii() and name.isdigit()) or len(name) > LARGEST_ID_DIGITS or str(int(name)) != name:
        return None
    return int(name)
