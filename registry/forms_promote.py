"""The form of a promotion."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django import forms

from registry.models import ModelVersion, Stage
from registry.services.names import MAX_ALIAS_LENGTH, MAX_DESCRIPTION_LENGTH, check_alias
from trackui.errors import InvalidParameterValue

MOST_ALIASES = 20


class PromoteForm(forms.Form):
    """Where a version moves, which aliases point to it from then on, and why."""

    stage = forms.ChoiceField(required=False, widget=forms.Select(attrs={"class": "input"}))
    archive = forms.BooleanField(required=False, label="Archive the others in that stage")
    aliases = forms.CharField(
        required=False,
        max_length=MOST_ALIASES * (MAX_ALIAS_LENGTH + 2),
        label="Aliases to point here",
        help_text="Several with commas: champion, eu-west.",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    remove = forms.MultipleChoiceField(
        required=False, label="Aliases to take away", widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        required=False,
        max_length=MAX_DESCRIPTION_LENGTH,
        label="Why",
        help_text="Kept in the history beside each move.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )

    def __init__(self, data, *, version: ModelVersion, pointing: Mapping[str, int]) -> None:
        super().__init__(data, label_suffix="", initial={"archive": True})
        stage = self.fields["stage"]
        stage.choices = [("", f"leave it in {version.stage}"), *((one, one) for one in Stage.values)]
        self.pointing = pointing
        own = [alias for alias, number in pointing.items() if number == version.version]
        self.fields["remove"].choices = [(alias, f"@{alias}") for alias in own]
        if not own:
            del self.fields["remove"]

    def clean_aliases(self) -> list[str]:
        found = [alias.removeprefix("@") for alias in re.split(r"[,\s]+", self.cleaned_data["aliases"]) if alias]
        if len(found) > MOST_ALIASES:
            raise forms.ValidationError(f"At most {MOST_ALIASES} aliases at once.")
        for alias in found:
            try:
                check_alias(alias)
            except InvalidParameterValue as error:
                raise forms.ValidationError(error.message) from None
        return list(dict.fromkeys(found))

    def clean(self) -> dict:
        cleaned = super().clean()
        if both := set(cleaned.get("aliases") or ()) & set(cleaned.get("remove") or ()):
            self.add_error("aliases", f"{', '.join(sorted(both))}: to point here, or to be taken away?")
        return cleaned
