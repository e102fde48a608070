"""The metrics of whole runs: counted by key, moved to another experiment, removed. Inside a write transaction."""

from collections.abc import Sequence

from trackui.db import execute, fetch_all, in_list

TABLES = ("runs_metricblockdata", "runs_metricblock", "runs_metricpoint", "runs_metricsummary")


def metric_keys(pks: Sequence[int]) -> list[tuple[int, int]]:
    """Each key, and how many of these runs have it."""
    return fetch_all(
        f"SELECT key_id, COUNT(*) FROM runs_metricsummary WHERE run_id IN {in_list(pks)} GROUP BY key_id", list(pks)
    )


def move_metrics(pks: Sequence[int], experiment: int) -> None:
    execute(f"UPDATE runs_metricsummary SET experiment_id = %s WHERE run_id IN {in_list(pks)}", [experiment, *pks])


def remove_metrics(pks: Sequence[int]) -> None:
    """Blocks and points too."""
    for table in TABLES:
        execute(f"DELETE FROM {table} WHERE run_id IN {in_list(pks)}", list(pks))
