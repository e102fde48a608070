"""Conditions from the side of their own table: where a search can start, and how many runs that would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from runs.search.ordering import TEXT_INDEXES
from runs.search.plan import Recorder
from trackui.search.sql import FALSE, INDEXED_CHARACTERS, TRUE, Sql, all_of, any_of, indexed_by, indexed_text

# A key with no more values than this is searched by its values instead of its runs.
FEW_VALUES = 200
RUNS = "runs_run"


@dataclass(frozen=True, slots=True)
class Part:
    """The runs of an experiment and a stage."""

    experiment: int
    stage: str

    @property
    def runs(self) -> Sql:
        return self.rows("runs_run", RUNS)

    def rows(self, alias: str, table: str) -> Sql:
        """Rows of a table that belong to it; those with a key of their own say nothing of the stage."""
        if table == RUNS:
            text = f"({alias}.experiment_id = %s AND {alias}.lifecycle_stage = %s)"
            return Sql(text, (self.experiment, self.stage))
        return Sql(f"{alias}.experiment_id = %s", (self.experiment,))


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `table`, named `probe`, that `where` holds for are those of the runs that satisfy a condition.

    `index`: the one that holds exactly these rows side by side; empty where the database finds it. `value`:
    else, what `where` says of the text alone, named `probe.value`, where it is a condition on the text of `key`.
    """

    table: str
    where: Sql
    index: str | None = None
    key: int | None = None
    value: Sql | None = None

    @property
    def is_indexed(self) -> bool:
        return self.index is not None

    def select(self, part: Part) -> Sql:
        column = "id" if self.table == RUNS else "run_id"
        where = all_of([part.rows("probe", self.table), self.where])
        # Without an index for it: all runs by their own, whatever else SQLite would think of.
        index = "run_newest" if self.index is None and self.table == RUNS else self.index
        table = f"{self.table} probe{indexed_by(index or '')}"
        return where.wrapped(f"SELECT probe.{column} AS run_id FROM {table} WHERE ", "")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The runs of all leads together: a condition with OR."""

    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Each lead alone has all runs, and others too: a condition with AND."""

    leads: tuple[Lead, ...]


Lead = Rows | AnyOf | OneOf


@dataclass(frozen=True, slots=True)
class Start:
    """Rows to start from, all of them together, and at most how many they are."""

    rows: tuple[Rows, ...]
    count: int

    def runs(self, part: Part) -> Sql:
        """Selects run_id, each once. The limit, beyond what was counted, tells PostgreSQL how few they are."""
        selects = [rows.select(part) for rows in self.rows]
        text = " UNION ".join(select.text for select in selects)
        return Sql(f"{text} LIMIT {2 * self.count + 1000}", tuple(p for select in selects for p in select.params))


class Starts:
    """Finds the rarest condition to start from; what was counted once is not counted again."""

    def __init__(self, part: Part, leads: Sequence[Lead], recorder: Recorder) -> None:
        self.part = part
        self.leads = (*ranges(leads), *leads)
        self.recorder = recorder
        self.counts: dict[Rows, tuple[int, int]] = {}
        self.known: dict[Rows, Rows] = {}

    def rarest(self, *, fewer_than: int) -> Start | None:
        """None where each condition holds for as many runs as `fewer_than`, or more.

        Those that an index answers are counted first: counting the others may read all rows of a key.
        """
        for only_indexed in (True, False):
            found = self._best(self.leads, fewer_than, only_indexed=only_indexed)
            if found is not None:
                return found
        return None

    def _best(self, leads: Sequence[Lead], fewer_than: int, *, only_indexed: bool) -> Start | None:
        best: Start | None = None
        for lead in leads:
            start = self._start(lead, fewer_than if best is None else best.count, only_indexed=only_indexed)
            best = start or best
            if best is not None and best.count == 0:
                break
        return best

    def _start(self, lead: Lead, fewer_than: int, *, only_indexed: bool) -> Start | None:
        match lead:
            case OneOf(leads=leads):
                return self._best(leads, fewer_than, only_indexed=only_indexed)
            case AnyOf(leads=leads):
                rows: list[Rows] = []
                count = 0
                for one in leads:
                    start = self._start(one, fewer_than - count, only_indexed=only_indexed)
                    if start is None:
                        return None
                    rows += start.rows
                    count += start.count
                return Start(tuple(rows), count)
            case Rows():
                rows = lead if lead.is_indexed or only_indexed else self._by_values(lead)
                if only_indexed and not rows.is_indexed:
                    return None
                count = self._count(rows, fewer_than)
                return Start((rows,), count) if count < fewer_than else None

    def _count(self, rows: Rows, at_most: int) -> int:
        if rows.where == FALSE:
            return 0
        count, bound = self.counts.get(rows, (0, 0))
        if count < bound or at_most <= bound:
            return count
        select = rows.select(self.part)
        count = self.recorder.rows(
            f"Count the runs of one condition, up to {at_most:,}",
            select.wrapped("SELECT COUNT(*) FROM (", f" LIMIT {max(at_most, 0)}) bounded"),
        )[0][0]
        self.counts[rows] = count, at_most
        return count

    def _by_values(self, rows: Rows) -> Rows:
        """The same by the values that satisfy it, where the key has few: an index has those."""
        if rows.value is None:
            return rows
        if rows not in self.known:
            self.known[rows] = self._found_by_values(rows)
        return self.known[rows]

    def _found_by_values(self, rows: Rows) -> Rows:
        column = indexed_text("v.value")
        where = f"v.experiment_id = {self.part.experiment:d} AND v.key_id = {rows.key:d}"
        first = f"SELECT {column} FROM {rows.table} v WHERE {where}"
        order = f"ORDER BY {column} LIMIT 1"
        # From each value the index leads to the next one.
        text = (
            f"WITH RECURSIVE distinct_values(value) AS (SELECT ({first} {order}) UNION ALL"
            f" SELECT ({first} AND {column} > probe.value {order}) FROM distinct_values probe"
            f" WHERE probe.value IS NOT NULL) SELECT probe.value, CASE WHEN {rows.value.text} THEN 1 ELSE 0 END"
            f" FROM distinct_values probe WHERE probe.value IS NOT NULL LIMIT {FEW_VALUES + 1}"
        )
        found = self.recorder.rows(f"Try the values of a key, up to {FEW_VALUES}", Sql(text, rows.value.params))
        if len(found) > FEW_VALUES or any(len(value) >= INDEXED_CHARACTERS for value, _ in found):
            return rows
        equal = any_of(Sql(f"{indexed_text('probe.value')} = %s", (value,)) for value, fits in found if fits)
        where = FALSE if equal == FALSE else all_of([Sql("probe.key_id = %s", (rows.key,)), equal])
        return Rows(rows.table, where, TEXT_INDEXES[rows.table])


def ranges(leads: Sequence[Lead]) -> list[Rows]:
    """Conditions on the same value, such as `> 0.5 AND < 0.6`, as one: both are about the one row that a run has."""
    alike: dict[tuple, list[Rows]] = defaultdict(list)
    for lead in leads:
        if isinstance(lead, Rows) and lead.index:
            alike[lead.table, lead.key, lead.index].append(lead)
    return [
        Rows(table, all_of(rows.where for rows in found), index, key)
        for (table, key, index), found in alike.items()
        if len(found) > 1
    ]


STAGE = Rows(RUNS, TRUE, "run_newest")
