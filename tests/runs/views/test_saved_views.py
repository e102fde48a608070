"""Saved views: kept, opened by a link, shared, default, changed and deleted."""

import pytest
from django.http import QueryDict

from runs.models import AuditEntry, SavedView
from runs.queries.saved_views import view_menu
from tests.clients import PageClient, parse
from tests.factories import make_experiment, make_run

HOSTILE = "</summary><script>alert('x')</script>"


@pytest.fixture
def experiment(db):
    experiment = make_experiment("covtype")
    make_run(experiment, params={"lr": "1"})
    return experiment


def save(client, experiment=None, **fields):
    fields = {"page": "runs", "name": "best first", "query": "order=params.lr&q=has(params.lr)"} | fields
    if experiment is not None:
        fields["experiment"] = experiment.pk
    return client.post("/views/save", fields)


def menu(html):
    return [link.get_text() for link in html.select(".views li a")]


def message(response):
    return parse(response).select_one(".message").get_text()


def test_a_view_is_saved_opened_by_its_link_and_named_in_the_menu(pages, experiment):
    response = save(pages, experiment, query="?order=params.lr&page=3&theme=dark&explain=1&saved=9&q=has(params.lr)")

    view = SavedView.objects.get()
    assert view.query == "order=params.lr&q=has%28params.lr%29"
    address = f"/experiments/{experiment.pk}/?{view.query}&saved={view.pk}"
    assert response["Location"] == address
    assert pages.get(f"/views/{view.pk}")["Location"] == address
    html = pages.html(address)
    assert html.select_one(".views summary .clip").get_text() == "best first"
    assert menu(html) == ["best first"]
    assert AuditEntry.objects.get().action == "view.save"


def test_what_is_changed_is_marked_and_can_be_kept(pages, experiment):
    save(pages, experiment)
    view = SavedView.objects.get()

    html = pages.html(f"/experiments/{experiment.pk}/", {"order": "-params.lr", "saved": view.pk})
    update = html.select_one(".views form[action$=edit]")
    response = pages.post(update["action"], {"query": update.select_one("[name=query]")["value"]})

    assert "changed" in html.select_one(".views summary").get_text()
    assert response["Location"] == f"/experiments/{experiment.pk}/?order=-params.lr&saved={view.pk}"
    view.refresh_from_db()
    assert (view.query, view.name, view.is_shared) == ("order=-params.lr", "best first", False)


def test_others_see_what_is_shared_alone(pages, experiment):
    save(pages, experiment, name="mine")
    save(pages, experiment, name="ours", is_shared="on")
    mine, ours = SavedView.objects.order_by("name")
    other = PageClient()

    assert menu(other.html(f"/experiments/{experiment.pk}/")) == ["ours"]
    assert other.get(f"/views/{ours.pk}").status_code == 302
    assert other.get(f"/views/{mine.pk}").status_code == 404
    assert other.post(f"/views/{mine.pk}/delete", follow=True).status_code == 200
    assert SavedView.objects.filter(pk=mine.pk).exists()
    assert [row.th.get_text() for row in other.html("/views/").select("tbody tr")] == ["ours"]


def test_a_browser_is_known_by_a_signed_cookie_that_scripts_cannot_read(pages, experiment):
    assert "trackui_browser" not in pages.get(f"/experiments/{experiment.pk}/").cookies

    cookie = save(pages, experiment).cookies["trackui_browser"]
    pages.cookies["trackui_browser"] = cookie.value[:-2] + "xx"

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert menu(pages.html(f"/experiments/{experiment.pk}/")) == []


def test_a_default_is_shown_where_the_address_says_nothing(pages, experiment):
    save(pages, experiment, name="for all", is_shared="on", is_default="on")
    for_all = SavedView.objects.get()
    other = PageClient()

    opened = other.get(f"/experiments/{experiment.pk}/")
    html = parse(other.get(opened["Location"]))

    assert opened["Location"].endswith(f"saved={for_all.pk}")
    assert html.select_one(".views a[href$='view_default=off']")
    assert other.get(f"/experiments/{experiment.pk}/", {"view_default": "off"}).status_code == 200
    assert other.get(f"/experiments/{experiment.pk}/", headers={"HX-Request": "true"}).status_code == 200
    assert other.get("/runs/").status_code == 200


def test_ones_own_default_goes_before_that_of_all(pages, experiment):
    save(pages, experiment, name="for all", is_shared="on", is_default="on")
    save(pages, experiment, name="for me", is_default="on")
    save(pages, experiment, name="for me now", is_default="on", query="order=start_time")

    assert pages.get(f"/experiments/{experiment.pk}/")["Location"].startswith(
        f"/experiments/{experiment.pk}/?order=start_time"
    )
    assert list(SavedView.objects.filter(is_default=True).order_by("name").values_list("name", flat=True)) == [
        "for all",
        "for me now",
    ]


def test_the_table_of_all_runs_has_views_too(pages, experiment):
    response = save(pages, name="everything", is_default="on")

    assert response["Location"].startswith("/runs/?order=params.lr")
    assert pages.get("/runs/")["Location"] == response["Location"]
    assert menu(pages.html(f"/experiments/{experiment.pk}/")) == []


def test_it_is_renamed_shared_and_deleted(pages, experiment):
    save(pages, experiment)
    view = SavedView.objects.get()

    form = pages.html(f"/views/{view.pk}/edit")
    pages.post(f"/views/{view.pk}/edit", {"name": " better ", "is_shared": "on"})
    view.refresh_from_db()
    deleted = pages.post(f"/views/{view.pk}/delete")

    assert form.select_one("[name=name]")["value"] == "best first"
    assert (view.name, view.is_shared, view.is_default) == ("better", True, False)
    assert deleted["Location"] == f"/experiments/{experiment.pk}/?view_default=off"
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["view.save", "view.change", "view.delete"]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "  "},
        {"name": "x" * 201},
        {"name": "a\0b"},
        {"query": "q=" + "x" * 8001},
    ],
)
def test_what_cannot_be_kept_is_said(pages, experiment, fields):
    response = save(pages, experiment, **fields)

    assert message(pages.get(response["Location"]))
    assert not SavedView.objects.exists()


def test_two_views_of_a_page_have_two_names(pages, experiment):
    save(pages, experiment)
    response = save(pages, experiment)

    assert "of that name" in pages.get(response["Location"]).content.decode()
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    ("page", "experiment_id"),
    [("runs", "999999"), ("runs", "x"), ("runs", "9" * 30), ("charts", ""), ("nowhere", "0"), ("", "0")],
)
def test_a_page_that_is_not_here_has_no_views(pages, page, experiment_id):
    response = pages.post("/views/save", {"page": page, "name": "a", "query": "", "experiment": experiment_id})

    assert response.status_code in (400, 404)
    assert not SavedView.objects.exists()


def test_hostile_names_are_text(pages, experiment):
    response = save(pages, experiment, name=HOSTILE, query=f"q={HOSTILE}", is_shared="on")

    for page in (response["Location"], "/views/", f"/views/{SavedView.objects.get().pk}/edit"):
        answer = pages.get(page)
        assert b"<script>alert" not in answer.content
        assert HOSTILE in parse(answer).select_one(".views summary .clip, tbody th, [name=name]").get("value", HOSTILE)


def test_views_are_one_statement_however_many(pages, experiment, django_assert_num_queries):
    for number in range(5):
        save(pages, experiment, name=f"view {number}", is_shared="on")

    with django_assert_num_queries(1):
        assert len(view_menu(experiment.pk, "runs", owner="", query=QueryDict("saved=1")).views) == 5


@pytest.mark.parametrize("page", ["groups", "charts", "explore"])
def test_every_page_of_an_experiment_has_views_and_a_default(pages, experiment, page):
    save(pages, experiment, page=page, query="q=has(params.lr)", is_default="on", is_shared="on")

    opened = PageClient().get(f"/experiments/{experiment.pk}/{page}")
    html = parse(pages.get(opened["Location"]))

    assert opened["Location"].startswith(f"/experiments/{experiment.pk}/{page}?q=has")
    assert html.select_one(".views summary .clip").get_text() == "best first"
    assert html.select_one(".chip code").get_text() == "has(params.lr)"
    assert html.select_one(f"panel-link a[href^='/experiments/{experiment.pk}/condition']")
