"""Where the jump box leads: to the one thing that is meant, else to a list."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from runs.models import Experiment
from runs.queries.jump import jump_targets

LONGEST = 500


@require_safe
def search(request):
    text = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    targets = jump_targets(request.user, text)
    if (only := targets.only) is not None:
        if isinstance(only, Experiment):
            return redirect("runs:run_list", only.pk)
        return redirect("runs:run_detail", only.run_id)
    return render(request, "runs/search.html", {"text": text, "targets": targets})
