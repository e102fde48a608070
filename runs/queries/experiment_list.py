"""The list of experiments: options as an address holds them, rows with what their runs do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from runs.keys import key_names
from runs.models import Experiment, LifecycleStage, RunStatus
from runs.models.access import readable_experiments
from runs.models.experiment import NOTE_TAG
from runs.search.experiment_search import compile_experiment_filter
from runs.search.run_search import Condition, Total, count_runs
from runs.search.totals import EXACT_UP_TO
from trackui.db import fetch_all, in_list
from trackui.search.errors import SearchSyntaxError
from trackui.search.sql import Sql, all_of, in_values, indexed_by, text_order

PAGE_SIZE = 50
ROWS_AT_ONCE = 500
MOST_ROWS = 1_000_000
HIDDEN_TAGS = "mlflow."
STAGES = {
    "active": (LifecycleStage.ACTIVE,),
    "deleted": (LifecycleStage.DELETED,),
    "all": (LifecycleStage.ACTIVE, LifecycleStage.DELETED),
}
# The start of the latest run is one step in an index of runs.
LAST_ACTIVITY = (
    "COALESCE((SELECT MAX(r.start_time) FROM runs_run r{newest} WHERE r.experiment_id = runs_experiment.id"
    " AND r.lifecycle_stage = 'active'), runs_experiment.creation_time)"
)
ORDERS = {
    "name": "runs_experiment.name",
    "creation_time": "runs_experiment.creation_time",
    "last_activity": LAST_ACTIVITY,
}
DEFAULT_ORDER = "-last_activity"


@dataclass(frozen=True, slots=True)
class ExperimentListOptions:
    """What the address of the page says. Anything it cannot mean is left at its default."""

    filter: str = ""
    order: str = DEFAULT_ORDER
    stage: str = "active"
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict) -> ExperimentListOptions:
        order, stage, page = query.get("order", ""), query.get("view", ""), query.get("page", "")
        return cls(
            filter=query.get("q", "").strip(),
            order=order if order.removeprefix("-") in ORDERS else DEFAULT_ORDER,
            stage=stage if stage in STAGES else "active",
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
        )


@dataclass(slots=True)
class ExperimentRow:
    """`last_activity`: the start of its latest run, in milliseconds; None without runs. Runs are active ones.

    `running_count` stops at one more than 10,000.
    """

    experiment: Experiment
    note: str = ""
    tags: list[tuple[str, str]] = field(default_factory=list)
    runs: Total = field(default_factory=lambda: Total(0))
    running_count: int = 0
    last_activity: int | None = None


@dataclass(frozen=True, slots=True)
class ExperimentList:
    options: ExperimentListOptions
    rows: list[ExperimentRow]
    page: Page
    error: SearchSyntaxError | None = None

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def order(self) -> list[str]:
        return [self.options.order]

    @property
    def is_filtered(self) -> bool:
        return bool(self.options.filter) or self.options.stage != "active"

    @property
    def has_running(self) -> bool:
        return any(row.running_count for row in self.rows)


def experiment_list(user, options: ExperimentListOptions) -> ExperimentList:
    """A page of experiments: at most eight statements, however many there are."""
    try:
        where = _where(user, options)
    except SearchSyntaxError as error:
        return ExperimentList(options, [], Paginator((), PAGE_SIZE).get_page(1), error)
    total = fetch_all(f"SELECT COUNT(*) FROM runs_experiment WHERE {where.text}", where.params)[0][0]
    page = Paginator(range(total), PAGE_SIZE).get_page(options.page)
    pks = _pks(where, options, limit=PAGE_SIZE, offset=(page.number - 1) * PAGE_SIZE)
    return ExperimentList(options, experiment_rows(pks), page)


def latest_experiments(user, *, limit: int) -> list[ExperimentRow]:
    """Those whose runs started last."""
    options = ExperimentListOptions()
    return experiment_rows(_pks(_where(user, options), options, limit=limit))


def all_experiment_rows(user, options: ExperimentListOptions) -> Iterator[ExperimentRow]:
    """Every row that matches, a piece at a time. SearchSyntaxError comes before the first."""
    where = _where(user, options)
    pks = _pks(where, options, limit=MOST_ROWS)

    def rows() -> Iterator[ExperimentRow]:
        for start in range(0, len(pks), ROWS_AT_ONCE):
            yield from experiment_rows(pks[start : start + ROWS_AT_ONCE])

    return rows()


def _counts(pks: Sequence[int]) -> list[tuple[int, int, int, int | None]]:
    """Of each experiment: runs and running ones, up to one more than are counted exactly, and the newest start."""

    def counted(index: str, condition: str = "") -> str:
        return (
            f"(SELECT COUNT(*) FROM (SELECT 1 FROM runs_run r{indexed_by(index)}"
            f" WHERE r.experiment_id = runs_experiment.id AND r.lifecycle_stage = 'active'{condition}"
            f" LIMIT {EXACT_UP_TO + 1}) bounded)"
        )

    running = counted("run_facets", f" AND r.status = '{RunStatus.RUNNING}'")
    return fetch_all(
        f"SELECT id, {counted('run_newest')}, {running},"
        f" (SELECT MAX(r.start_time) FROM runs_run r{indexed_by('run_newest')}"
        " WHERE r.experiment_id = runs_experiment.id AND r.lifecycle_stage = 'active')"
        f" FROM runs_experiment WHERE id IN {in_list(pks)}",
        pks,
    )


def experiment_row(experiment: Experiment) -> ExperimentRow:
    """What the head of an experiment's own pages says."""
    return experiment_rows([experiment.pk])[0]


def experiment_rows(pks: Sequence[int]) -> list[ExperimentRow]:
    """In the order of `pks`; at most four statements, and a few for each experiment of many runs."""
    if not pks:
        return []
    rows = {pk: ExperimentRow(experiment) for pk, experiment in Experiment.objects.in_bulk(pks).items()}
    among = f"experiment_id IN {in_list(pks)}"
    for pk, runs, running, latest in _counts(pks):
        row = rows[pk]
        row.runs = Total(runs) if runs <= EXACT_UP_TO else count_runs((pk,), Condition())
        row.running_count, row.last_activity = running, latest
    for pk, tags in _tags(among, pks).items():
        rows[pk].note = tags.pop(NOTE_TAG, "")
        rows[pk].tags = sorted((key, value) for key, value in tags.items() if not key.startswith(HIDDEN_TAGS))
    return [rows[pk] for pk in pks if pk in rows]


def _tags(among: str, pks: Sequence[int]) -> dict[int, dict[str, str]]:
    stored = fetch_all(f"SELECT experiment_id, key_id, value FROM runs_experimenttag WHERE {among}", pks)
    names = key_names({key for _, key, _ in stored})
    tags: dict[int, dict[str, str]] = defaultdict(dict)
    for pk, key, value in stored:
        tags[pk][names[key]] = value
    return tags


def _where(user, options: ExperimentListOptions) -> Sql:
    stages = in_values("runs_experiment.lifecycle_stage", [str(stage) for stage in STAGES[options.stage]])
    readable = Sql(*readable_experiments(user, "runs_experiment.id"))
    return all_of([stages, readable, compile_experiment_filter(options.filter)])


def _pks(where: Sql, options: ExperimentListOptions, *, limit: int, offset: int = 0) -> list[int]:
    name = options.order.removeprefix("-")
    column = text_order(ORDERS[name]) if name == "name" else ORDERS[name].format(newest=indexed_by("run_newest"))
    direction = "DESC" if options.order.startswith("-") else "ASC"
    rows = fetch_all(
        f"SELECT runs_experiment.id FROM runs_experiment WHERE {where.text}"
        f" ORDER BY {column} {direction}, runs_experiment.id DESC LIMIT %s OFFSET %s",
        (*where.params, limit, offset),
    )
    return [pk for (pk,) in rows]
