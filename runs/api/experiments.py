"""/experiments/: list, read, create, edit, delete, restore."""

from collections.abc import Iterator

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from runs.api.base import CSVRenderer, NativeView
from runs.api.examples import CHANGES_EXAMPLE, EXPERIMENT_EXAMPLE, errors
from runs.api.filters import ExperimentFacets
from runs.api.pagination import CursorPagination
from runs.api.parameters import CSV, EXPERIMENT_FILTER, EXPERIMENT_ID, EXPERIMENT_ORDER, check_parameters
from runs.api.serializers import (
    ExperimentChangesSerializer,
    ExperimentSerializer,
    NewExperimentSerializer,
    tags_with_note,
)
from runs.models import Experiment
from runs.queries.experiment_listing import ExperimentSummary, experiment_summaries
from runs.queries.keyset_listing import KeysetListing
from runs.search.experiment_search import compile_experiment_filter, compile_experiment_order
from runs.services.edits import edit_experiment
from runs.services.experiments import (
    create_experiment,
    delete_experiment,
    experiment_pk,
    not_found,
    restore_experiment,
)
from trackui.replica import reads_replica

EXPERIMENT = {200: ExperimentSerializer}


class ExperimentViewSet(NativeView, GenericViewSet):
    lookup_field = "experiment_id"
    lookup_value_regex = "[^/.]+"
    queryset = Experiment.objects.none()  # for the schema alone: every action asks what the caller may see
    serializer_class = ExperimentSerializer
    filterset_class = ExperimentFacets
    pagination_class = CursorPagination

    def get_renderers(self):
        return [JSONRenderer(), CSVRenderer()] if self.action == "list" else [JSONRenderer()]

    @extend_schema(
        summary="List and search experiments",
        parameters=[EXPERIMENT_FILTER, EXPERIMENT_ORDER],
        responses={
            (200, "application/json"): ExperimentSerializer(many=True),
            (200, "text/csv"): CSV,
            **errors(400),
        },
        examples=[EXPERIMENT_EXAMPLE],
    )
    @reads_replica
    def list(self, request, **kwargs):
        """Newest first, or in the order asked for. `?format=csv` answers all that match at once as CSV."""
        listing = self.listing()
        if self.wants_csv():
            return self.csv(experiment_table(listing), "experiments")
        rows = self.paginate_queryset(listing)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def listing(self) -> KeysetListing[ExperimentSummary]:
        parameters = self.request.query_params
        check_parameters(parameters, ["q", "order_by", *ExperimentFacets.base_filters])
        visible = Experiment.objects.visible_to(self.request.user)
        return KeysetListing(
            ExperimentFacets.checked(parameters, visible).qs.matching(
                compile_experiment_filter(parameters.get("q", ""))
            ),
            compile_experiment_order(parameters.getlist("order_by")),
            experiment_summaries,
        )

    @extend_schema(
        summary="Read an experiment",
        parameters=[EXPERIMENT_ID],
        responses={**EXPERIMENT, **errors(404)},
        examples=[EXPERIMENT_EXAMPLE],
    )
    def retrieve(self, request, experiment_id, **kwargs):
        return self.shown(experiment_id)

    def shown(self, experiment_id: str, *, status: int = 200) -> Response:
        found = Experiment.objects.visible_to(self.request.user).filter(pk=experiment_pk(experiment_id))
        summaries = experiment_summaries(found)
        if not summaries:
            raise not_found(experiment_id)
        return Response(self.get_serializer(summaries[0]).data, status=status)

    @extend_schema(
        summary="Create an experiment",
        request=NewExperimentSerializer,
        responses={201: ExperimentSerializer, **errors(400)},
        examples=[EXPERIMENT_EXAMPLE],
    )
    def create(self, request, **kwargs):
        serializer = NewExperimentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = dict(serializer.validated_data)
        experiment = create_experiment(
            data["name"],
            artifact_location=data.get("artifact_location", ""),
            tags=tags_with_note(data),
            user=request.user,
        )
        return self.shown(experiment.experiment_id, status=201)

    @extend_schema(
        summary="Edit an experiment",
        parameters=[EXPERIMENT_ID],
        request=ExperimentChangesSerializer,
        responses={**EXPERIMENT, **errors(400, 404)},
        examples=[CHANGES_EXAMPLE, EXPERIMENT_EXAMPLE],
    )
    def partial_update(self, request, experiment_id, **kwargs):
        """All changes of a request are made, or none."""
        serializer = ExperimentChangesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = dict(serializer.validated_data)
        edit_experiment(experiment_id, name=changes.get("name"), tags=tags_with_note(changes), user=request.user)
        return self.shown(experiment_id)

    @extend_schema(summary="Delete an experiment", parameters=[EXPERIMENT_ID], responses={204: None, **errors(404)})
    def destroy(self, request, experiment_id, **kwargs):
        """It is kept with its runs, out of sight, and can be restored. Its name stays taken."""
        delete_experiment(experiment_id, user=request.user)
        return Response(status=204)

    @extend_schema(
        summary="Restore a deleted experiment",
        parameters=[EXPERIMENT_ID],
        request=None,
        responses={**EXPERIMENT, **errors(404)},
    )
    @action(detail=True, methods=["post"])
    def restore(self, request, experiment_id, **kwargs):
        """Its runs come back with it."""
        restore_experiment(experiment_id, user=request.user)
        return self.shown(experiment_id)


ATTRIBUTES = ("experiment_id", "name", "lifecycle_stage", "artifact_location", "creation_time", "last_update_time")


def experiment_table(listing: KeysetListing[ExperimentSummary]) -> Iterator[list]:
    """The header, then a row an experiment."""
    yield [*ATTRIBUTES, "note"]
    for row in listing.rows():
        yield [*(getattr(row.experiment, name) for name in ATTRIBUTES), row.note]
