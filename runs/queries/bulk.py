"""Which runs a change to many would meet."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from runs.models import LifecycleStage, Run
from runs.queries.group_members import MOST_RUNS, TooManyRuns, members
from runs.queries.run_choices import full_filter
from runs.queries.run_set import RunSet, run_set
from trackui.errors import InvalidParameterValue
from trackui.search.errors import SearchSyntaxError

NAMED = 8
STAGE_WORDS = {LifecycleStage.ACTIVE: "active", LifecycleStage.DELETED: "deleted", None: "all"}


@dataclass(frozen=True, slots=True)
class BulkRuns:
    """`pks` rise; `until` is the last run that was there when it was first asked; later ones are left out.

    `words` say which runs are meant; `named`: the first of them.
    """

    pks: np.ndarray
    until: int
    words: str
    named: list[Run]

    @property
    def count(self) -> int:
        return len(self.pks)

    @property
    def unnamed(self) -> int:
        return self.count - len(self.named)


def bulk_runs(asked: RunSet, *, stage: LifecycleStage | None, until: int | None) -> BulkRuns:
    """Of the runs asked for, those in that stage. Exact; refused beyond 200,000."""
    options = replace(asked.options, stage=STAGE_WORDS[stage] if stage else asked.options.stage, order=())
    if asked.top is not None:
        options = replace(options, order=asked.options.order)
    found = run_set(asked.experiment_id, options, chosen=asked.chosen, top=asked.top)
    assert not isinstance(found, SearchSyntaxError)  # the filter has been read once
    try:
        pks = members(found).pks
    except TooManyRuns:
        told = f"At most {MOST_RUNS:,} runs can be changed at once. Narrow them down by a filter."
        raise InvalidParameterValue(told) from None
    if until is None:
        until = int(pks[-1]) if len(pks) else 0
    pks = pks[pks <= until]
    named = Run.objects.in_bulk(pks[::-1][:NAMED].tolist())
    return BulkRuns(pks, until, _words(found), [named[pk] for pk in sorted(named, reverse=True)])


def _words(asked: RunSet) -> str:
    if asked.chosen:
        return "those that were ticked"
    written = full_filter(asked.options)
    first = f"the first {asked.top} " if asked.top is not None else "all "
    return f"{first}that match {written}" if written else f"{first}of the experiment"
