"""How many runs a search finds: exact while that is cheap to know, then estimated from a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from runs.models import LifecycleStage
from runs.search.compiler import Condition
from runs.search.leads import Part, Start
from runs.search.merging import batch_count, batches
from runs.search.part_search import PartSearch, count_all
from runs.search.plan import Recorder
from trackui.db import is_sqlite
from trackui.search.sql import Sql, indexed_by

EXACT_UP_TO = 10_000
# Runs looked at to know the share of them that match: the estimate is off by some percent.
SAMPLE = 500
# With fewer matches in a sample than this, their share says too little.
FEWEST_HITS = 10


@dataclass(frozen=True, slots=True)
class Total:
    number: int
    is_exact: bool = True

    def __str__(self) -> str:
        return f"{self.number:,}" if self.is_exact else f"about {self.rounded:,}"

    @property
    def rounded(self) -> int:
        """An estimate with as many figures as it deserves: two."""
        if self.is_exact:
            return self.number
        return round(self.number, 2 - len(str(self.number)))


def total(searches: Sequence[PartSearch]) -> Total:
    """Of all parts together; small ones are counted in one statement."""
    together = [[search] for search in searches] if len(searches) == 1 else batches(searches)
    totals = [part_total(batch[0]) if len(batch) == 1 else Total(batch_count(batch)) for batch in together]
    return Total(sum(one.number for one in totals), all(one.is_exact for one in totals))


def part_total(search: PartSearch) -> Total:
    """Exact up to 10,000. Beyond, a few milliseconds of work whatever is stored."""
    if search.condition.is_empty:
        return everything(search)
    start = search.starts.rarest(fewer_than=EXACT_UP_TO)
    if start is None:
        estimate = by_sample(search)
        if estimate > EXACT_UP_TO:
            return Total(estimate, is_exact=False)
        start = search.starts.rarest(fewer_than=20 * EXACT_UP_TO)
    return counted(search, start)


def counted(search: PartSearch, start: Start | None) -> Total:
    """Counted, at least up to 10,000."""
    if start is not None and start.count == 0:
        return Total(0)
    number = count_all(search, at_most=EXACT_UP_TO + 1, start=start)
    if number <= EXACT_UP_TO:
        return Total(number)
    return Total(max(number, by_sample(search)), is_exact=False)


def everything(search: PartSearch) -> Total:
    number = count_all(search, at_most=EXACT_UP_TO + 1)
    if number <= EXACT_UP_TO:
        return Total(number)
    return Total(max(number, runs_known(search)), is_exact=False)


def runs_known(search: PartSearch) -> int:
    """Runs of a part of many: those with the key that most runs have, less those of the other stage.

    Clients name each run by a tag, so that some key counts them all.
    """
    text = "SELECT COALESCE(MAX(run_count), 0) FROM runs_experimentkey WHERE experiment_id = %s"
    ((known,),) = search.recorder.rows(
        "Count the runs that have the commonest key", Sql(text, (search.part.experiment,))
    )
    is_active = search.part.stage == LifecycleStage.ACTIVE
    other = str(LifecycleStage.DELETED if is_active else LifecycleStage.ACTIVE)
    return known - count_all(replace(search, part=Part(search.part.experiment, other)), at_most=EXACT_UP_TO)


def by_sample(search: PartSearch) -> int:
    """The share of matches among runs spread evenly over the part, times the runs there are."""
    pks = sampled(search.part, search.recorder)
    if not pks:
        return 0
    named = ", ".join(map(str, pks))
    where = search.where
    by_id = " NOT INDEXED" if is_sqlite() else ""  # but by its rowid
    ((hits, looked_at),) = search.recorder.rows(
        "Look at a sample of the runs",
        Sql("SELECT COALESCE(SUM(CASE WHEN"),
        where,
        Sql(f"THEN 1 ELSE 0 END), 0), COUNT(*) FROM runs_run{by_id} WHERE runs_run.id IN ({named}) AND"),
        search.part.runs,
    )
    if hits < FEWEST_HITS:
        return 0
    return round(hits / looked_at * everything(replace(search, condition=Condition())).number)


def sampled(part: Part, recorder: Recorder) -> list[int]:
    """Primary keys between those of the oldest and the newest run; some may be of other parts."""
    runs = part.runs.wrapped(f"(SELECT id FROM runs_run{indexed_by('run_newest')} WHERE ", "")
    newest, oldest = Sql("ORDER BY start_time DESC, run_id LIMIT 1)"), Sql("ORDER BY start_time, run_id DESC LIMIT 1)")
    purpose = "Find the first and the last run"
    ((last, first),) = recorder.rows(purpose, Sql("SELECT"), runs, newest, Sql(","), runs, oldest)
    if last is None:
        return []
    low, high = min(first, last), max(first, last)
    # The same runs each time, so that a total does not flicker.
    return sorted(Random(0).sample(range(low, high + 1), min(SAMPLE, high - low + 1)))
