"""Foreign keys of the big tables, and what indexes of runs hold."""

from django.db import models

from trackui.search.sql import INDEXED_CHARACTERS


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


class IndexedText(models.Func):
    """The start of a text, by code point: what an index on it holds (`trackui.search.sql.indexed_text`)."""

    template = f"SUBSTR(%(expressions)s, 1, {INDEXED_CHARACTERS})"
    output_field = models.TextField()

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template=f'({self.template} COLLATE "C")', **extra)
