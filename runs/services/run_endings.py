"""Tell webhooks that a run has ended."""

import logging
import math

from django.urls import reverse

from runs.models import MetricSummary, Param, Run, Webhook
from runs.search.compiler import compile_filter
from runs.search.scope import Scope
from runs.services.webhooks import enqueue, listeners
from runs.webhooks.events import RUN_FINISHED
from trackui.search.errors import SearchSyntaxError

logger = logging.getLogger(__name__)

# Of metrics and of params in a message: the first by name.
MOST_VALUES = 100


def announce_end(run: Run) -> None:
    """Inside the transaction that ended it, after all it wrote of the run.

    No statement where webhooks are off, one where none listens to runs. For those that do, two for each filter, and
    four for the message.
    """
    hearing = [webhook for webhook in listeners(RUN_FINISHED) if hears_of(webhook, run)]
    if hearing:
        enqueue(hearing, *RUN_FINISHED.split("."), run_message(run))


def hears_of(webhook: Webhook, run: Run) -> bool:
    if webhook.experiment_id not in (None, run.experiment_id):
        return False
    if not webhook.filter:
        return True
    try:
        condition = compile_filter(filter_of_one(run.run_id, webhook.filter), scope=Scope((run.experiment_id,)))
    except SearchSyntaxError as error:
        # It was understood when it was stored. A run must end all the same.
        logger.warning("The filter of webhook %s is not understood: %s", webhook.pk, error.message)
        return False
    return not condition.is_impossible and Run.objects.filter(pk=run.pk).matching(condition.where).exists()


def filter_of_one(run_id: str, text: str) -> str:
    """The same question about one run: what it takes to read points of many is done for that one alone."""
    return f"run_id = '{run_id}' AND ({text})"


def run_message(run: Run) -> dict:
    metrics = MetricSummary.objects.filter(run=run).order_by("key__name")
    params = Param.objects.filter(run=run).order_by("key__name")
    return {
        "run_id": run.run_id,
        "experiment_id": str(run.experiment_id),
        "name": run.name,
        "user_id": run.user_id,
        "status": str(run.status),
        "start_time": run.start_time,
        "end_time": run.end_time,
        "path": reverse("runs:run_detail", args=[run.run_id]),
        "metrics": {
            name: "NaN" if is_nan else spelled(value)
            for name, value, is_nan in metrics.values_list("key__name", "last_value", "last_is_nan")[:MOST_VALUES]
        },
        "params": dict(params.values_list("key__name", "value")[:MOST_VALUES]),
    }


def spelled(value: float) -> float | str:
    """JSON has no infinities."""
    return value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"
