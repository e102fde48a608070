"""Errors as pages: the status, the reason, the frame of every page."""

import pytest
from django.db import DataError
from django.template.loader import render_to_string
from django.test import Client

from tests.clients import parse
from trackui import errors
from trackui.page_errors import PageErrorsMiddleware


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidParameterValue("Too <b>long</b>."), 400),
        (errors.ResourceDoesNotExist("Run 'ab12' not found."), 404),
        (errors.RequestLimitExceeded("Busy.", retry_after=3), 429),
        (errors.TemporarilyUnavailable("Down."), 503),
    ],
)
def test_what_a_room_refused_is_a_page_with_its_message(rf, error, status):
    response = PageErrorsMiddleware(None).process_exception(rf.get("/"), error)

    assert response.status_code == status
    assert parse(response).select_one(".empty p").get_text() == error.message
    assert response.headers.get("Retry-After") == (str(error.retry_after) if error.retry_after else None)


def test_other_errors_are_not_caught(rf):
    assert PageErrorsMiddleware(None).process_exception(rf.get("/"), ValueError("bug")) is None


def test_an_unknown_address_is_a_page(pages):
    response = pages.get("/nothing/here")

    assert response.status_code == 404
    assert parse(response).select_one("h1").get_text() == "Not found"


def test_the_last_resort_needs_no_context():
    assert "Something went wrong" in render_to_string("500.html")


@pytest.mark.parametrize(("address", "name"), [("/?a=1&b=x%00", "b"), ("/runs/%00/", "path")])
def test_a_nul_that_a_database_refuses_is_named(rf, address, name):
    response = PageErrorsMiddleware(None).process_exception(rf.get(address), DataError("no NUL"))

    assert response.status_code == 400
    assert told(response).startswith(f"{name}: it holds a NUL")


def told(response) -> str:
    return parse(response).select_one(".empty p").get_text()


def test_more_fields_than_are_read_are_refused_with_a_page(pages):
    many = "&".join(f"runs={number}" for number in range(1_001))

    for response in (
        pages.get(f"/runs/?{many}"),
        pages.post("/views/save", {"page": "runs", "name": "n", "query": many}),
    ):
        assert response.status_code == 400
        assert told(response) == "The address or the form has more than 1,000 fields. Choose fewer."


def test_a_form_that_is_too_large_is_refused_with_a_page(pages):
    response = pages.post("/views/save", {"page": "runs", "name": "x" * 5 * 2**20})

    assert response.status_code == 413
    assert told(response).startswith("A form may hold at most 4")


def test_a_form_without_its_token_is_refused_with_a_page(db):
    response = Client(headers={"host": "localhost"}, enforce_csrf_checks=True).post("/views/save", {"name": "x"})

    assert response.status_code == 403
    assert "another site" in told(response)
