"""Pages of the admin that show what they would do, and then do just that, as a job."""

import hashlib
import secrets
from collections.abc import Callable, Iterable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from runs.models import Job
from runs.queries.tag_merging import MergePlan, run_merge_plan
from runs.services.tag_merging import KEEP_NEW, LEAVE, OWN_TAGS, TAKE_OLD, check_keys, start_run_merging
from trackui.errors import TrackingError

CONFLICTS = [
    (KEEP_NEW, "keep the value of the other key"),
    (TAKE_OLD, "take the value of the key that goes"),
    (LEAVE, "leave both as they are"),
]


def curation_context(request, model_admin, **more: object) -> dict[str, object]:
    """The frame around such a page."""
    opts = model_admin.opts
    return {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "list_url": f"admin:{opts.app_label}_{opts.model_name}_changelist",
        **more,
    }


def check_may_change(request, model_admin) -> None:
    """Also where single rows are only looked at."""
    opts = model_admin.opts
    if not request.user.has_perm(f"{opts.app_label}.change_{opts.model_name}"):
        raise PermissionDenied


def digest_of(numbers: Iterable[int]) -> str:
    """Of what a page has shown: what is done by its form is that, or nothing."""
    return hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest()


class ShownForm(forms.Form):
    """`shown`: the digest of what a page has shown, and `token`: of the page, so that it is done once."""

    digest = forms.CharField(widget=forms.HiddenInput)
    token = forms.RegexField(r"^[0-9a-f]{32}\Z", widget=forms.HiddenInput)


def answered(request, context: dict, template: str, *, digest: str, start: Callable[[str], Job]):
    """GET shows; POST does what was shown, or shows again what is another lot by now. `start` takes the token."""
    if request.method == "POST":
        form = ShownForm(request.POST)
        if form.is_valid() and form.cleaned_data["digest"] == digest:
            job = start(form.cleaned_data["token"])
            return HttpResponseRedirect(reverse("runs:job_detail", args=[job.pk]))
        messages.warning(request, "Others have changed something meanwhile: this is what it would be now.")
        return HttpResponseRedirect(request.get_full_path())
    return render(request, template, {**context, "digest": digest, "token": secrets.token_hex(16)})


# --- Merging tags ------------------------------------------------------------------------------


class MergeForm(forms.Form):
    """`own`: keys that cannot be merged."""

    own: set[str] = OWN_TAGS

    old = forms.CharField(max_length=250, label="The key", help_text="It goes.")
    new = forms.CharField(max_length=250, label="becomes", help_text="It stays.")
    conflicts = forms.ChoiceField(choices=CONFLICTS, label="Where both are set, and differ")

    def clean(self):
        data = super().clean()
        if data.get("old") and data.get("new"):
            try:
                check_keys(data["old"], data["new"], own=self.own)
            except TrackingError as error:
                raise forms.ValidationError(error.message) from None
        return data


def merging_page(
    request,
    model_admin,
    kind_of_form: type[MergeForm],
    *,
    what: Callable[[dict], str],
    plan: Callable[..., MergePlan],
    start: Callable[..., Job],
):
    """`what` is merged, in a word; `plan` and `start` take what the form asks."""
    check_may_change(request, model_admin)
    form = kind_of_form(request.GET if "old" in request.GET else None, label_suffix="")
    context = curation_context(request, model_admin, title="Merge tags", form=form)
    if not form.is_valid():
        return render(request, "admin/merge_tags.html", context)
    asked = form.cleaned_data
    found = plan(**{name: value for name, value in asked.items() if name != "conflicts"})
    return answered(
        request,
        {**context, "plan": found, "asked": asked, "what": what(asked)},
        "admin/merge_tags.html",
        digest=digest_of([*found.owners, found.moved, found.same]),
        start=lambda token: start(pks=found.owners, token=token, user=request.user, **asked),
    )


def merge_run_tags(request, model_admin):
    return merging_page(
        *(request, model_admin, MergeForm), what=lambda asked: "runs", plan=run_merge_plan, start=start_run_merging
    )
