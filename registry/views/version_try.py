"""A version asked for predictions on its page, while a server answers with it."""

import time
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from registry.queries.version_detail import VersionHead
from registry.queries.version_folder import serving_example, version_folder
from registry.serving.tryout import ask
from registry.tryout.prediction import prediction_of
from registry.tryout.question import LARGEST_BODY, Question, body_of_rows, question_of
from registry.version_snippets import serve_line
from registry.views.version_detail import head_of, render_tab
from runs.artifacts.mlmodel import ModelCard
from trackui.errors import TrackingError

JSON_TYPE = "application/json"


@require_http_methods(["GET", "HEAD", "POST"])
def version_try(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """A row by the fields of a form, or `rows`, JSON. The answer is on the same page."""
    head = head_of(request, name, version)
    folder = version_folder(head.version, user=request.user)
    question = question_of(folder.card, serving_example(folder, user=request.user))
    context: dict = {
        "folder": folder,
        "card": folder.card,
        "question": question,
        "serve": serve_line(head.version, head.aliases),
    }
    status = 200
    if request.method == "POST":
        try:
            context |= answered(request, head, question, folder.card)
        except TrackingError as error:
            context |= {"failure": error.message, "question": kept(request, question)}
            status = error.status
    return render_tab(request, head, "try", context, status=status, fragment="registry/_try_start.html")


def answered(request: HttpRequest, head: VersionHead, question: Question, card: ModelCard | None) -> dict:
    """The question as it was put, with the answer or with what is wrong with it."""
    question = kept(request, question)
    if question.has_errors:
        return {"question": question, "has_errors": True}
    if head.server is None:
        return {"question": question}
    is_rows = "rows" in request.POST
    body = body_of_rows(request.POST["rows"]) if is_rows else question.body()
    began = time.perf_counter()
    reply = ask(head.server, body, JSON_TYPE)
    outputs = [column.name for column in card.outputs] if card else []
    found = prediction_of(reply, time.perf_counter() - began, outputs)
    if not found.is_fine and not is_rows:
        question = question.blamed(found.message)
    return {"question": question, "prediction": found, "asked_rows": is_rows}


def kept(request: HttpRequest, question: Question) -> Question:
    """What was written stays in its place."""
    if "rows" not in request.POST:
        return question.of_form(request.POST)
    rows = request.POST["rows"]
    return replace(question, rows=rows) if len(rows) <= LARGEST_BODY else question
