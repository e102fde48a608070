"""/runs/: list, read, edit, delete, restore, and the history of a metric; recording.py has what writes runs."""

from collections.abc import Sequence

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from runs.api.base import CSVRenderer, NativeView
from runs.api.examples import CHANGES_EXAMPLE, RUN_EXAMPLE, errors
from runs.api.filters import RunFacets
from runs.api.history import HistoryListing, HistoryPagination
from runs.api.pagination import CursorPagination
from runs.api.parameters import COLUMNS, CSV, METRIC_KEY, RUN_FILTER, RUN_ID, RUN_ORDER, check_parameters
from runs.api.recording import RecordingActions
from runs.api.run_csv import run_columns, run_table
from runs.api.serializers import PointSerializer, RunChangesSerializer, RunSerializer, tags_with_note
from runs.ingest.writer import run_not_found
from runs.models import Experiment, Run
from runs.queries.run_listing import RunListing
from runs.queries.run_summaries import run_summaries
from runs.search.facets import narrowed
from runs.search.run_search import Scope, compile_filter, compile_order_by
from runs.services.edits import edit_run
from runs.services.experiments import experiment_pk
from runs.services.runs import delete_run, restore_run
from trackui.errors import InvalidParameterValue
from trackui.replica import reads_replica

RUN = {200: RunSerializer}


class RunViewSet(RecordingActions, NativeView, GenericViewSet):
    lookup_field = "run_id"
    lookup_value_regex = "[^/.]+"
    queryset = Run.objects.none()  # for the schema alone: lists go through the search
    serializer_class = RunSerializer
    filterset_class = RunFacets
    pagination_class = CursorPagination

    def get_renderers(self):
        return [JSONRenderer(), CSVRenderer()] if self.action in ("list", "history") else [JSONRenderer()]

    @extend_schema(
        summary="List and search runs",
        parameters=[RUN_FILTER, RUN_ORDER, COLUMNS],
        responses={(200, "application/json"): RunSerializer(many=True), (200, "text/csv"): CSV, **errors(400)},
        examples=[RUN_EXAMPLE],
    )
    @reads_replica
    def list(self, request, **kwargs):
        """Newest first, or in the order asked for; each run with all its params, tags and metrics.

        `?format=csv`, or `/api/v1/runs.csv`, answers all matching runs at once as CSV.
        """
        listing = self.listing()
        if self.wants_csv():
            columns = run_columns(listing.experiments, request.query_params.get("columns", ""))
            return self.csv(run_table(listing.rows(), columns), "runs")
        rows = self.paginate_queryset(listing)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def listing(self) -> RunListing:
        parameters = self.request.query_params
        check_parameters(parameters, ["q", "order_by", "columns", *RunFacets.base_filters])
        facets = RunFacets.checked(parameters)
        experiments = self.experiments(facets.values["experiment_id"])
        scope = Scope(experiments)
        condition = compile_filter(parameters.get("q", ""), scope=scope)
        return RunListing(
            experiments=experiments,
            condition=narrowed(condition, facets.conditions()),
            ordering=compile_order_by(parameters.getlist("order_by"), scope=scope, natural=True),
            stages=facets.stages,
        )

    def experiments(self, asked: Sequence[str]) -> tuple[int, ...]:
        visible = Experiment.objects.visible_to(self.request.user)
        if asked:
            visible = visible.filter(pk__in=[experiment_pk(text) for text in asked])
        return tuple(visible.values_list("pk", flat=True))

    @extend_schema(summary="Read a run", parameters=[RUN_ID], responses={**RUN, **errors(404)}, examples=[RUN_EXAMPLE])
    def retrieve(self, request, run_id, **kwargs):
        return self.shown(run_id)

    def shown(self, run_id: str) -> Response:
        (summary,) = run_summaries([self.pk(run_id)])
        return Response(self.get_serializer(summary).data)

    def pk(self, run_id: str) -> int:
        pk = Run.objects.visible_to(self.request.user).filter(run_id=run_id).values_list("pk", flat=True).first()
        if pk is None:
            raise run_not_found(run_id)
        return pk

    @extend_schema(
        summary="Edit a run",
        parameters=[RUN_ID],
        request=RunChangesSerializer,
        examples=[CHANGES_EXAMPLE, RUN_EXAMPLE],
        responses={**RUN, **errors(400, 404)},
    )
    def partial_update(self, request, run_id, **kwargs):
        """All changes of a request are made, or none. A run that is finished without an `end_time` ends now."""
        serializer = RunChangesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        edit_run(run_id, tags=tags_with_note(changes), user=request.user, **changes)
        return self.shown(run_id)

    @extend_schema(summary="Delete a run", parameters=[RUN_ID], responses={204: None, **errors(404)})
    def destroy(self, request, run_id, **kwargs):
        """It is kept, out of sight, and can be restored. Deleting it again is fine."""
        delete_run(run_id, user=request.user)
        return Response(status=204)

    @extend_schema(summary="Restore a deleted run", parameters=[RUN_ID], request=None, responses={**RUN, **errors(404)})
    @action(detail=True, methods=["post"])
    def restore(self, request, run_id, **kwargs):
        restore_run(run_id, user=request.user)
        return self.shown(run_id)

    @extend_schema(
        summary="Read the history of a metric",
        parameters=[RUN_ID, METRIC_KEY],
        responses={
            (200, "application/json"): PointSerializer(many=True),
            (200, "text/csv"): CSV,
            **errors(400, 404),
        },
        filters=False,
    )
    @action(detail=True, pagination_class=HistoryPagination, serializer_class=PointSerializer)
    def history(self, request, run_id, **kwargs):
        """Every point logged, by step. `?format=csv` answers all of them at once."""
        check_parameters(request.query_params, ["key"])
        key = request.query_params.get("key")
        if not key:
            raise InvalidParameterValue("'key' names the metric: ?key=loss")
        listing = HistoryListing(self.pk(run_id), key)
        if self.wants_csv():
            return self.csv(listing.table(), f"{run_id}-{key}")
        points = self.paginate_queryset(listing)
        return self.get_paginated_response(self.get_serializer(points, many=True).data)
