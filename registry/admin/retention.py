"""Archive versions that have served their time: which they are, and then as a job."""

import secrets

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from registry.admin.curation import curation_context, digest_of
from registry.models import ModelVersion
from registry.services.retention import MOST_DAYS, made_before, start_archiving

SHOWN = 200
DAYS = 90


class RetentionForm(forms.Form):
    older_than = forms.IntegerField(
        min_value=1, max_value=MOST_DAYS, label="Older than", help_text="Days since the version was made."
    )


def archive_versions(request, model_admin):
    """GET shows which; POST archives what was shown, or shows again what is another lot by now."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    asked = request.GET if "older_than" in request.GET else {"older_than": DAYS}
    form = RetentionForm(asked, label_suffix="")
    context = curation_context(request, model_admin, title="Archive old versions", form=form)
    if form.is_valid():
        days = form.cleaned_data["older_than"]
        before = made_before(days)
        found = ModelVersion.objects.visible_to(request.user).outlived(before)
        pks = list(found.values_list("pk", flat=True))
        digest = digest_of(pks)
        if request.method == "POST" and pks:
            if request.POST.get("digest") == digest:
                token = request.POST.get("token", "")[:64]
                job = start_archiving(pks, before=before, days=days, token=token, user=request.user)
                return HttpResponseRedirect(reverse("runs:job_detail", args=[job.pk]))
            messages.warning(request, "Others have changed something meanwhile: this is what it would be now.")
            return HttpResponseRedirect(request.get_full_path())
        context |= {
            "versions": found[:SHOWN],
            "total": len(pks),
            "unseen": max(0, len(pks) - SHOWN),
            "digest": digest,
            "token": secrets.token_hex(16),
        }
    return render(request, "admin/registry/archive_versions.html", context)
