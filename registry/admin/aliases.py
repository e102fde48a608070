"""Aliases in the admin."""

from django import forms
from django.contrib import admin

from registry.admin.by_services import ServiceAdmin
from registry.admin.registered_models import checked
from registry.models import ModelAlias
from registry.services.aliases import delete_alias, set_alias
from registry.services.names import MAX_DESCRIPTION_LENGTH, check_alias


class ModelAliasForm(forms.ModelForm):
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The number of the version it points to.")
    note = forms.CharField(required=False, max_length=MAX_DESCRIPTION_LENGTH, help_text="Why; for the history.")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["version"] = self.instance.model_version.version

    def clean_alias(self) -> str:
        return checked(check_alias, self.cleaned_data["alias"])

    def clean(self):
        data = super().clean()
        model = data.get("registered_model") or (self.instance.registered_model if self.instance.pk else None)
        if model and data.get("version") and not model.versions.filter(version=data["version"]).exists():
            self.add_error("version", f"{model.name} has no version {data['version']}.")
        return data


@admin.register(ModelAlias)
class ModelAliasAdmin(ServiceAdmin):
    form = ModelAliasForm
    list_display = ["alias", "registered_model", "number"]
    list_select_related = ["registered_model", "model_version"]
    search_fields = ["=alias", "registered_model__name"]
    search_help_text = "A whole alias, or any part of the model's name."
    ordering = ["-id"]
    fields = ["registered_model", "alias", "version", "note"]
    raw_id_fields = ["registered_model"]

    @admin.display(description="version")
    def number(self, alias) -> int:
        return alias.model_version.version

    def get_readonly_fields(self, request, obj=None):
        """Another alias is another row."""
        return ["registered_model", "alias"] if obj else []

    def store(self, user, row, form, *, is_new):
        name, data = row.registered_model.name, form.cleaned_data
        set_alias(name, row.alias, data["version"], note=data["note"], user=user)
        if is_new:
            row.pk = ModelAlias.objects.get(registered_model=row.registered_model, alias=row.alias).pk

    def remove(self, user, row):
        delete_alias(row.registered_model.name, row.alias, user=user)

    def farewell(self, row):
        return f"{row.alias} of {row.registered_model.name}; its version stays"
