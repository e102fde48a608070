"""/models/<name>/aliases/<alias>/: which version it points to."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from registry.addressing import model_not_found
from registry.api.examples import ALIAS_EXAMPLE, ALIAS_TARGET_EXAMPLE
from registry.api.lists import RegistryView
from registry.api.parameters import ALIAS, MODEL_NAME, NOTE
from registry.api.serializers import AliasSerializer, AliasTargetSerializer
from registry.models import ModelAlias, RegisteredModel
from registry.services.aliases import delete_alias, set_alias
from runs.api.examples import errors
from runs.api.parameters import check_parameters
from trackui.errors import ResourceDoesNotExist, shorten

ONE_ALIAS = {200: AliasSerializer}


class AliasViewSet(RegistryView, GenericViewSet):
    queryset = ModelAlias.objects.none()  # for the schema alone
    serializer_class = AliasSerializer

    @extend_schema(
        operation_id="model_aliases_retrieve",
        summary="Read an alias",
        parameters=[MODEL_NAME, ALIAS],
        responses={**ONE_ALIAS, **errors(404)},
        examples=[ALIAS_EXAMPLE],
    )
    def retrieve(self, request, name, alias, **kwargs):
        model = RegisteredModel.objects.visible_to(request.user).filter(name=name).first()
        if model is None:
            raise model_not_found(name)
        found = model.aliases.filter(alias=alias).values_list("model_version__version", flat=True).first()
        if found is None:
            raise ResourceDoesNotExist(f"The model '{shorten(name)}' has no alias '{shorten(alias)}'.")
        return shown(name, alias, found)

    @extend_schema(
        operation_id="model_aliases_update",
        summary="Point an alias to a version",
        parameters=[MODEL_NAME, ALIAS],
        request=AliasTargetSerializer,
        responses={**ONE_ALIAS, **errors(400, 404, 429)},
        examples=[ALIAS_TARGET_EXAMPLE, ALIAS_EXAMPLE],
    )
    def update(self, request, name, alias, **kwargs):
        """A new one, or one that pointed elsewhere. `latest` and `v3` cannot be aliases."""
        serializer = AliasTargetSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        set_alias(name, alias, **serializer.validated_data, user=request.user)
        return shown(name, alias, serializer.validated_data["version"])

    @extend_schema(
        operation_id="model_aliases_destroy",
        summary="Delete an alias",
        parameters=[MODEL_NAME, ALIAS, NOTE],
        responses={204: None, **errors(404, 429)},
    )
    def destroy(self, request, name, alias, **kwargs):
        """Its version stays. Deleting one that is not there is fine."""
        check_parameters(request.query_params, ["note"])
        delete_alias(name, alias, note=request.query_params.get("note", ""), user=request.user)
        return Response(status=204)


def shown(name: str, alias: str, version: int) -> Response:
    return Response({"name": name, "alias": alias, "version": version})
