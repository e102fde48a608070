"""What a page is about, or the 404 page."""

from django.http import Http404, HttpRequest

from runs.models import Run


def visible_run(request: HttpRequest, run_id: str) -> Run:
    """With its experiment and parent; one statement."""
    runs = Run.objects.visible_to(request.user).select_related("experiment", "parent")
    run = runs.filter(run_id=run_id).first()
    if run is None:
        raise Http404(f"There is no run {run_id[:64]} here.")
    return run
