"""Promote a version: where to, which aliases, why. What would change is shown before it is done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.forms_promote import PromoteForm
from registry.models import ModelVersion
from registry.queries.promotion_plan import ARCHIVING, PromotionPlan, aliases_of, promotion_plan, versions_in
from registry.services.promotion import promote as promote_version
from registry.views.guards import visible_version
from registry.views.model_edit import form_page, unix
from registry.views.refusals import refused_beside
from trackui.errors import TrackingError

CHANGED = "What this would change is not what was shown: something moved meanwhile. Look again."


@form_page
def promote(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """`stage`, `archive`, `aliases`, `remove`, `note` with `review=1`: what that would change; by POST it is done."""
    found = visible_version(request, name, version)
    is_post = request.method == "POST"
    asked = request.POST if is_post else request.GET
    pointing = aliases_of(found)
    form = PromoteForm(asked if is_post or "review" in asked else None, version=found, pointing=pointing)
    plan, is_changed = None, False
    if form.is_bound and form.is_valid():
        plan = plan_of(form, found)
        is_changed = is_post and asked.get("seen") != plan.seal
        if plan.is_empty:
            form.add_error(None, "That would change nothing.")
        elif is_post and not is_changed and done(form, found, request):
            messages.success(request, f"Version {found.version} of “{found.name}” promoted.")
            return redirect("models:model_detail", found.name)
    others = [(stage.value, versions_in(found, stage)) for stage in ARCHIVING]
    fields = [field for field in asked if field in form.fields]
    context = {
        "form": form,
        "model": found.registered_model,
        "version": found,
        "plan": None if form.errors else plan,
        "given": [(field, value) for field in fields for value in asked.getlist(field)],
        "pointing": [(alias, number, number == found.version) for alias, number in pointing.items()],
        "others": [(stage, numbers) for stage, numbers in others if numbers],
        "problem": CHANGED if is_changed and not form.errors else "",
    }
    status = 400 if form.errors else 409 if is_changed else 200
    return render(request, "registry/promote.html", context, status=status)


def plan_of(form: PromoteForm, version: ModelVersion) -> PromotionPlan:
    wanted = form.cleaned_data
    return promotion_plan(
        version,
        stage=wanted["stage"],
        archives_others=wanted["archive"],
        aliases=wanted["aliases"],
        removed=wanted.get("remove") or (),
    )


def done(form: PromoteForm, version: ModelVersion, request: HttpRequest) -> bool:
    """All of it or nothing; what is refused is said above the form."""
    wanted = form.cleaned_data
    stage = wanted["stage"] or None
    try:
        promote_version(
            version.name,
            version.version,
            stage=stage,
            archive_existing_versions=wanted["archive"] and stage in ARCHIVING,
            aliases=wanted["aliases"],
            removed_aliases=wanted.get("remove") or (),
            note=unix(wanted["note"]),
            user=request.user,
        )
    except TrackingError as error:
        refused_beside(form, error)
        return False
    return True
