"""runs/search"""

from collections.abc import Sequence

from runs.mlflow_api.payloads import run_payload
from runs.models import Experiment, LifecycleStage
from runs.queries.run_records import run_records
from runs.search.keyset import position_of
from runs.search.run_search import Scope, compile_filter, compile_order_by, search_run_ids
from runs.services.experiments import experiment_pk
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import Request, ViewType
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView
from trackui.replica import reads_replica

MAX_RESULTS = 50_000
MAX_EXPERIMENTS = 50_000

STAGES = {
    ViewType.ACTIVE_ONLY: (LifecycleStage.ACTIVE,),
    ViewType.DELETED_ONLY: (LifecycleStage.DELETED,),
    ViewType.ALL: (LifecycleStage.ACTIVE, LifecycleStage.DELETED),
}


def check_max_results(max_results: int, at_most: int = MAX_RESULTS) -> int:
    """The size of a page, or a refusal in MLflow's words."""
    if 1 <= max_results <= at_most:
        return max_results
    bound = "a positive integer" if max_results < 1 else f"at most {at_most}"
    raise InvalidParameterValue(f"Invalid value {max_results} for parameter 'max_results' supplied. It must be {bound}")


def readable_among(experiment_ids: Sequence[str], *, user) -> tuple[int, ...]:
    """Keys of those experiments that exist and the caller may read."""
    if len(experiment_ids) > MAX_EXPERIMENTS:
        raise InvalidParameterValue(f"A search can name at most {MAX_EXPERIMENTS} experiments.")
    wanted = sorted({experiment_pk(experiment_id) for experiment_id in experiment_ids})
    found: list[int] = []
    for start in range(0, len(wanted), 1000):
        chunk = wanted[start : start + 1000]
        found += Experiment.objects.visible_to(user).filter(pk__in=chunk).values_list("pk", flat=True)
    return tuple(found)


class SearchRuns(MlflowView):  # POST runs/search
    class request_body(Request):
        experiment_ids: list[str] = []
        filter: str = ""
        run_view_type: ViewType = ViewType.ACTIVE_ONLY
        max_results: int = 1000
        order_by: list[str] = []
        page_token: str = ""

    @reads_replica
    def answer(self, data):
        limit = check_max_results(data.max_results)
        scope = Scope(readable_among(data.experiment_ids, user=self.user))
        condition = compile_filter(data.filter, scope=scope)
        ordering = compile_order_by(data.order_by, scope=scope)
        query = (data.experiment_ids, data.filter, data.order_by, data.run_view_type.value)
        position = read_page_token(data.page_token, *query) if data.page_token else None
        # One more than asked for tells whether there is a next page.
        stages = STAGES[data.run_view_type]
        pks = search_run_ids(scope.experiments, condition, ordering, stages=stages, limit=limit + 1, position=position)
        page = pks[:limit]
        answer = {"runs": [run_payload(record) for record in run_records(page, with_model_inputs=False)]}
        if len(pks) > limit:
            answer["next_page_token"] = make_page_token(position_of("runs_run", ordering.terms, page[-1]), *query)
        return answer
