"""What the lists of the registry share: pages, CSV, and the past."""

import json
from collections.abc import Iterator

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import Serializer

from runs.api.base import CSVRenderer, NativeView
from runs.api.pagination import CursorPagination, Listing

CSV_ACTIONS = ("list", "list_all")


class RegistryView(NativeView):
    """Mixed into view sets, before DRF's."""

    pagination_class = CursorPagination

    def get_renderers(self):
        return [JSONRenderer(), CSVRenderer()] if self.action in CSV_ACTIONS else [JSONRenderer()]

    def answer(self, listing: Listing, serializer: type[Serializer], name: str):
        """A page of the listing, or all of it as CSV."""
        context = self.get_serializer_context()
        if self.wants_csv():
            return self.csv(table(listing, serializer(context=context)), name)
        rows = self.paginate_queryset(listing)
        return self.get_paginated_response(serializer(rows, many=True, context=context).data)


def table(listing: Listing, serializer: Serializer) -> Iterator[list]:
    """The header, then a row each; objects and lists as JSON."""
    yield list(serializer.fields)
    for row in listing.rows():
        yield [flat(value) for value in serializer.to_representation(row).values()]


def flat(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def now_or_then(name: str, now: type[Serializer], then: type[Serializer], *, many: bool = False):
    """For the schema: what an address answers, and what it answers with `as_of`."""
    return PolymorphicProxySerializer(
        component_name=name, serializers=[now, then], resource_type_field_name=None, many=many
    )
