"""experiments/search, experiments/search-datasets"""

from runs.mlflow_api.experiments import experiment_payloads
from runs.mlflow_api.search_runs import STAGES, check_max_results, readable_among
from runs.models import Experiment
from runs.models.access import readable_experiments
from runs.queries.found_objects import found_pks
from runs.search.experiment_search import compile_experiment_filter, compile_experiment_order
from runs.search.keyset import later_than, position_of
from trackui.db import fetch_all, in_list
from trackui.errors import InvalidParameterValue
from trackui.mlflow_api.fields import Request, ViewType, missing
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView
from trackui.replica import reads_replica
from trackui.search.sql import Sql, all_of, in_values

MAX_DATASET_SUMMARIES = 1000
MAX_DATASET_EXPERIMENTS = 20


class SearchExperiments(MlflowView):  # GET, POST experiments/search
    methods = ("GET", "POST")

    class request_body(Request):
        max_results: int = 1000
        page_token: str = ""
        filter: str = ""
        order_by: list[str] = []
        view_type: ViewType = ViewType.ACTIVE_ONLY

    @reads_replica
    def answer(self, data):
        limit = check_max_results(data.max_results)
        query = (data.filter, data.order_by, data.view_type.value)
        where = all_of(
            [
                in_values("lifecycle_stage", [str(stage) for stage in STAGES[data.view_type]]),
                Sql(*readable_experiments(self.user, "id")),
                compile_experiment_filter(data.filter),
            ]
        )
        order = compile_experiment_order(data.order_by)
        if data.page_token:
            where = all_of([where, later_than(order, read_page_token(data.page_token, *query))])
        # One more than asked for tells whether there is a next page.
        pks = found_pks("runs_experiment", where, order, limit=limit + 1)
        found = Experiment.objects.in_bulk(pks[:limit])
        answer = {"experiments": experiment_payloads([found[pk] for pk in pks[:limit]])}
        if len(pks) > limit:
            answer["next_page_token"] = make_page_token(position_of("runs_experiment", order, pks[limit - 1]), *query)
        return answer


class SearchDatasets(MlflowView):  # POST experiments/search-datasets
    class request_body(Request):
        experiment_ids: list[str] = []

    @reads_replica
    def answer(self, data):
        if not data.experiment_ids:
            raise missing("experiment_ids")
        if len(data.experiment_ids) > MAX_DATASET_EXPERIMENTS:
            raise InvalidParameterValue(f"A request can name at most {MAX_DATASET_EXPERIMENTS} experiments.")
        experiments = readable_among(data.experiment_ids, user=self.user)
        rows = experiments and fetch_all(
            "SELECT DISTINCT d.experiment_id, d.name, d.digest, t.value FROM runs_dataset d "
            "JOIN runs_runinput i ON i.dataset_id = d.id "
            "LEFT JOIN runs_inputtag t ON t.run_input_id = i.id AND t.name = 'mlflow.data.context' "
            f"WHERE d.experiment_id IN {in_list(experiments)} ORDER BY 1, 2, 3, 4 LIMIT {MAX_DATASET_SUMMARIES}",
            experiments,
        )
        return {"dataset_summaries": [_summary(*row) for row in rows]}


def _summary(experiment: int, name: str, digest: str, context: str | None) -> dict:
    summary = {"experiment_id": str(experiment), "name": name, "digest": digest}
    return summary if context is None else {**summary, "context": context}
