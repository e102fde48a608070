"""A page of rows of a Parquet file. Only the row groups they lie in are read, page by page of their columns."""

from __future__ import annotations

from runs.artifacts.seekable import Seekable
from runs.artifacts.stores import OpenFile
from runs.artifacts.tables import MAX_COLUMNS, MAX_ROWS, Table, cell_text

MAGIC = b"PAR1"
# What the columns shown of one row group may take unpacked; columns that would go beyond are left out.
MOST_UNPACKED = 2**26
LARGEST_FOOTER = 2**24


class NotReadable(ValueError):
    """The message says why, as a sentence."""


def parquet_page(file: OpenFile, *, start: int = 0) -> Table:
    """Rows from number `start` on. Reads at most 64 MiB of the row group they begin in, and none before it.

    pyarrow is loaded when the first one is asked for.
    """
    import pyarrow
    from pyarrow.parquet import ParquetFile

    check_footer(file)
    try:
        with ParquetFile(Seekable(file), pre_buffer=False, buffer_size=2**16) as parquet:
            return _page(parquet, start)
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, OverflowError) as error:
        if isinstance(error, NotReadable):
            raise
        raise NotReadable("This Parquet file is damaged, or of a kind that cannot be read here.") from error


def check_footer(file: OpenFile) -> None:
    """Before a reader trusts the length that the file gives its own footer."""
    tail = b"".join(file.pieces(max(0, file.size - 8), min(8, file.size)))
    length = int.from_bytes(tail[:4], "little")
    if file.size < 12 or not tail.endswith(MAGIC):
        raise NotReadable("This is no Parquet file, or it has been cut off.")
    if length > min(LARGEST_FOOTER, file.size):
        raise NotReadable("The footer of this Parquet file is larger than a reader should trust.")


def _page(parquet, start: int) -> Table:
    metadata = parquet.metadata
    names = parquet.schema_arrow.names
    total = metadata.num_rows
    start = min(start, max(0, total - 1))
    group, skipped = _group_of(metadata, start)
    columns = _affordable(parquet, names, group)
    rows: list[tuple[str, ...]] = []
    if total and columns:
        for batch in parquet.iter_batches(batch_size=MAX_ROWS, row_groups=[group], columns=columns):
            if skipped >= batch.num_rows:
                skipped -= batch.num_rows
                continue
            piece = batch.slice(skipped, MAX_ROWS - len(rows))
            skipped = 0
            rows += zip(*(map(cell_text, column.to_pylist()) for column in piece.columns), strict=True)
            if len(rows) >= MAX_ROWS:
                break
    return Table(
        columns=tuple(columns),
        rows=tuple(rows),
        is_cut=len(rows) < total or len(columns) < len(names),
        first=start + 1,
        total=total,
        left_out_columns=len(names) - len(columns),
    )


def _group_of(metadata, start: int) -> tuple[int, int]:
    """The row group that row `start` lies in, and how many rows of it come before."""
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        if start < size:
            return group, start
        start -= size
    return 0, 0


def _affordable(parquet, names: list[str], group: int) -> list[str]:
    """The first columns, as many as may be unpacked."""
    metadata = parquet.metadata
    if not metadata.num_row_groups:
        return names[:MAX_COLUMNS]
    sizes: dict[str, int] = {}
    row_group = metadata.row_group(group)
    for position in range(row_group.num_columns):
        column = row_group.column(position)
        name = column.path_in_schema.partition(".")[0]
        sizes[name] = sizes.get(name, 0) + max(0, column.total_uncompressed_size)
    kept: list[str] = []
    taken = 0
    for name in names[:MAX_COLUMNS]:
        taken += sizes.get(name, 0)
        if taken > MOST_UNPACKED:
            break
        kept.append(name)
    if not kept:
        raise NotReadable("The row groups of this Parquet file are too large to be shown.")
    return kept
