"""Registered models in the admin, and the page that merges keys of tags."""

from django import forms
from django.contrib import admin
from django.urls import path, reverse
from django.utils.html import format_html

from registry.admin.by_services import ServiceAdmin
from registry.admin.tag_merging import merge_tags
from registry.models import RegisteredModel
from registry.services.edits import edit_registered_model
from registry.services.names import check_description, check_model_name
from registry.services.registered_models import create_registered_model, delete_registered_model
from runs.admin import moment
from trackui.errors import TrackingError


def checked(check, text: str) -> str:
    try:
        check(text)
    except TrackingError as error:
        raise forms.ValidationError(error.message) from None
    return text


class RegisteredModelForm(forms.ModelForm):
    description = forms.CharField(required=False, widget=forms.Textarea, help_text="Markdown.")

    def clean_name(self) -> str:
        return checked(check_model_name, self.cleaned_data["name"])

    def clean_description(self) -> str:
        return checked(check_description, self.cleaned_data["description"].replace("\r\n", "\n"))


@admin.register(RegisteredModel)
class RegisteredModelAdmin(ServiceAdmin):
    form = RegisteredModelForm
    list_display = ["name", "user_id", "last_version", "is_prompt", "created", "updated"]
    list_filter = ["is_prompt"]
    search_fields = ["name", "=user_id"]
    search_help_text = "Any part of the name, or a whole user."
    ordering = ["-id"]
    fields = ["name", "description", "page", "tags", "user_id", "last_version", "created", "updated"]
    readonly_fields = ["page", "tags", "user_id", "last_version", "created", "updated"]
    created = moment("creation_time", "created")
    updated = moment("last_updated_time", "last updated")

    @admin.display(description="page")
    def page(self, model) -> str:
        address = reverse("models:model_detail", args=[model.name]) if model.pk else ""
        return format_html('<a href="{}">open</a>', address) if address else "–"

    @admin.display(description="tags")
    def tags(self, model) -> str:
        return tag_text(model)

    def store(self, user, row, form, *, is_new):
        name, description = form.cleaned_data["name"], form.cleaned_data["description"]
        if is_new:
            row.pk = create_registered_model(name, description=description, user=user).pk
        else:
            edit_registered_model(form.initial["name"], new_name=name, description=description, tags={}, user=user)

    def remove(self, user, row):
        delete_registered_model(row.name, user=user)

    def farewell(self, row):
        return f"{row.name} with its {row.versions.count():,} versions, their aliases and tags"

    def get_urls(self):
        page = path("merge-tags/", self.admin_site.admin_view(self.merge_tags), name="registry_merge_tags")
        return [page, *super().get_urls()]

    def merge_tags(self, request):
        return merge_tags(request, self)


def tag_text(row) -> str:
    """The first hundred, a line each."""
    if not row.pk:
        return "–"
    tags = row.tags.order_by("key").values_list("key", "value")[:100]
    return "\n".join(f"{key} = {value[:200]}" for key, value in tags) or "none"
