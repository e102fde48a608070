"""The runs of a set as an array of primary keys, to look others up in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runs.queries.run_set import MOST_CHOSEN, RunSet
from runs.queries.run_table_search import RunTableSearch
from runs.search.leads import AnyOf, Lead, Rows
from runs.search.run_search import Condition, count_runs, in_scope, parts
from trackui.db import fetch_all, is_sqlite
from trackui.errors import InvalidParameterValue
from trackui.search.sql import TRUE, Sql, all_of

# Groups are made in memory, of all runs or not at all.
MOST_RUNS = 200_000
# From this share of an experiment's runs on, all of them are looked at in one go.
LARGE_SHARE = 0.25
# Ids may be spread so far before they are looked up by halving and no longer in a table.
WIDEST_TABLE = 8_000_000


class TooManyRuns(InvalidParameterValue):
    """A set of more runs than are grouped at once."""

    def __init__(self) -> None:
        super().__init__(f"More than {MOST_RUNS:,} runs are too many to group at once. Narrow them down by a filter.")


@dataclass(frozen=True)
class Members:
    """`pks` rise. `is_large`: they are a large share of the runs of their experiments."""

    experiments: tuple[int, ...]
    pks: np.ndarray
    is_large: bool = False

    def __len__(self) -> int:
        return len(self.pks)

    def positions(self, pks: np.ndarray) -> np.ndarray:
        """Where each of them stands in `pks`; -1 for what is no member."""
        if not len(self.pks) or not len(pks):
            return np.full(len(pks), -1, dtype=np.int64)
        if self._table is None:
            found = np.minimum(np.searchsorted(self.pks, pks), len(self.pks) - 1)
            return np.where(self.pks[found] == pks, found, -1)
        offsets = pks - self.pks[0]
        is_within = (offsets >= 0) & (offsets < len(self._table))
        return np.where(is_within, self._table[np.where(is_within, offsets, 0)], -1)

    @cached_property
    def _table(self) -> np.ndarray | None:
        width = int(self.pks[-1] - self.pks[0]) + 1
        if width > WIDEST_TABLE:
            return None
        table = np.full(width, -1, dtype=np.int32)
        table[self.pks - self.pks[0]] = np.arange(len(self.pks), dtype=np.int32)
        return table


def members(run_set: RunSet) -> Members:
    """TooManyRuns beyond 200,000. A statement where nothing narrows the set, a handful else."""
    search = run_set.search
    experiments = tuple(search.experiments)
    if run_set.chosen or run_set.top is not None:
        pks = run_set.pks(limit=MOST_CHOSEN if run_set.chosen else run_set.top)
        return Members(experiments, np.sort(np.array(pks, dtype=np.int64)))
    if search.condition.is_impossible or not experiments:
        return Members(experiments, np.array([], dtype=np.int64))
    if search.condition.is_empty:
        return Members(experiments, _within(search, TRUE), is_large=True)
    everything = count_runs(experiments, Condition(), stages=search.stages).number
    if search.count().number > LARGE_SHARE * everything:
        return Members(experiments, _matching(search), is_large=True)
    pks = search.pks(limit=MOST_RUNS + 1)
    if len(pks) > MOST_RUNS:
        raise TooManyRuns
    return Members(experiments, np.sort(np.array(pks, dtype=np.int64)))


def _matching(search: RunTableSearch) -> np.ndarray:
    """Conditions whose runs an index has side by side are read from there and cut with each other; a probe a run, as
    a page does it, takes ten times as long for all of them. What else there is, is asked of every run.
    """
    exact = [conjunct.lead for conjunct in search.condition.conjuncts if _is_exact(conjunct.lead)]
    others = [conjunct.sql for conjunct in search.condition.conjuncts if not _is_exact(conjunct.lead)]
    pks = _within(search, all_of(others), is_bounded=not exact)
    for lead in exact:
        pks = pks[np.isin(pks, _runs_of(search, lead))]
    if len(pks) > MOST_RUNS:
        raise TooManyRuns
    return pks


def _within(search: RunTableSearch, condition: Sql, *, is_bounded: bool = True) -> np.ndarray:
    """Runs of the experiments and stages that satisfy a condition."""
    where = all_of([in_scope(search.experiments, search.stages), condition])
    source = f"SELECT id FROM runs_run WHERE {where.text}"
    if is_bounded:
        source += f" LIMIT {MOST_RUNS + 1}"
    pks = _ids_of(Sql(source, where.params), "id")
    if is_bounded and len(pks) > MOST_RUNS:
        raise TooManyRuns
    return np.sort(pks)


def _is_exact(lead: Lead | None) -> bool:
    """Whether its rows are those of all runs that satisfy the condition, and of no others."""
    return isinstance(lead, Rows) or (isinstance(lead, AnyOf) and all(map(_is_exact, lead.leads)))


def _runs_of(search: RunTableSearch, lead: Lead) -> np.ndarray:
    if isinstance(lead, AnyOf):
        return np.concatenate([_runs_of(search, one) for one in lead.leads])
    selects = [lead.select(part) for part in parts(search.experiments, search.stages)]
    return np.concatenate([_ids_of(select, "run_id") for select in selects])


def _ids_of(select: Sql, column: str) -> np.ndarray:
    ((text,),) = fetch_all(f"SELECT {id_list(column)} FROM ({select.text}) found", select.params)
    return ids_in(text)


# --- Many ids in one value --------------------------------------------------------------------


def id_list(column: str) -> str:
    """An aggregate of ids as text: a value a group is read ten times quicker than a row a run."""
    return f"group_concat({column})" if is_sqlite() else f"array_agg({column})::text"


def ids_in(text: str | None) -> np.ndarray:
    """The ids that `id_list` gives."""
    text = (text or "").strip("{}")
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.array([], dtype=np.int64)
