"""/models/<name>/versions/ and /model-versions/: list, search, read, register, edit, promote and delete versions."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from registry.addressing import model_not_found, version_not_found, version_number
from registry.api.examples import (
    NEW_VERSION_EXAMPLE,
    PAST_VERSION_EXAMPLE,
    PROMOTION_EXAMPLE,
    VERSION_CHANGES_EXAMPLE,
    VERSION_EXAMPLE,
)
from registry.api.filters import VersionFacets
from registry.api.lists import RegistryView, now_or_then
from registry.api.parameters import AS_OF, MODEL_NAME, VERSION, VERSION_FILTER, VERSION_ORDER
from registry.api.serializers import (
    ModelVersionChangesSerializer,
    ModelVersionSerializer,
    NewModelVersionSerializer,
    PromotionSerializer,
    VersionThenSerializer,
)
from registry.models import ModelVersion, RegisteredModel
from registry.models.model_version import ModelVersionQuerySet
from registry.queries.as_of import moment_of
from registry.queries.model_records import VersionRecord, version_records
from registry.queries.past_listing import PastListing
from registry.queries.past_records import past_model
from registry.search.model_version_search import compile_version_filter, compile_version_order
from registry.services.edits import edit_model_version
from registry.services.model_versions import create_model_version, delete_model_version
from registry.services.promotion import promote
from runs.api.examples import errors
from runs.api.parameters import CSV, check_parameters
from runs.queries.keyset_listing import KeysetListing
from trackui.replica import reads_replica
from trackui.search.sql import all_of

ONE_VERSION = {200: ModelVersionSerializer}


@extend_schema(tags=["models"])
class ModelVersionViewSet(RegistryView, GenericViewSet):
    queryset = ModelVersion.objects.none()  # for the schema alone: every action asks what the caller may see
    serializer_class = ModelVersionSerializer
    filterset_class = VersionFacets

    @extend_schema(
        operation_id="model_versions_list_all",
        summary="Search versions of all models",
        parameters=[VERSION_FILTER, VERSION_ORDER],
        responses={(200, "application/json"): ModelVersionSerializer(many=True), (200, "text/csv"): CSV, **errors(400)},
        examples=[VERSION_EXAMPLE],
    )
    @reads_replica
    def list_all(self, request, **kwargs):
        """Last changed first, or in the order asked for. `?format=csv` answers all that match at once as CSV."""
        versions = ModelVersion.objects.visible_to(request.user)
        return self.answer(self.listing(versions, [], kind="models"), ModelVersionSerializer, "model-versions")

    @extend_schema(
        operation_id="model_versions_list",
        summary="List the versions of a model",
        parameters=[MODEL_NAME, VERSION_FILTER, VERSION_ORDER, AS_OF],
        responses={
            (200, "application/json"): now_or_then(
                "VersionNowOrThen", ModelVersionSerializer, VersionThenSerializer, many=True
            ),
            (200, "text/csv"): CSV,
            **errors(400, 404),
        },
        examples=[VERSION_EXAMPLE, PAST_VERSION_EXAMPLE],
    )
    @reads_replica
    def list(self, request, name, **kwargs):
        """The newest first, or in the order asked for. With `as_of`: those there were, deleted ones too."""
        as_of = moment_of(request.query_params.get("as_of", ""))
        if as_of is not None:
            check_parameters(request.query_params, ["as_of"])
            versions = past_model(name, as_of, user=request.user).versions()
            past = PastListing(versions, lambda one: -one.version, list)
            return self.answer(past, VersionThenSerializer, f"{name} versions")
        model = RegisteredModel.objects.visible_to(request.user).filter(name=name).first()
        if model is None:
            raise model_not_found(name)
        versions = ModelVersion.objects.visible_to(request.user).filter(registered_model=model)
        listing = self.listing(versions, ["version_number DESC"], kind="all")
        return self.answer(listing, ModelVersionSerializer, f"{name} versions")

    def listing(
        self, versions: ModelVersionQuerySet, order_by: list[str], *, kind: str
    ) -> KeysetListing[VersionRecord]:
        """`order_by`, `kind`: where none is asked for."""
        parameters = self.request.query_params
        check_parameters(parameters, ["q", "order_by", "as_of", *VersionFacets.known(parameters)])
        chosen = VersionFacets.checked(parameters).condition(kind=kind)
        return KeysetListing(
            versions.matching(all_of([compile_version_filter(parameters.get("q", "")), chosen])),
            compile_version_order(parameters.getlist("order_by") or order_by),
            version_records,
        )

    @extend_schema(
        operation_id="model_versions_retrieve",
        summary="Read a version",
        parameters=[MODEL_NAME, VERSION, AS_OF],
        responses={
            200: now_or_then("VersionNowOrThen", ModelVersionSerializer, VersionThenSerializer),
            **errors(400, 404),
        },
        examples=[VERSION_EXAMPLE, PAST_VERSION_EXAMPLE],
    )
    def retrieve(self, request, name, version, **kwargs):
        check_parameters(request.query_params, ["as_of"])
        as_of = moment_of(request.query_params.get("as_of", ""))
        if as_of is None:
            return self.shown(name, version)
        model, number = past_model(name, as_of, user=request.user), version_number(version)
        if number not in model.state.stages:
            raise version_not_found(name, version)
        return Response(VersionThenSerializer(model.version(number)).data)

    def shown(self, name: str, version: str | int, *, status: int = 200) -> Response:
        versions = ModelVersion.objects.visible_to(self.request.user)
        records = version_records(versions.filter(registered_model__name=name, version=version_number(version)))
        if not records:
            raise version_not_found(name, version)
        return Response(self.get_serializer(records[0]).data, status=status)

    @extend_schema(
        operation_id="model_versions_create",
        summary="Register a version",
        parameters=[MODEL_NAME],
        request=NewModelVersionSerializer,
        responses={201: ModelVersionSerializer, **errors(400, 404, 429)},
        examples=[NEW_VERSION_EXAMPLE, VERSION_EXAMPLE],
    )
    def create(self, request, name, **kwargs):
        """It gets the next number of its model, which is never given again."""
        serializer = NewModelVersionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        version = create_model_version(name, **serializer.validated_data, user=request.user)
        return self.shown(name, version.version, status=201)

    @extend_schema(
        operation_id="model_versions_partial_update",
        summary="Edit a version",
        parameters=[MODEL_NAME, VERSION],
        request=ModelVersionChangesSerializer,
        responses={**ONE_VERSION, **errors(400, 404, 429)},
        examples=[VERSION_CHANGES_EXAMPLE, VERSION_EXAMPLE],
    )
    def partial_update(self, request, name, version, **kwargs):
        """All changes of a request are made, or none."""
        serializer = ModelVersionChangesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changes = serializer.validated_data
        edit_model_version(
            *(name, version),
            description=changes.get("description"),
            tags=changes.get("tags", {}),
            user=request.user,
        )
        return self.shown(name, version)

    @extend_schema(
        operation_id="model_versions_destroy",
        summary="Delete a version",
        parameters=[MODEL_NAME, VERSION],
        responses={204: None, **errors(400, 404, 429)},
    )
    def destroy(self, request, name, version, **kwargs):
        """With its aliases and tags, for good. Its number is not given again; the files stay where they are."""
        delete_model_version(name, version, user=request.user)
        return Response(status=204)

    @extend_schema(
        operation_id="model_versions_promote",
        summary="Promote a version",
        parameters=[MODEL_NAME, VERSION],
        request=PromotionSerializer,
        responses={**ONE_VERSION, **errors(400, 404, 429)},
        examples=[PROMOTION_EXAMPLE, VERSION_EXAMPLE],
    )
    def promote(self, request, name, version, **kwargs):
        """Its stage, its aliases and what becomes of the version before it, in one transaction."""
        serializer = PromotionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        promote(name, version, **serializer.validated_data, user=request.user)
        return self.shown(name, version)
