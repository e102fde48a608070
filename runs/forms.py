"""Forms of pages. They check what a field is; what may be stored is for the services to say."""

from __future__ import annotations

from django import forms

from runs.ingest.limits import MAX_EXPERIMENT_NAME_LENGTH, MAX_EXPERIMENT_TAG_VAL_LENGTH, MAX_TAG_VAL_LENGTH
from trackui.colours import COLOUR_NAMES

SPARE_ROWS = 2
MOST_TAGS = 100


class TagsInput(forms.Widget):
    """Rows of name and value, with empty ones at the end. A row whose name is emptied is a tag removed."""

    template_name = "components/_tags_input.html"

    def get_context(self, name, value, attrs):
        rows = list((value or {}).items()) + [("", "")] * SPARE_ROWS
        return super().get_context(name, None, attrs) | {"name": name, "rows": rows}

    def value_from_datadict(self, data, files, name):
        keys, values = data.getlist(f"{name}_key"), data.getlist(f"{name}_value")
        return {key.strip(): value for key, value in zip(keys, values, strict=False) if key.strip()}

    def id_for_label(self, id_):
        return f"{id_}_0" if id_ else id_


class TagsField(forms.Field):
    """Tags as a dict; cleaned value as given."""

    widget = TagsInput

    def clean(self, value: dict[str, str]) -> dict[str, str]:
        if len(value) > MOST_TAGS:
            raise forms.ValidationError(f"At most {MOST_TAGS} tags at once.")
        return value


def changed_tags(before: dict[str, str], after: dict[str, str]) -> dict[str, str | None]:
    """What to write: new and changed tags with their value, removed ones with None."""
    removed = {key: None for key in before if key not in after}
    return removed | {key: value for key, value in after.items() if before.get(key) != value}


class ExperimentForm(forms.Form):
    name = forms.CharField(
        max_length=MAX_EXPERIMENT_NAME_LENGTH,
        strip=False,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    note = forms.CharField(
        required=False,
        max_length=MAX_EXPERIMENT_TAG_VAL_LENGTH,
        help_text="Markdown.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 8}),
    )
    tags = TagsField(required=False, help_text="Empty a name to remove its tag.")


class ColourInput(forms.RadioSelect):
    """Colours as dots to choose from."""

    template_name = "components/_colour_input.html"


class RunForm(forms.Form):
    name = forms.CharField(
        max_length=MAX_TAG_VAL_LENGTH,
        widget=forms.TextInput(attrs={"class": "input", "autofocus": True, "autocomplete": "off"}),
    )
    tags = TagsField(required=False, help_text="Empty a name to remove its tag.")
    colour = forms.ChoiceField(
        required=False,
        choices=[("", "its own"), *((f"run-{number}", name) for number, name in enumerate(COLOUR_NAMES, 1))],
        widget=ColourInput,
    )
    note = forms.CharField(
        required=False,
        max_length=MAX_TAG_VAL_LENGTH,
        strip=False,
        help_text="Markdown: what was tried, and what came of it.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 8}),
    )
