"""/models/: list, search, read, create, edit and delete registered models, now and as they were."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from registry.addressing import model_not_found
from registry.api.examples import MODEL_CHANGES_EXAMPLE, MODEL_EXAMPLE, NEW_MODEL_EXAMPLE, PAST_MODEL_EXAMPLE
from registry.api.filters import ModelFacets
from registry.api.lists import RegistryView, now_or_then
from registry.api.parameters import AS_OF, MODEL_FILTER, MODEL_NAME, MODEL_ORDER
from registry.api.serializers import (
    ModelThenSerializer,
    NewRegisteredModelSerializer,
    RegisteredModelChangesSerializer,
    RegisteredModelSerializer,
)
from registry.models import RegisteredModel
from registry.queries.as_of import ModelThen, models_at, moment_of
from registry.queries.model_records import ModelRecord, model_records
from registry.queries.past_listing import PastListing
from registry.queries.past_records import PastModel, past_model, past_models
from registry.search.registered_model_search import compile_model_filter, compile_model_order
from registry.services.edits import edit_registered_model
from registry.services.registered_models import create_registered_model, delete_registered_model
from runs.api.examples import errors
from runs.api.parameters import CSV, check_parameters
from runs.queries.keyset_listing import KeysetListing
from trackui.replica import reads_replica
from trackui.search.sql import all_of

MODEL = {200: RegisteredModelSerializer}


class RegisteredModelViewSet(RegistryView, GenericViewSet):
    queryset = RegisteredModel.objects.none()  # for the schema alone: every action asks what the caller may see
    serializer_class = RegisteredModelSerializer
    filterset_class = ModelFacets

    @extend_schema(
        operation_id="models_list",
        summary="List and search registered models",
        parameters=[MODEL_FILTER, MODEL_ORDER, AS_OF],
        responses={
            (200, "application/json"): now_or_then(
                "ModelNowOrThen", RegisteredModelSerializer, ModelThenSerializer, many=True
            ),
            (200, "text/csv"): CSV,
            **errors(400),
        },
        examples=[MODEL_EXAMPLE, PAST_MODEL_EXAMPLE],
    )
    @reads_replica
    def list(self, request, **kwargs):
        """By name, or in the order asked for. `?format=csv` answers all that match at once as CSV.

        With `as_of`: the models there were, narrowed by `name` alone.
        """
        parameters = request.query_params
        as_of = moment_of(parameters.get("as_of", ""))
        if as_of is not None:
            check_parameters(parameters, ["as_of", "name"])
            return self.answer(self.past_listing(as_of), ModelThenSerializer, "models")
        check_parameters(parameters, ["q", "order_by", "as_of", *ModelFacets.known(parameters)])
        return self.answer(self.listing(), RegisteredModelSerializer, "models")

    def listing(self) -> KeysetListing[ModelRecord]:
        parameters = self.request.query_params
        chosen = ModelFacets.checked(parameters).condition()
        return KeysetListing(
            RegisteredModel.objects.visible_to(self.request.user).matching(
                all_of([compile_model_filter(parameters.get("q", "")), chosen])
            ),
            compile_model_order(parameters.getlist("order_by")),
            model_records,
        )

    def past_listing(self, as_of: int) -> PastListing[ModelThen, PastModel]:
        part = self.request.query_params.get("name", "").lower()
        found = [model for model in models_at(as_of, user=self.request.user) if part in model.name.lower()]
        return PastListing(found, lambda model: model.name, lambda models: past_models(models, as_of))

    @extend_schema(
        operation_id="models_retrieve",
        summary="Read a registered model",
        parameters=[MODEL_NAME, AS_OF],
        responses={
            200: now_or_then("ModelNowOrThen", RegisteredModelSerializer, ModelThenSerializer),
            **errors(400, 404),
        },
        examples=[MODEL_EXAMPLE, PAST_MODEL_EXAMPLE],
    )
    def retrieve(self, request, name, **kwargs):
        """With `as_of`: the model that is called so now, as it was; else the one that was called so then."""
        check_parameters(request.query_params, ["as_of"])
        as_of = moment_of(request.query_params.get("as_of", ""))
        if as_of is not None:
            return Response(ModelThenSerializer(past_model(name, as_of, user=request.user)).data)
        return self.shown(name)

    def shown(self, name: str, *, status: int = 200) -> Response:
        records = model_records(RegisteredModel.objects.visible_to(self.request.user).filter(name=name))
        if not records:
            raise model_not_found(name)
        return Response(self.get_serializer(records[0]).data, status=status)

    @extend_schema(
        operation_id="models_create",
        summary="Create a registered model",
        request=NewRegisteredModelSerializer,
        responses={201: RegisteredModelSerializer, **errors(400, 429)},
        examples=[NEW_MODEL_EXAMPLE, MODEL_EXAMPLE],
    )
    def create(self, request, **kwargs):
        """Without versions yet."""
        serializer = NewRegisteredModelSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        model = create_registered_model(**serializer.validated_data, user=request.user)
        return self.shown(model.name, status=201)

    @extend_schema(
        operation_id="models_partial_update",
        summary="Edit or rename a registered model",
        parameters=[MODEL_NAME],
        request=RegisteredModelChangesSerializer,
        responses={**MODEL, **errors(400, 404, 429)},
        examples=[MODEL_CHANGES_EXAMPLE, MODEL_EXAMPLE],
    )
    def partial_update(self, request, name, **kwargs):
        """All changes of a request are made, or none. Versions, aliases and tags go along with a new name."""
        serializer = RegisteredModelChangesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = serializer.validated_data
        edit_registered_model(
            name,
            new_name=changes.get("name"),
            description=changes.get("description"),
            tags=changes.get("tags", {}),
            user=request.user,
        )
        return self.shown(changes.get("name", name))

    @extend_schema(
        operation_id="models_destroy",
        summary="Delete a registered model",
        parameters=[MODEL_NAME],
        responses={204: None, **errors(404, 429)},
    )
    def destroy(self, request, name, **kwargs):
        """With its versions, aliases and tags, for good; what happened to it stays in the history."""
        delete_registered_model(name, user=request.user)
        return Response(status=204)
