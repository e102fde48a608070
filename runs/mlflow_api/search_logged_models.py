"""logged-models/search"""

import msgspec

from runs.mlflow_api.payloads import logged_model_payload
from runs.mlflow_api.search_runs import readable_among
from runs.models import LoggedModel
from runs.queries.found_objects import found_pks
from runs.search.keyset import later_than, position_of
from runs.search.logged_model_search import (
    DatasetChoice,
    LoggedModelOrder,
    compile_logged_model_filter,
    compile_logged_model_order,
)
from trackui.mlflow_api.fields import Request, invalid
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView
from trackui.replica import reads_replica
from trackui.search.sql import Sql, all_of, in_values

DEFAULT_RESULTS = 50
MAX_RESULTS = 1000


class DatasetFields(Request):
    dataset_name: str
    dataset_digest: str = ""


class OrderFields(Request):
    field_name: str
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


class SearchLoggedModels(MlflowView):  # POST logged-models/search
    class request_body(Request):
        experiment_ids: list[str] = []
        filter: str = ""
        datasets: list[DatasetFields] = []
        max_results: int = DEFAULT_RESULTS
        order_by: list[OrderFields] = []
        page_token: str = ""

    @reads_replica
    def answer(self, data):
        limit = data.max_results or DEFAULT_RESULTS
        if not 1 <= limit <= MAX_RESULTS:
            raise invalid("max_results", limit, f"It must lie between 1 and {MAX_RESULTS}.")
        experiments = readable_among(data.experiment_ids, user=self.user)
        datasets = [DatasetChoice(dataset.dataset_name, dataset.dataset_digest) for dataset in data.datasets]
        where = compile_logged_model_filter(data.filter, datasets=datasets)
        order = compile_logged_model_order([LoggedModelOrder(**msgspec.structs.asdict(o)) for o in data.order_by])
        query = (data.experiment_ids, data.filter, data.datasets, data.order_by)
        if not experiments:
            return {}
        if data.page_token:
            where = all_of([where, later_than(order, read_page_token(data.page_token, *query))])
        where = all_of([in_values("experiment_id", experiments), Sql("deleted_time IS NULL"), where])
        # One more than asked for tells whether there is a next page.
        pks = found_pks("runs_loggedmodel", where, order, limit=limit + 1)
        answer = {"models": _payloads(pks[:limit])}
        if len(pks) > limit:
            answer["next_page_token"] = make_page_token(position_of("runs_loggedmodel", order, pks[limit - 1]), *query)
        return answer


def _payloads(pks: list[int]) -> list[dict]:
    """Four statements, however many models."""
    models = LoggedModel.objects.prefetch_related("params", "tags", "metrics").in_bulk(pks)
    return [logged_model_payload(models[pk]) for pk in pks]
