"""Merge one tag's key of models, or of versions, into another."""

from django import forms

from registry.queries.tag_merging import merge_plan
from registry.services.tag_merging import OWN_TAGS, start_merging
from runs.admin_curation import MergeForm, merging_page

KINDS = [("models", "models"), ("versions", "versions of models")]


class RegistryMergeForm(MergeForm):
    own = OWN_TAGS

    kind = forms.ChoiceField(choices=KINDS, label="Tags of")
    field_order = ("kind",)


def merge_tags(request, model_admin):
    return merging_page(
        *(request, model_admin, RegistryMergeForm),
        what=lambda asked: asked["kind"],
        plan=merge_plan,
        start=start_merging,
    )
