"""The form that registers a model of a run."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from registry.forms import name_field, text_field
from registry.queries.run_versions import Registrable
from registry.services.names import MAX_ALIAS_LENGTH


class RegisterForm(forms.Form):
    source = forms.ChoiceField(label="Model of the run", widget=forms.Select(attrs={"class": "input"}))
    name = name_field(
        label="Registered model",
        attrs={"autofocus": True, "list": "model_names"},
        help_text="One that is there, or a new name.",
    )
    alias = forms.CharField(
        required=False,
        max_length=MAX_ALIAS_LENGTH,
        help_text="Points to the new version from then on, such as candidate.",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    description = text_field(rows=4, help_text="Of this version. Markdown.")

    def __init__(self, data, *, sources: Sequence[Registrable], **options) -> None:
        super().__init__(data, label_suffix="", **options)
        self.sources = {one.source: one for one in sources}
        self.fields["source"].choices = [(one.source, one.label) for one in sources]
        if len(sources) == 1:
            self.fields["source"].widget = forms.HiddenInput()

    def clean_alias(self) -> str:
        return self.cleaned_data["alias"].strip().removeprefix("@")

    @property
    def chosen(self) -> Registrable:
        return self.sources[self.cleaned_data["source"]]
