import pytest

from runs.models import AuditEntry, LifecycleStage, Run, RunTag
from tests.clients import PageClient, parse
from tests.factories import make_run


def url(run, action):
    return f"/runs/{run.run_id}/{action}"


def tags(run):
    return dict(RunTag.objects.filter(run=run).values_list("key__name", "value"))


def messages(response):
    return [message.text for message in parse(response).select(".message")]


def test_name_and_note_are_edited_together(pages):
    run = make_run(name="old", tags={"mlflow.note.content": "before"})
    form = pages.html(url(run, "edit")).select_one("main form")

    response = pages.post(url(run, "edit"), {"name": "new", "note": "# After\r\n\r\ntext"}, follow=True)

    assert form.select_one("[name=name]")["value"] == "old"
    assert form.select_one("[name=note]").text.strip() == "before"
    assert response.redirect_chain == [(url(run, ""), 302)]
    assert messages(response) == ["Saved."]
    assert Run.objects.get(pk=run.pk).name == "new"
    assert (tags(run)["mlflow.runName"], tags(run)["mlflow.note.content"]) == ("new", "# After\n\ntext")


@pytest.mark.parametrize(("name", "note"), [("  ", "x"), ("x" * 8001, ""), ("a\0b", "")])
def test_what_cannot_be_stored_is_said_beside_its_field(pages, name, note):
    run = make_run(name="old")

    page = parse(pages.post(url(run, "edit"), {"name": name, "note": note}))

    assert page.select_one(".errorlist")
    assert Run.objects.get(pk=run.pk).name == "old"


def test_tags_and_colour_are_edited_in_the_same_form(pages):
    run = make_run(name="old", tags={"team": "a", "gone": "1", "lines": "x\r\ny"})
    form = pages.html(url(run, "edit")).select_one("main form")
    keys, values = ([field["value"] for field in form.select(f"[name=tags_{part}]")] for part in ("key", "value"))

    fields = {"name": "old", "note": "", "colour": "run-7", "tags_key": ["team", "", "new"]}
    pages.post(url(run, "edit"), fields | {"tags_value": ["b", "1", "2"]})

    assert dict(zip(keys, values, strict=True)) == {"team": "a", "gone": "1", "": ""}
    assert {key: value for key, value in tags(run).items() if "." not in key} == {
        "team": "b",
        "new": "2",
        "lines": "x\r\ny",
    }
    run.refresh_from_db()
    assert run.colour == "run-7"
    assert "dot run-7" in pages.get(url(run, "")).content.decode()
    entries = AuditEntry.objects.filter(subject_kind="run", subject_id=run.run_id)
    assert {(entry.action, entry.detail.get("key"), entry.detail["after"]) for entry in entries} == {
        ("run.colour", None, "run-7"),
        ("run.tag", "team", "b"),
        ("run.tag", "new", "2"),
        ("run.tag", "gone", None),
    }


def test_a_script_gets_the_form_alone_and_no_content_once_it_is_saved(pages):
    run = make_run(name="old")
    headers = {"HX-Request": "true"}

    asked = pages.get(url(run, "edit"), headers=headers)
    refused = pages.post(url(run, "edit"), {"name": " ", "note": ""}, headers=headers)
    saved = pages.post(url(run, "edit"), {"name": "<b>new", "note": ""}, headers=headers)

    assert asked.content.decode().lstrip().startswith("<form")
    assert (refused.status_code, bool(parse(refused).select(".errorlist"))) == (200, True)
    assert saved.status_code == 204
    assert Run.objects.get(pk=run.pk).name == "<b>new"


@pytest.mark.parametrize("colour", ["run-13", "red", "#12345", "run-0", "url(x)"])
def test_a_colour_that_is_none_is_refused(pages, colour):
    run = make_run(name="old")

    response = pages.post(url(run, "edit"), {"name": "new", "note": "", "colour": colour})

    assert response.status_code == 400
    assert Run.objects.get(pk=run.pk).name == "old"


def test_tags_are_set_changed_and_deleted(pages):
    run = make_run(tags={"a": "1"})

    pages.post(url(run, "tags/set"), {"key": " b ", "value": "2"})
    response = pages.post(url(run, "tags/set"), {"key": "a", "value": "3"}, follow=True)
    asked = pages.html(url(run, "tags/delete"), {"key": "b"})
    pages.post(url(run, "tags/delete"), {"key": "b"})

    assert messages(response) == ["Tag b set.", "Tag a set."]
    assert "“2”" in asked.text
    assert {key: value for key, value in tags(run).items() if len(key) == 1} == {"a": "3"}


def test_a_tag_in_the_address_is_edited_in_its_row(pages):
    run = make_run(tags={"a b/c": "1"})

    row = pages.html(url(run, "tags"), {"edit": "a b/c"}).select_one("tbody tr")

    assert row.select_one("[name=key]")["value"] == "a b/c"
    assert row.textarea.text.strip() == "1"


def test_a_key_that_is_refused_is_said(pages):
    run = make_run()

    response = pages.post(url(run, "tags/set"), {"key": "../x", "value": "1"}, follow=True)

    assert parse(response).select_one(".message.error")
    assert "../x" not in tags(run)


def test_a_run_is_deleted_and_restored_after_a_question(pages):
    run = make_run(name="wide-moth")

    asked = pages.html(url(run, "delete"))
    stage_after_asking = Run.objects.get(pk=run.pk).lifecycle_stage
    deleted = pages.post(url(run, "delete"), follow=True)
    stage_after_delete = Run.objects.get(pk=run.pk).lifecycle_stage
    pages.html(url(run, "restore"))
    pages.post(url(run, "restore"))

    assert "Delete wide-moth?" in asked.h1.text
    assert stage_after_asking == LifecycleStage.ACTIVE
    assert "This run is deleted." in deleted.content.decode()
    assert stage_after_delete == LifecycleStage.DELETED
    assert Run.objects.get(pk=run.pk).lifecycle_stage == LifecycleStage.ACTIVE


@pytest.mark.parametrize("action", ["edit", "tags/set", "tags/delete", "delete", "restore"])
def test_a_form_without_its_token_is_refused(db, action):
    run = make_run(name="old")
    browser = PageClient()
    browser.handler.enforce_csrf_checks = True

    response = browser.post(url(run, action), {"name": "new", "key": "a", "value": "b"})

    assert response.status_code == 403
    assert Run.objects.get(pk=run.pk).name == "old"


def test_setting_a_tag_by_get_is_not_possible(pages):
    assert pages.get(url(make_run(), "tags/set"), {"key": "a", "value": "b"}).status_code == 405


def test_a_deleted_run_keeps_its_tags(pages):
    run = make_run(lifecycle_stage=LifecycleStage.DELETED, tags={"a": "1"})

    response = pages.post(url(run, "tags/set"), {"key": "a", "value": "2"}, follow=True)

    assert "must be in the 'active' state" in messages(response)[0]
    assert tags(run)["a"] == "1"


def test_what_people_change_on_a_page_is_in_the_list_of_changes(pages):
    run = make_run(tags={"team": "a"})

    pages.post(url(run, "tags/set"), {"key": "team", "value": "b"})
    pages.post(url(run, "tags/delete"), {"key": "team"})
    pages.post(url(run, "delete"))
    pages.post(url(run, "restore"))

    entries = AuditEntry.objects.filter(subject_kind="run", subject_id=run.run_id).order_by("pk")
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("run.tag", {"before": "a", "after": "b", "key": "team"}),
        ("run.tag", {"before": "b", "after": None, "key": "team"}),
        ("run.delete", {}),
        ("run.restore", {}),
    ]
