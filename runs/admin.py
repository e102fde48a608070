"""Curation by hand. For repair: what was ingested is read-only, and the big tables are never counted or loaded."""

from contextlib import nullcontext
from functools import cached_property

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.urls import path, reverse
from django.utils.html import format_html

from runs.admin_curation import merge_run_tags
from runs.models import (
    AuditEntry,
    Dataset,
    Experiment,
    Job,
    Key,
    LoggedModel,
    MetricDirection,
    Run,
    SavedView,
    Snapshot,
)
from trackui.clock import now_ms
from trackui.db import is_sqlite
from trackui.formats import absolute_time
from trackui.mlflow_api.fields import INT64_MAX
from trackui.writer_lock import writer_lock

COUNTED = 1000
EXCERPT = 2000


class BoundedPaginator(Paginator):
    """Counts no further than COUNTED rows: what lies beyond is found by searching, not by paging."""

    @cached_property
    def count(self) -> int:
        return min(self.object_list[: COUNTED + 1].count(), COUNTED)


class LeanAdmin(admin.ModelAdmin):
    """Lists that cost the same at a million rows. Writers wait their turn, as everywhere."""

    list_per_page = 50
    list_max_show_all = 0
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # By another column the database would sort all rows.
    sortable_by = ()

    def changeform_view(self, request, *args, **kwargs):
        with turn_to_write(request):
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        with turn_to_write(request):
            return super().delete_view(request, *args, **kwargs)


class IngestedAdmin(LeanAdmin):
    """Rows that clients log: to look at, and to repair the fields in `repairable`; never made or deleted here."""

    repairable: tuple[str, ...] = ()

    def get_readonly_fields(self, request, obj=None):
        shown = [name for _, options in self.get_fieldsets(request, obj) for name in options["fields"]]
        return [name for name in shown if name not in self.repairable]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return bool(self.repairable) and super().has_change_permission(request, obj)


def turn_to_write(request):
    """The one writer's lock while a form is saved; nothing where the database takes many writers."""
    return writer_lock() if request.method == "POST" and is_sqlite() else nullcontext()


def is_list(request) -> bool:
    return request.resolver_match.url_name.endswith("_changelist")


def moment(field: str, label: str):
    @admin.display(description=label, ordering=field)
    def shown(self, row) -> str:
        return absolute_time(getattr(row, field))

    return shown


def excerpt(field: str, label: str):
    """The head of a text that may be megabytes long."""

    @admin.display(description=label)
    def shown(self, row) -> str:
        text = getattr(row, field)
        return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}… ({len(text):,} characters)"

    return shown


@admin.register(Experiment)
class ExperimentAdmin(IngestedAdmin):
    list_display = ["name", "experiment_id", "lifecycle_stage", "created"]
    list_filter = ["lifecycle_stage"]
    search_fields = ["name"]
    search_help_text = "Any part of the name."
    ordering = ["-id"]
    fields = ["experiment_id", "name", "lifecycle_stage", "artifact_location", "created", "updated"]
    repairable = ("name",)
    created = moment("creation_time", "created")
    updated = moment("last_update_time", "last updated")

    def save_model(self, request, obj, form, change):
        obj.last_update_time = now_ms()
        super().save_model(request, obj, form, change)


class RunRepairForm(forms.ModelForm):
    end_time = forms.IntegerField(
        required=False, min_value=0, max_value=INT64_MAX, help_text="Milliseconds since 1970; empty while it runs."
    )
    colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}\Z", required=False, help_text="As #a0b1c2; empty for the one its id gives."
    )


@admin.register(Run)
class RunAdmin(IngestedAdmin):
    form = RunRepairForm
    list_display = ["run_id", "name", "experiment", "status", "lifecycle_stage", "started"]
    list_filter = ["lifecycle_stage", "status"]
    list_select_related = ["experiment"]
    search_fields = ["=run_id", "name"]
    search_help_text = "A whole run id, or any part of the name."
    # By age of the row: its primary key is the one order that no filter breaks.
    ordering = ["-id"]
    fields = [
        "run_id",
        "page",
        "name",
        "experiment",
        "user_id",
        "status",
        "started",
        "end_time",
        "colour",
        "lifecycle_stage",
        "parent",
        "artifact_uri",
    ]
    repairable = ("status", "end_time", "colour")
    started = moment("start_time", "started")

    @admin.display(description="page")
    def page(self, run) -> str:
        return format_html('<a href="{}">open</a>', reverse("runs:run_detail", args=[run.run_id]))


@admin.register(Key)
class KeyAdmin(IngestedAdmin):
    """A key is never renamed: each process remembers names by their ids."""

    list_display = ["name"]
    search_fields = ["name"]
    search_help_text = "Any part of the name of a param, metric or tag."
    ordering = ["-id"]
    fields = ["name"]

    def get_urls(self):
        page = path("merge-tags/", self.admin_site.admin_view(self.merge_tags), name="runs_merge_tags")
        return [page, *super().get_urls()]

    def merge_tags(self, request):
        return merge_run_tags(request, self)


@admin.register(MetricDirection)
class MetricDirectionAdmin(LeanAdmin):
    list_display = ["key", "direction", "experiment"]
    list_filter = ["direction"]
    list_select_related = ["key", "experiment"]
    search_fields = ["key__name"]
    raw_id_fields = ["key", "experiment"]
    ordering = ["-id"]


@admin.register(Dataset)
class DatasetAdmin(IngestedAdmin):
    list_display = ["name", "digest", "experiment", "source_type"]
    list_select_related = ["experiment"]
    search_fields = ["name", "=digest"]
    search_help_text = "Any part of the name, or a whole digest."
    ordering = ["-id"]
    fields = ["name", "digest", "experiment", "source_type", "source_text", "schema_text", "profile_text"]
    source_text = excerpt("source", "source")
    schema_text = excerpt("schema", "schema")
    profile_text = excerpt("profile", "profile")

    def get_queryset(self, request):
        """The list leaves out what may be megabytes a row."""
        rows = super().get_queryset(request)
        return rows.defer("source", "schema", "profile") if is_list(request) else rows


@admin.register(LoggedModel)
class LoggedModelAdmin(IngestedAdmin):
    list_display = ["model_id", "name", "experiment", "model_type", "status", "created"]
    list_filter = ["status"]
    list_select_related = ["experiment"]
    search_fields = ["=model_id", "name"]
    search_help_text = "A whole model id, or any part of the name."
    ordering = ["-id"]
    fields = [
        "model_id",
        "name",
        "experiment",
        "model_type",
        "source_run_id",
        "status",
        "status_message",
        "artifact_uri",
        "created",
        "deleted_time",
    ]
    created = moment("creation_time", "created")


@admin.register(Snapshot)
class SnapshotAdmin(LeanAdmin):
    """Evidence: nobody makes or edits one here, and who may delete deletes knowingly."""

    list_display = ["slug", "title", "created", "created_by"]
    search_fields = ["=slug", "title"]
    search_help_text = "A whole address, or any part of the title."
    ordering = ["-id"]
    fields = readonly_fields = ["slug", "digest", "title", "query", "created", "created_by"]
    created = moment("creation_time", "frozen")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(SavedView)
class SavedViewAdmin(LeanAdmin):
    """A view of somebody who is gone is renamed, shared or deleted here; new ones are made on the pages."""

    list_display = ["name", "page", "experiment", "owner", "is_shared", "is_default"]
    list_filter = ["page", "is_shared"]
    list_select_related = ["experiment"]
    search_fields = ["name", "=owner"]
    search_help_text = "Any part of the name, or a whole owner."
    ordering = ["-id"]
    fields = ["name", "page", "experiment", "owner", "query", "is_shared", "is_default", "created", "updated"]
    readonly_fields = ["page", "experiment", "owner", "created", "updated"]
    created = moment("creation_time", "created")
    updated = moment("last_update_time", "last updated")

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        obj.last_update_time = now_ms()
        super().save_model(request, obj, form, change)


@admin.register(Job)
class JobAdmin(IngestedAdmin):
    """To look at: jobs are stopped on their own pages."""

    list_display = ["title", "kind", "state", "user_id", "created"]
    list_filter = ["state"]
    search_fields = ["title", "=user_id"]
    search_help_text = "Any part of the title, or a whole user."
    ordering = ["-id"]
    fields = ["page", "kind", "experiment", "user_id", "state", "done", "total", "created", "started", "ended", "error"]
    created = moment("creation_time", "asked for")
    started = moment("start_time", "started")
    ended = moment("end_time", "ended")

    def get_queryset(self, request):
        """Arguments name up to 200,000 runs."""
        return super().get_queryset(request).defer("arguments", "result")

    @admin.display(description="page")
    def page(self, job) -> str:
        return format_html('<a href="{}">{}</a>', reverse("runs:job_detail", args=[job.pk]), job.title)


@admin.register(AuditEntry)
class AuditEntryAdmin(IngestedAdmin):
    """Never edited."""

    list_display = ["action", "subject_kind", "subject_id", "user_id", "at"]
    search_fields = ["=subject_id", "=user_id", "=action"]
    search_help_text = "A whole subject, user or action."
    ordering = ["-id"]
    fields = ["at", "user_id", "action", "subject_kind", "subject_id", "experiment_id", "detail"]
    at = moment("time", "when")
