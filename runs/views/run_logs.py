"""The logs of a run: their end, followed while it grows; the lines around a number; the lines that hold a text."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.artifacts.highlight import numbered_lines
from runs.artifacts.logs import LogLines, Place, lines_around, lines_before, log_lines, log_tail, search_log
from runs.queries.artifact_browser import artifact_file
from runs.queries.run_detail import run_head
from runs.queries.run_logs import logs_of
from runs.views.guards import artifact_owner
from runs.views.run_detail import filter_text, render_tab
from trackui.errors import TrackingError, shorten

LONGEST_NUMBER = 15  # digits


@require_safe
def run_logs(request: HttpRequest, run_id: str) -> HttpResponse:
    """`path`: which log. `q`: lines that hold this text, from `at` and `first` on; `line`: the lines around this one;
    `at` and `first` alone: the lines from there on, or with `before=1` up to there. Without any: its end."""
    run, owner = artifact_owner(request, run_id)
    head, context, status = run_head(run), {"q": filter_text(request), "complaint": ""}, 200
    try:
        logs, is_whole = logs_of(owner, user=request.user)
        path = request.GET.get("path") or (logs[0].path if logs else "")
        context |= {"logs": logs, "is_whole": is_whole, "path": path}
        if path:
            context |= log_context(request, owner, path, context["q"])
    except TrackingError as error:
        context["failure"], status = error.message, error.status
    return render_tab(request, head, "logs", context, status=status)


def log_context(request: HttpRequest, owner, path: str, q: str) -> dict:
    complaint, numbers = "", {"at": 0, "first": 1, "line": 0}
    for name in numbers:
        text = request.GET.get(name, "")
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
            numbers[name] = int(text)
        elif text:
            complaint = f"{name}={shorten(text, 40)} is no number of a line or byte."
    with artifact_file(owner, path, user=request.user) as file:
        place = Place(min(numbers["at"], file.size), max(1, numbers["first"]))
        found = {"size": file.size, "complaint": complaint}
        if q:
            return found | {"search": search_log(file, q, place)}
        shown: LogLines | None = None
        if numbers["line"]:
            shown = lines_around(file, numbers["line"])
            if shown is None:
                found["complaint"] = f"There is no line {numbers['line']:,} in what can be counted of this log."
        elif "at" in request.GET and not complaint:
            shown = lines_before(file, place) if "before" in request.GET else log_lines(file, place)
        is_tail = shown is None
        shown = shown or log_tail(file)
        return found | {
            "shown": shown,
            "is_tail": is_tail,
            "lines": numbered_lines(shown.text, first=shown.start.line),
            "line": numbers["line"],
        }
