"""Merge one tag's key into another: what it would mean, and then as a job."""

import secrets

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from registry.admin.curation import curation_context, digest_of
from registry.queries.tag_merging import merge_plan
from registry.services.tag_merging import KEEP_NEW, LEAVE, TAKE_OLD, check_merging, start_merging
from trackui.errors import TrackingError

KINDS = [("models", "models"), ("versions", "versions of models")]
CONFLICTS = [
    (KEEP_NEW, "keep the value of the other key"),
    (TAKE_OLD, "take the value of the key that goes"),
    (LEAVE, "leave both as they are"),
]


class MergeForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS, label="Tags of")
    old = forms.CharField(max_length=250, label="The key", help_text="It goes.")
    new = forms.CharField(max_length=250, label="becomes", help_text="It stays.")
    conflicts = forms.ChoiceField(choices=CONFLICTS, label="Where both are set, and differ")

    def clean(self):
        data = super().clean()
        if data.get("old") and data.get("new"):
            try:
                check_merging(data["old"], data["new"])
            except TrackingError as error:
                raise forms.ValidationError(error.message) from None
        return data


def merge_tags(request, model_admin):
    """GET counts; POST merges what was counted, or counts again what is another lot by now."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    form = MergeForm(request.GET if "old" in request.GET else None, label_suffix="")
    context = curation_context(request, model_admin, title="Merge tags", form=form)
    if form.is_valid():
        asked = form.cleaned_data
        plan = merge_plan(asked["kind"], asked["old"], asked["new"])
        digest = digest_of([*plan.owners, plan.moved, plan.same])
        if request.method == "POST" and plan.total:
            if request.POST.get("digest") == digest:
                token = request.POST.get("token", "")[:64]
                job = start_merging(pks=plan.owners, token=token, user=request.user, **asked)
                return HttpResponseRedirect(reverse("runs:job_detail", args=[job.pk]))
            messages.warning(request, "Others have changed something meanwhile: this is what it would be now.")
            return HttpResponseRedirect(request.get_full_path())
        context |= {"plan": plan, "asked": asked, "digest": digest, "token": secrets.token_hex(16)}
    return render(request, "admin/registry/merge_tags.html", context)
