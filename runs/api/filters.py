"""The facets of the lists: query parameters beside `q`, checked by django-filter."""

from collections.abc import Iterator
from typing import Self

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from runs.api.fields import capitalised, milliseconds
from runs.models import Experiment, LifecycleStage, Run, RunStatus
from runs.models.experiment import ExperimentQuerySet
from runs.search.compiler import Conjunct
from runs.search.facets import before, holding, not_before, one_of

ALL = "all"
STAGES = [*LifecycleStage.choices, (ALL, "all")]
MAX_VALUES = 1000
MOMENT = "Milliseconds since 1970, or an ISO 8601 time."


class MomentField(forms.CharField):
    def clean(self, value: str) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return milliseconds(text)
        except ValueError as error:
            raise forms.ValidationError(capitalised(error)) from None


@extend_schema_field({"type": "string", "format": "date-time", "description": MOMENT})
class MomentFilter(django_filters.Filter):
    """Milliseconds since 1970, or an ISO 8601 time."""

    field_class = MomentField


class ValuesField(forms.Field):
    """A parameter that may be repeated: any of its values will do."""

    widget = forms.SelectMultiple

    def clean(self, value: list[str]) -> list[str]:
        if value and len(value) > MAX_VALUES:
            raise forms.ValidationError(f"At most {MAX_VALUES} values.")
        return list(value or ())


@extend_schema_field({"type": "array", "items": {"type": "string"}, "description": "May be repeated."})
class ValuesFilter(django_filters.Filter):
    field_class = ValuesField


class StageFilter(django_filters.ChoiceFilter):
    """`Facets.stages` says what it means."""

    def __init__(self) -> None:
        super().__init__(choices=STAGES, help_text="Default: active.")

    def filter(self, rows: QuerySet, value: str) -> QuerySet:
        return rows


class Facets(django_filters.FilterSet):
    """Of a list; `checked` before anything else is asked of it."""

    @classmethod
    def checked(cls, parameters: QueryDict, rows: QuerySet | None = None) -> Self:
        facets = cls(parameters, queryset=cls.Meta.model.objects.none() if rows is None else rows)
        if not facets.is_valid():
            raise ValidationError(facets.errors)
        return facets

    @property
    def values(self) -> dict:
        return self.form.cleaned_data

    @property
    def stages(self) -> tuple[str, ...]:
        asked = self.values.get("lifecycle_stage") or LifecycleStage.ACTIVE
        return tuple(LifecycleStage.values) if asked == ALL else (str(asked),)


class RunFacets(Facets):
    """Runs are not filtered by a QuerySet but by a search, which can choose where to start."""

    class Meta:
        model = Run
        fields: list[str] = []

    experiment_id = ValuesFilter()
    status = django_filters.MultipleChoiceFilter(choices=RunStatus.choices, help_text="May be repeated.")
    user_id = ValuesFilter()
    name = django_filters.CharFilter(help_text="Part of the name, whatever its case.")
    lifecycle_stage = StageFilter()
    started_after = MomentFilter()
    started_before = MomentFilter()

    def conditions(self) -> Iterator[Conjunct]:
        values = self.values
        if values["status"]:
            yield one_of("status", values["status"])
        if values["user_id"]:
            yield one_of("user_id", values["user_id"])
        if values["name"]:
            yield holding("run_name", values["name"])
        if values["started_after"] is not None:
            yield not_before("start_time", values["started_after"])
        if values["started_before"] is not None:
            yield before("start_time", values["started_before"])


class ExperimentFacets(Facets):
    class Meta:
        model = Experiment
        fields: list[str] = []

    name = django_filters.CharFilter(lookup_expr="icontains", help_text="Part of the name, whatever its case.")
    lifecycle_stage = StageFilter()
    created_after = MomentFilter("creation_time", "gte")
    created_before = MomentFilter("creation_time", "lt")

    def filter_queryset(self, queryset: ExperimentQuerySet) -> ExperimentQuerySet:
        return super().filter_queryset(queryset).filter(lifecycle_stage__in=self.stages)
