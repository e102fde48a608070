"""registered-models/search, model-versions/search"""

from __future__ import annotations

from collections.abc import Sequence

from registry.mlflow_api.payloads import model_payloads, version_payloads
from registry.models import RegisteredModel
from registry.models.access import readable_models
from registry.queries.version_records import version_records
from registry.search.model_version_search import compile_version_order, compile_version_search
from registry.search.registered_model_search import compile_model_order, compile_model_search
from registry.search.starts import Search
from runs.mlflow_api.search_runs import check_max_results
from runs.queries.found_objects import found_pks
from runs.search.keyset import later_than, position_of
from trackui.db import fetch_objects
from trackui.mlflow_api.fields import Request
from trackui.mlflow_api.page_tokens import make_page_token, read_page_token
from trackui.mlflow_api.views import MlflowView
from trackui.replica import reads_replica
from trackui.search.sql import PlainTerm, Sql, all_of, among

MAX_MODELS = 1_000
MAX_VERSIONS = 200_000


def page(
    data, search: Search, terms: Sequence[PlainTerm], *, readable: tuple[str, tuple], limit: int
) -> tuple[list[int], str]:
    """Primary keys of the rows on a page that are `readable`, and the token of the next one, blank at the end."""
    query = (search.table, data.filter, data.order_by)
    where = all_of([Sql(*readable), search.where])
    if data.page_token:
        where = all_of([where, later_than(terms, read_page_token(data.page_token, *query))])
    # One more than asked for tells whether there is a next page.
    pks = found_pks(search.source, where, terms, limit=limit + 1)
    if len(pks) <= limit:
        return pks, ""
    return pks[:limit], make_page_token(position_of(search.table, terms, pks[limit - 1]), *query)


def answered(name: str, payloads: list[dict], token: str) -> dict:
    """An empty list and an empty token are left out."""
    return {key: value for key, value in ((name, payloads), ("next_page_token", token)) if value}


class SearchRequest(Request):
    filter: str = ""
    order_by: list[str] = []
    page_token: str = ""


class SearchRegisteredModels(MlflowView):  # GET registered-models/search, and POST, as R asks
    methods = ("GET", "POST")

    class request_body(SearchRequest):
        max_results: int = 100

    @reads_replica
    def answer(self, data):
        limit = check_max_results(data.max_results, MAX_MODELS)
        search, terms = compile_model_search(data.filter), compile_model_order(data.order_by)
        readable = readable_models(self.user, f"{search.table}.id")
        pks, token = page(data, search, terms, readable=readable, limit=limit)
        found = among("id", pks)
        models = {model.pk: model for model in fetch_objects(RegisteredModel, found.text, found.params)}
        return answered("registered_models", model_payloads([models[pk] for pk in pks if pk in models]), token)


class SearchModelVersions(MlflowView):  # GET model-versions/search, and POST like that of models
    methods = ("GET", "POST")

    class request_body(SearchRequest):
        max_results: int = MAX_VERSIONS

    @reads_replica
    def answer(self, data):
        limit = check_max_results(data.max_results, MAX_VERSIONS)
        search, terms = compile_version_search(data.filter), compile_version_order(data.order_by)
        readable = readable_models(self.user, f"{search.table}.registered_model_id")
        pks, token = page(data, search, terms, readable=readable, limit=limit)
        return answered("model_versions", version_payloads(version_records(pks)), token)
