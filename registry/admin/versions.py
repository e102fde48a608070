"""Versions in the admin, and the page that archives those that have served their time."""

from django import forms
from django.contrib import admin
from django.urls import path, reverse
from django.utils.html import format_html

from registry.admin.by_services import ServiceAdmin
from registry.admin.registered_models import checked, tag_text
from registry.admin.retention import archive_versions
from registry.models import ModelVersion
from registry.services.model_versions import delete_model_version, describe_model_version, transition_stage
from registry.services.names import MAX_DESCRIPTION_LENGTH, check_description
from runs.admin import moment


class ModelVersionForm(forms.ModelForm):
    description = forms.CharField(required=False, widget=forms.Textarea, help_text="Markdown.")
    note = forms.CharField(
        required=False, max_length=MAX_DESCRIPTION_LENGTH, help_text="Why it moves to another stage; for the history."
    )

    def clean_description(self) -> str:
        return checked(check_description, self.cleaned_data["description"].replace("\r\n", "\n"))


@admin.register(ModelVersion)
class ModelVersionAdmin(ServiceAdmin):
    """Versions are registered by clients and on pages."""

    form = ModelVersionForm
    list_display = ["name", "version", "stage", "user_id", "created", "updated"]
    list_filter = ["stage"]
    search_fields = ["name", "=run_id", "=model_id"]
    search_help_text = "Any part of the model's name, or a whole id of its run or logged model."
    ordering = ["-id"]
    fields = [
        "page",
        "stage",
        "note",
        "description",
        "tags",
        "source",
        "storage_location",
        "run_id",
        "model_id",
        "user_id",
        "status",
        "created",
        "updated",
    ]
    readonly_fields = [name for name in fields if name not in ("stage", "note", "description")]
    created = moment("creation_time", "created")
    updated = moment("last_updated_time", "last updated")

    @admin.display(description="page")
    def page(self, version) -> str:
        address = reverse("models:version_detail", args=[version.name, version.version])
        return format_html('<a href="{}">{}</a>', address, version)

    @admin.display(description="tags")
    def tags(self, version) -> str:
        return tag_text(version)

    def has_add_permission(self, request):
        return False

    def store(self, user, row, form, *, is_new):
        if "description" in form.changed_data:
            describe_model_version(row.name, row.version, form.cleaned_data["description"], user=user)
        if "stage" in form.changed_data:
            transition_stage(
                row.name, row.version, form.cleaned_data["stage"], note=form.cleaned_data["note"], user=user
            )

    def remove(self, user, row):
        delete_model_version(row.name, row.version, user=user)

    def farewell(self, row):
        return f"{row} with its aliases and tags"

    def get_urls(self):
        page = path("archive/", self.admin_site.admin_view(self.archive), name="registry_archive_versions")
        return [page, *super().get_urls()]

    def archive(self, request):
        return archive_versions(request, self)
