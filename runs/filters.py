"""The facets of the run table, checked by django-filter: `?status=FAILED&not.params.model=mlp`."""

from __future__ import annotations

import django_filters
from django import forms
from django.http import QueryDict

from runs.models import Run, RunStatus
from runs.queries.run_choices import DATASET, NOT, Choice

MOST_VALUES = 50
MOST_FACETS = 20
KEYED = ("params.", "tags.", DATASET)


class AnyTexts(forms.Field):
    """A parameter that may be repeated."""

    widget = forms.SelectMultiple

    def clean(self, value: list[str] | None) -> list[str]:
        values = [text for text in value or () if "\0" not in text]
        return list(dict.fromkeys(values))[:MOST_VALUES]


class TextsFilter(django_filters.Filter):
    field_class = AnyTexts


class RunFacets(django_filters.FilterSet):
    """Cleaned values are choices for a search, not for a QuerySet."""

    status = django_filters.MultipleChoiceFilter(choices=RunStatus.choices)
    user_id = TextsFilter()

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query, queryset=Run.objects.none())
        self.filters["not.status"] = django_filters.MultipleChoiceFilter(
            field_name="not.status", choices=RunStatus.choices
        )
        self.filters["not.user_id"] = TextsFilter(field_name="not.user_id")
        keyed = [name for name in query if name.removeprefix(NOT).startswith(KEYED)]
        for name in keyed[:MOST_FACETS]:
            self.filters[name] = TextsFilter(field_name=name)

    def choices(self) -> tuple[Choice, ...]:
        """What is chosen; a value that is none is left out."""
        self.form.is_valid()
        cleaned = self.form.cleaned_data
        return tuple(
            Choice(name.removeprefix(NOT), tuple(cleaned[name]), name.startswith(NOT))
            for name in self.filters
            if cleaned.get(name)
        )
