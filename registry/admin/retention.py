"""Archive versions that have served their time: which they are, and then as a job."""

from django import forms
from django.shortcuts import render

from registry.models import ModelVersion
from registry.services.retention import MOST_DAYS, made_before, start_archiving
from runs.admin_curation import answered, check_may_change, curation_context, digest_of

SHOWN = 200
DAYS = 90
TEMPLATE = "admin/registry/archive_versions.html"


class RetentionForm(forms.Form):
    older_than = forms.IntegerField(
        min_value=1, max_value=MOST_DAYS, label="Older than", help_text="Days since the version was made."
    )


def archive_versions(request, model_admin):
    check_may_change(request, model_admin)
    form = RetentionForm(request.GET if "older_than" in request.GET else {"older_than": DAYS}, label_suffix="")
    context = curation_context(request, model_admin, title="Archive old versions", form=form)
    if not form.is_valid():
        return render(request, TEMPLATE, context)
    days = form.cleaned_data["older_than"]
    before = made_before(days)
    found = ModelVersion.objects.visible_to(request.user).outlived(before)
    pks = list(found.values_list("pk", flat=True))
    shown = {"versions": found[:SHOWN], "total": len(pks), "unseen": max(0, len(pks) - SHOWN)}
    return answered(
        request,
        {**context, **shown},
        TEMPLATE,
        digest=digest_of(pks),
        start=lambda token: start_archiving(pks, before=before, days=days, token=token, user=request.user),
    )
