"""Runs as a table: of one experiment, or of all at once; its columns."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.models import Experiment, Page
from runs.queries.baseline import find_baseline
from runs.queries.experiment_list import experiment_row
from runs.queries.run_scope import scope_of
from runs.queries.run_set import MOST_CHOSEN
from runs.queries.run_table import run_table
from runs.queries.run_table_options import CHILDREN, PAGE_SIZES
from runs.queries.scope_summary import scope_summary
from runs.views.run_list_problems import address_problems
from runs.views.run_sets import chosen_experiments, chosen_runs, table_options, visible_experiment
from runs.views.saved_views import opens_default_view
from trackui.http import render_page


@dataclass(frozen=True)
class RunListAddresses:
    """Where a run table and what belongs to it are; without an experiment, that of all runs."""

    experiment: Experiment | None

    @property
    def page(self) -> str:
        return self._of("run_list")

    @property
    def columns(self) -> str:
        return self._of("run_columns")

    @property
    def baseline(self) -> str:
        return self._of("run_baseline")

    @property
    def complete(self) -> str:
        return self._of("completion")

    @property
    def condition(self) -> str:
        return self._of("add_condition")

    def file(self, form: str) -> str:
        return self._of("run_list_file", form)

    @property
    def csv(self) -> str:
        return self.file("csv")

    @property
    def json(self) -> str:
        return self.file("json")

    @property
    def parquet(self) -> str:
        return self.file("parquet")

    def _of(self, name: str, *args: str) -> str:
        if self.experiment is None:
            return reverse(f"runs:all_{name}", args=args)
        return reverse(f"runs:{name}", args=[self.experiment.pk, *args])


@require_safe
@gzip_page
@opens_default_view(Page.RUNS)
def run_list(request: HttpRequest, experiment_id: int):
    experiment = visible_experiment(request, experiment_id)
    context = {
        "experiment": experiment,
        "row": experiment_row(experiment),
        **_table(request, experiment.pk, experiment),
    }
    return _page(request, "runs/run_list.html", context)


@require_safe
@gzip_page
@opens_default_view(Page.RUNS)
def all_run_list(request: HttpRequest):
    """Of all experiments, or of those that `experiments=1,2` names."""
    chosen = chosen_experiments(request)
    scope = scope_of(chosen.pks)
    context = {"chosen": chosen, "row": scope_summary(scope), **_table(request, scope, None)}
    return _page(request, "runs/all_run_list.html", context)


def _table(request, experiments, experiment: Experiment | None) -> dict:
    options = table_options(request)
    baseline = find_baseline(request.GET.get("baseline", ""), user=request.user, experiment=experiment)
    table = run_table(experiments, options, baseline=baseline and baseline.run)
    shown = {row.run.run_id for row in table.rows}
    ticked = chosen_runs(request)[:MOST_CHOSEN]
    return {
        "options": options,
        "baseline": baseline,
        "table": table,
        "problems": [] if table.error else address_problems(request.GET, experiments, table),
        # Those on this page, and those that go along from others.
        "ticked": frozenset(ticked),
        "carried": [run_id for run_id in ticked if run_id not in shown],
        "addresses": RunListAddresses(experiment),
        "page_sizes": PAGE_SIZES,
        "child_choices": CHILDREN,
        "server_address": request.build_absolute_uri("/").rstrip("/"),
    }


def _page(request, template: str, context: dict):
    status = 400 if context["table"].error else 200
    return render_page(request, template, context, fragment="runs/_run_table.html", status=status)
