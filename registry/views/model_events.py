"""Who moved what, when and why: of one model, or of all."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from registry.models import RegisteredModel
from registry.queries.model_events import EventOptions, all_events, event_page
from registry.queries.model_head import model_head
from registry.views.guards import visible_model
from registry.views.tidy import tidied
from trackui.exports.responses import export_response
from trackui.exports.tables import Table, columns
from trackui.http import render_page

COLUMNS = columns(
    time="time",
    user="text",
    kind="text",
    model="text",
    version="integer",
    key="text",
    before="text",
    after="text",
    note="text",
)


@require_safe
@gzip_page
@tidied
def events(request: HttpRequest) -> HttpResponse:
    return _page(request, None)


@require_safe
@gzip_page
@tidied
def model_history(request: HttpRequest, name: str) -> HttpResponse:
    return _page(request, visible_model(request, name))


@require_safe
def events_file(request: HttpRequest, form: str) -> HttpResponse:
    return _file(request, None, form)


@require_safe
def model_history_file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    return _file(request, visible_model(request, name), form)


def _page(request: HttpRequest, model: RegisteredModel | None) -> HttpResponse:
    history = event_page(request.user, EventOptions.from_query(request.GET), model)
    context = {"history": history, "model": model, "head": model and model_head(model)}
    return render_page(request, "registry/model_events.html", context)


def _file(request: HttpRequest, model: RegisteredModel | None, form: str) -> HttpResponse:
    rows = (
        (
            event.time,
            event.user_id,
            event.kind,
            event.name,
            event.version,
            event.key,
            event.before,
            event.after,
            event.note,
        )
        for event in all_events(request.user, EventOptions.from_query(request.GET), model)
    )
    return export_response(request, Table("model-events", COLUMNS, rows, filter=request.GET.urlencode()), form)
