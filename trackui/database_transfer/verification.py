"""Both databases read again after a transfer, and compared range by range."""

import hashlib
from dataclasses import dataclass, field

from trackui.database_transfer.ledger import Ledger
from trackui.database_transfer.progress import Progress
from trackui.database_transfer.ranges import digest_of
from trackui.database_transfer.store import Store
from trackui.database_transfer.tables import Table


@dataclass
class TableCheck:
    table: Table
    source_rows: int = 0
    target_rows: int = 0
    # Over the digests of the source's ranges, hexadecimal.
    checksum: str = ""
    problems: list[str] = field(default_factory=list)


def check_table(source: Store, target: Store, ledger: Ledger, table: Table, progress: Progress) -> TableCheck:
    """Each row of the table read from both; inside a snapshot of each."""
    check = TableCheck(table)
    whole = hashlib.blake2b(digest_size=8)
    after = None
    for copied in ledger.ranges(table):
        before = digest_of(source.read(table, after=after, until=copied.last_key))
        now = digest_of(target.read(table, after=after, until=copied.last_key))
        where = f"{table.name}, keys {'from the first' if after is None else f'after {after}'} to {copied.last_key}"
        if before.hex() != copied.digest:
            check.problems.append(f"{where}: the source has changed since it was copied")
        if now.hex() != copied.digest:
            rows = f" ({now.rows:,} rows instead of {copied.row_count:,})" if now.rows != copied.row_count else ""
            check.problems.append(f"{where}: the target differs from what was copied{rows}")
        check.source_rows += before.rows
        check.target_rows += now.rows
        whole.update(bytes.fromhex(copied.digest))
        progress.advance(now.rows)
        after = copied.last_key
    later = digest_of(source.read(table, after=after)).rows
    extra = digest_of(target.read(table, after=after)).rows
    if later:
        check.problems.append(f"{table.name}: the source has {later:,} rows that came after the copy")
    if extra:
        check.problems.append(f"{table.name}: the target has {extra:,} rows that were not copied")
    check.source_rows += later
    check.target_rows += extra
    check.checksum = whole.hexdigest()
    return check
