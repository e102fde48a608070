"""What the lists of the registry are narrowed by, beside `q`; the same words as in the addresses of the pages."""

import django_filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from registry.models import EventKind, ModelEvent, ModelVersion, RegisteredModel, Stage
from registry.queries.choices import MODEL, MOST_DAYS, VERSION, ModelChoices, VersionChoices
from runs.api.filters import Facets, MomentFilter, ValuesFilter
from trackui.search.sql import TRUE, Sql, all_of, contains, in_values

KINDS = [("models", "models"), ("prompts", "prompts"), ("all", "both")]
TAGS = "tags."
MOST_TAGS = 20
REPEATED = "May be repeated."


class DaysFilter(django_filters.NumberFilter):
    def __init__(self, help_text: str) -> None:
        super().__init__(min_value=1, max_value=MOST_DAYS, help_text=help_text)


@extend_schema_field({"type": "array", "items": {"type": "string", "enum": Stage.values}})
class StagesFilter(django_filters.MultipleChoiceFilter):
    def __init__(self) -> None:
        super().__init__(choices=Stage, help_text=REPEATED)


@extend_schema_field({"type": "boolean"})
class FlagFilter(django_filters.ChoiceFilter):
    """Anything but yes and no is refused."""

    def __init__(self, help_text: str) -> None:
        super().__init__(choices=[(text, text) for text in ("true", "false", "1", "0")], help_text=help_text)


class RegistryFacets(Facets):
    """The cleaned values are choices for a search, not for a QuerySet."""

    stage = StagesFilter()
    user_id = ValuesFilter(help_text="Who made it.")
    tag = ValuesFilter(
        help_text="A key, or key=value. Where it is repeated, all of them. `tags.<key>=value` means the same."
    )

    @classmethod
    def known(cls, parameters: QueryDict) -> list[str]:
        """The names of these parameters that are facets."""
        return [*cls.base_filters, *(name for name in parameters if name.startswith(TAGS))]

    def tags(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = [text.partition("=") for text in self.values["tag"]]
        if not all(key for key, _, _ in found):
            raise ValidationError({"tag": ["A tag is a key, or key=value."]})
        named = [
            (name.removeprefix(TAGS), tuple(filter(None, self.data.getlist(name))))
            for name in self.data
            if name.startswith(TAGS)
        ]
        if len(found) + len(named) > MOST_TAGS:
            raise ValidationError({"tag": [f"At most {MOST_TAGS} tags."]})
        return (*((key, (value,) if sign else ()) for key, sign, value in found), *named)

    def is_set(self, flag: str) -> bool:
        return self.values[flag] in ("true", "1")


class ModelFacets(RegistryFacets):
    class Meta:
        model = RegisteredModel
        fields: list[str] = []

    name = django_filters.CharFilter(help_text="Part of the name, whatever its case.")
    stale = DaysFilter("Models without a new version for so many days.")
    production_older = DaysFilter("Models whose version in Production is older than so many days.")
    unaliased = FlagFilter("Models of which no version has an alias.")
    kind = django_filters.ChoiceFilter(choices=KINDS, help_text="Default: models.")

    def condition(self) -> Sql:
        values = self.values
        named = contains(f"{MODEL}.name", values["name"]) if values["name"] else TRUE
        choices = ModelChoices(
            stages=tuple(values["stage"]),
            stale_days=whole(values["stale"]),
            production_days=whole(values["production_older"]),
            is_unaliased=self.is_set("unaliased"),
            users=tuple(values["user_id"]),
            tags=self.tags(),
            kind=values["kind"] or "models",
        )
        return all_of([choices.condition(), named])


class VersionFacets(RegistryFacets):
    class Meta:
        model = ModelVersion
        fields: list[str] = []

    alias = ValuesFilter(help_text=f"{REPEATED} Any of them.")
    run_id = ValuesFilter(help_text=f"{REPEATED} Any of them.")
    stale = DaysFilter("Versions older than so many days.")
    unaliased = FlagFilter("Versions without an alias.")
    kind = django_filters.ChoiceFilter(choices=KINDS, help_text="Default: of all models, models; of one, all.")

    def condition(self, *, kind: str) -> Sql:
        """`kind`: where none is asked for."""
        values = self.values
        kind = values["kind"] or kind
        of_kind = TRUE if kind == "all" else Sql(f"{VERSION}.is_prompt = %s", (kind == "prompts",))
        of_runs = in_values(f"{VERSION}.run_id", values["run_id"]) if values["run_id"] else TRUE
        choices = VersionChoices(
            stages=tuple(values["stage"]),
            stale_days=whole(values["stale"]),
            is_unaliased=self.is_set("unaliased"),
            users=tuple(values["user_id"]),
            tags=self.tags(),
            aliases=tuple(values["alias"]),
            archived="show",
        )
        return all_of([of_kind, choices.condition(), of_runs])


class EventFacets(Facets):
    class Meta:
        model = ModelEvent
        fields: list[str] = []

    kind = django_filters.MultipleChoiceFilter(choices=EventKind.choices, help_text=REPEATED)
    version = django_filters.NumberFilter(
        min_value=1, max_value=2**31 - 1, help_text="Of this version; where an alias left it, too."
    )
    user_id = ValuesFilter(field_name="user_id", lookup_expr="in", help_text="Who did it.")
    since = MomentFilter("time", "gte")
    until = MomentFilter("time", "lt")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        values = self.values
        if values["kind"]:
            queryset = queryset.filter(kind__in=values["kind"])
        if values["version"] is not None:
            left = Q(kind__in=[EventKind.ALIAS_SET, EventKind.ALIAS_DELETED], before=str(values["version"]))
            queryset = queryset.filter(Q(version=values["version"]) | left)
        if values["user_id"]:
            queryset = queryset.filter(user_id__in=values["user_id"])
        if values["since"] is not None:
            queryset = queryset.filter(time__gte=values["since"])
        if values["until"] is not None:
            queryset = queryset.filter(time__lt=values["until"])
        return queryset


class AllEventFacets(EventFacets):
    name = ValuesFilter(help_text="What the model was called then; may be repeated.")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        queryset = super().filter_queryset(queryset)
        return queryset.filter(name__in=self.values["name"]) if self.values["name"] else queryset


def whole(days) -> int | None:
    return None if days is None else int(days)
