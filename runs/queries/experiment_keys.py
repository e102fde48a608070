"""Which params, metrics and tags the runs of some experiments have."""

from collections.abc import Sequence

from runs.keys import key_names
from runs.models import KeyKind
from trackui.db import fetch_all, in_list


def logged_names(experiments: Sequence[int]) -> dict[KeyKind, list[str]]:
    """Names by kind, sorted. One statement that reads counts kept by the writer, never the runs."""
    names: dict[KeyKind, list[str]] = {kind: [] for kind in KeyKind}
    if not experiments:
        return names
    rows = fetch_all(
        "SELECT DISTINCT kind, key_id FROM runs_experimentkey"
        f" WHERE run_count > 0 AND experiment_id IN {in_list(experiments)}",
        experiments,
    )
    texts = key_names({key for _, key in rows})
    for kind, key in rows:
        names[KeyKind(kind)].append(texts[key])
    return {kind: sorted(found) for kind, found in names.items()}
