"""What addresses narrow models and versions by, checked by django-filter: `?stage=Staging&stale=30`."""

from __future__ import annotations

import django_filters
from django import forms
from django.http import QueryDict

from registry.models import ModelVersion, RegisteredModel, Stage
from registry.queries.choices import MOST_DAYS, UNLESS_BLANK, ModelChoices, VersionChoices
from runs.filters import TextsFilter
from trackui.errors import shorten

MOST_TAGS = 20
TAGS = "tags."
KINDS = (("models", "models"), ("prompts", "prompts"), ("all", "both"))
ARCHIVED = (("hide", "hidden"), ("show", "shown"), ("only", "alone"))


class DaysFilter(django_filters.Filter):
    """A number of days."""

    field_class = forms.IntegerField

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=MOST_DAYS)


class RegistryFilters(django_filters.FilterSet):
    """Cleaned values are choices for a search, not for a QuerySet. `problems`: what of the address makes no sense."""

    stage = django_filters.MultipleChoiceFilter(choices=Stage)
    stale = DaysFilter()
    unaliased = django_filters.ChoiceFilter(choices=[("1", "yes")])
    user_id = TextsFilter()

    def __init__(self, query: QueryDict, queryset) -> None:
        query = query.copy()
        for name in UNLESS_BLANK:
            query.setlist(name, [value for value in query.getlist(name) if value])
        super().__init__(query, queryset=queryset)
        for name in [name for name in query if name.startswith(TAGS) and len(name) > len(TAGS)][:MOST_TAGS]:
            self.filters[name] = TextsFilter(field_name=name)
        self.form.is_valid()
        self.cleaned = self.form.cleaned_data

    @property
    def tags(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Keys and values; no value: any."""
        return tuple(
            (name.removeprefix(TAGS), tuple(value for value in self.cleaned[name] if value))
            for name in self.filters
            if name.startswith(TAGS) and "\0" not in name and name in self.cleaned
        )

    @property
    def problems(self) -> list[str]:
        return [
            f"{name}: {shorten(self.data.get(name, ''), 40)} is not understood. {' '.join(errors)}"
            for name, errors in self.form.errors.items()
        ]


class ModelFilters(RegistryFilters):
    production_older = DaysFilter()
    kind = django_filters.ChoiceFilter(choices=KINDS)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, RegisteredModel.objects.none())

    def choices(self) -> ModelChoices:
        cleaned = self.cleaned
        return ModelChoices(
            stages=tuple(cleaned.get("stage") or ()),
            stale_days=cleaned.get("stale"),
            production_days=cleaned.get("production_older"),
            is_unaliased=bool(cleaned.get("unaliased")),
            users=tuple(cleaned.get("user_id") or ()),
            tags=self.tags,
            kind=cleaned.get("kind") or "models",
        )


class VersionFilters(RegistryFilters):
    alias = TextsFilter()
    archived = django_filters.ChoiceFilter(choices=ARCHIVED)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, ModelVersion.objects.none())

    def choices(self) -> VersionChoices:
        cleaned = self.cleaned
        return VersionChoices(
            stages=tuple(cleaned.get("stage") or ()),
            stale_days=cleaned.get("stale"),
            is_unaliased=bool(cleaned.get("unaliased")),
            users=tuple(cleaned.get("user_id") or ()),
            tags=self.tags,
            aliases=tuple(cleaned.get("alias") or ()),
            archived=cleaned.get("archived") or "hide",
        )
