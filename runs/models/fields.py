"""Foreign keys of the big tables."""

from django.db import models


def big_table_key(to: str, **options) -> models.ForeignKey:
    """A reference out of a big table to anything but its run.

    No constraint and no index of its own: the tables can be spread over machines by run, and the
    primary key, which starts with the run, serves the reads.
    """
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )


def run_key(related_name: str) -> models.ForeignKey:
    """The run a row belongs to; the primary key starts with it, so it needs no index of its own."""
    return models.ForeignKey("runs.Run", on_delete=models.CASCADE, db_index=False, related_name=related_name)
