"""What a change to many runs asks for, beside which runs."""

from __future__ import annotations

from django import forms

from runs.ingest.limits import MAX_TAG_VAL_LENGTH
from runs.models import Experiment, LifecycleStage
from runs.services.bulk import checked_tag
from trackui.errors import InvalidParameterValue

# Offered as one writes.
OFFERED = 200


class BulkForm(forms.Form):
    """`options()`: what the change is called with."""

    def __init__(self, *args, experiment: Experiment, user, **kwargs) -> None:
        self.experiment, self.user = experiment, user
        super().__init__(*args, label_suffix="", **kwargs)

    def options(self) -> dict[str, object]:
        return dict(self.cleaned_data)


class TagForm(BulkForm):
    key = forms.CharField(
        label="Tag", max_length=250, widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
    )
    value = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_TAG_VAL_LENGTH,
        help_text="It replaces what the tag was.",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def clean(self):
        cleaned = super().clean()
        if "key" in cleaned and "value" in cleaned:
            try:
                return checked_tag(cleaned["key"], cleaned["value"])
            except InvalidParameterValue as error:
                self.add_error("key", error.message)
        return cleaned


class UntagForm(BulkForm):
    key = forms.CharField(
        label="Tag", max_length=250, widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
    )

    def clean_key(self):
        try:
            return checked_tag(self.cleaned_data["key"], "")["key"]
        except InvalidParameterValue as error:
            raise forms.ValidationError(error.message) from None


class MoveForm(BulkForm):
    target = forms.CharField(
        label="To the experiment",
        max_length=500,
        help_text="Its name or its number.",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "list": "targets"}),
    )

    @property
    def targets(self) -> list[str]:
        return list(self._others().order_by("-creation_time").values_list("name", flat=True)[:OFFERED])

    def clean_target(self) -> int:
        text = self.cleaned_data["target"]
        found = self._others().filter(name=text).first()
        if found is None and text.isascii() and text.isdigit() and len(text) < 19:
            found = self._others().filter(pk=int(text)).first()
        if found is None:
            raise forms.ValidationError("There is no other active experiment of this name or number.")
        return found.pk

    def _others(self):
        visible = Experiment.objects.visible_to(self.user).filter(lifecycle_stage=LifecycleStage.ACTIVE)
        return visible.exclude(pk=self.experiment.pk)


FORMS = {"tag": TagForm, "untag": UntagForm, "move": MoveForm}
