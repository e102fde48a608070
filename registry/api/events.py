"""/models/<name>/events/ and /model-events/: what happened, of one model and of all."""

from drf_spectacular.utils import extend_schema
from rest_framework.viewsets import GenericViewSet

from registry.addressing import model_not_found
from registry.api.examples import EVENT_EXAMPLE
from registry.api.filters import AllEventFacets, EventFacets
from registry.api.lists import RegistryView
from registry.api.parameters import MODEL_NAME
from registry.api.serializers import ModelEventSerializer
from registry.models import ModelEvent, RegisteredModel
from registry.models.model_event import ModelEventQuerySet
from runs.api.examples import errors
from runs.api.filters import Facets
from runs.api.parameters import CSV, check_parameters
from runs.queries.keyset_listing import KeysetListing
from trackui.replica import reads_replica
from trackui.search.sql import PlainTerm, Sql

NEWEST_FIRST = (PlainTerm(Sql("registry_modelevent.time"), True), PlainTerm(Sql("registry_modelevent.id"), True))
EVENTS = {(200, "application/json"): ModelEventSerializer(many=True), (200, "text/csv"): CSV}


class EventView(RegistryView, GenericViewSet):
    queryset = ModelEvent.objects.none()  # for the schema alone
    serializer_class = ModelEventSerializer

    def listing(self, events: ModelEventQuerySet, facets: type[Facets]) -> KeysetListing[ModelEvent]:
        check_parameters(self.request.query_params, facets.base_filters)
        return KeysetListing(facets.checked(self.request.query_params, events).qs, NEWEST_FIRST, list)


class ModelEventViewSet(EventView):
    filterset_class = EventFacets

    @extend_schema(
        operation_id="model_events_list",
        summary="Read the history of a model",
        parameters=[MODEL_NAME],
        responses={**EVENTS, **errors(400, 404)},
        examples=[EVENT_EXAMPLE],
    )
    @reads_replica
    def list(self, request, name, **kwargs):
        """Newest first, under all names it had. `?format=csv` answers all of it at once as CSV."""
        model = RegisteredModel.objects.visible_to(request.user).filter(name=name).first()
        if model is None:
            raise model_not_found(name)
        events = ModelEvent.objects.visible_to(request.user).filter(registered_model=model)
        return self.answer(self.listing(events, EventFacets), ModelEventSerializer, f"{name} events")


@extend_schema(tags=["models"])
class AllEventViewSet(EventView):
    filterset_class = AllEventFacets

    @extend_schema(
        operation_id="model_events_list_all",
        summary="Read the history of all models",
        responses={**EVENTS, **errors(400)},
        examples=[EVENT_EXAMPLE],
    )
    @reads_replica
    def list_all(self, request, **kwargs):
        """Newest first, of deleted models too. `?format=csv` answers all of it at once as CSV."""
        listing = self.listing(ModelEvent.objects.visible_to(request.user), AllEventFacets)
        return self.answer(listing, ModelEventSerializer, "model-events")
