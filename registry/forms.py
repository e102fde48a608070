"""Forms of pages. They check what a field is; what may be stored is for the services to say."""

from __future__ import annotations

from django import forms

from registry.services.names import MAX_DESCRIPTION_LENGTH, MAX_MODEL_NAME_LENGTH
from runs.forms import TagsField


def name_field(**options) -> forms.CharField:
    return forms.CharField(
        max_length=MAX_MODEL_NAME_LENGTH,
        strip=False,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", **options.pop("attrs", {})}),
        **options,
    )


def text_field(rows: int = 8, **options) -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=MAX_DESCRIPTION_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": rows}),
        **options,
    )


class ModelForm(forms.Form):
    name = name_field(attrs={"autofocus": True}, help_text="Without '/' and ':'. Code finds the model by it.")
    description = text_field(help_text="Markdown: what it predicts, from what, and for whom.")
    tags = TagsField(required=False, help_text="Empty a name to remove its tag.")


class DescriptionForm(forms.Form):
    """Of a model or a version."""

    description = text_field(help_text="Markdown.")
    tags = TagsField(required=False, help_text="Empty a name to remove its tag.")


class RenameForm(forms.Form):
    name = name_field(attrs={"autofocus": True}, label="New name")


class ConfirmForm(forms.Form):
    """The name of what is to be deleted, typed again."""

    name = forms.CharField(
        strip=False,
        max_length=MAX_MODEL_NAME_LENGTH + 20,
        label="Type its name to confirm",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "autofocus": True}),
    )

    def __init__(self, *args, expected: str, **options) -> None:
        super().__init__(*args, **options)
        self.expected = expected

    def clean_name(self) -> str:
        typed = self.cleaned_data["name"]
        if typed.strip() != self.expected.strip():
            raise forms.ValidationError("That is another name: nothing was deleted.")
        return typed
