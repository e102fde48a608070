"""Merging tags and archiving old versions, from the admin: shown first, then done as a job."""

import pytest
from django.urls import reverse

from registry.models import ModelEvent, ModelVersion, RegisteredModelTag
from runs.models import Job
from tests.clients import parse
from tests.factories import make_model_version, make_registered_model

MERGE = "admin:registry_merge_tags"
ARCHIVE = "admin:registry_archive_versions"


@pytest.fixture
def old(db):
    """Two versions of long ago, tagged in two spellings."""
    forest = make_registered_model("forest", tags={"Team": "a"})
    make_registered_model("tree", tags={"Team": "<b>a", "team": "b"})
    for _ in range(2):
        make_model_version(forest)
    forest.versions.update(creation_time=0)
    return forest


def sent(page) -> dict[str, str]:
    """The form that does what the page shows."""
    return {field["name"]: field["value"] for field in page.select("form[method=post] input[name][type=hidden]")}


def test_old_versions_are_listed_and_then_archived(admin_pages, old, work_jobs):
    address = f"{reverse(ARCHIVE)}?older_than=90"
    page = admin_pages.html(address)
    assert [row.td.text for row in page.select(".results tbody tr")] == ["1", "2"]
    assert not ModelVersion.objects.filter(stage="Archived").exists()

    response = admin_pages.post(address, sent(page))

    job = Job.objects.get()
    assert response["Location"] == reverse("runs:job_detail", args=[job.pk])
    work_jobs()
    assert ModelVersion.objects.filter(stage="Archived").count() == 2
    assert ModelEvent.objects.latest("id").user_id == "ada"


def test_tags_are_counted_and_then_merged(admin_pages, old, work_jobs):
    address = f"{reverse(MERGE)}?kind=models&old=Team&new=team&conflicts=take"
    page = admin_pages.html(address)
    assert "1 has both with different values: take the value of the key that goes" in page.text
    assert [cell.text for cell in page.select(".results tbody tr > *")] == ["tree", "<b>a", "b"]

    for _ in range(2):
        admin_pages.post(address, sent(page))
    work_jobs()

    assert Job.objects.count() == 1
    assert set(RegisteredModelTag.objects.values_list("key", "value")) == {("team", "a"), ("team", "<b>a")}


@pytest.mark.parametrize(
    ("name", "query"), [(ARCHIVE, "older_than=90"), (MERGE, "kind=models&old=Team&new=team&conflicts=keep")]
)
def test_what_has_changed_since_is_shown_again(admin_pages, old, name, query):
    address = f"{reverse(name)}?{query}"
    form = sent(admin_pages.html(address))
    make_registered_model("late", tags={"Team": "c"})
    make_model_version(old)
    old.versions.update(creation_time=0)

    response = admin_pages.post(address, form, follow=True)

    assert "Others have changed something" in parse(response).text
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        (ARCHIVE, "older_than=0"),
        (ARCHIVE, "older_than=x"),
        (ARCHIVE, "older_than=99999999999999999999"),
        (MERGE, "kind=models&old=a&new=a&conflicts=keep"),
        (MERGE, "kind=runs&old=a&new=b&conflicts=keep"),
        (MERGE, "kind=models&old=../a&new=b&conflicts=keep"),
        (MERGE, "kind=models&old=%00&new=b&conflicts=keep"),
        (MERGE, "old=a"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_on_the_form(admin_pages, db, name, query):
    for response in (admin_pages.get(f"{reverse(name)}?{query}"), admin_pages.post(f"{reverse(name)}?{query}")):
        assert response.status_code == 200
        assert parse(response).select(".errorlist")
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", [ARCHIVE, MERGE])
def test_only_who_may_change_gets_there(pages, db, django_user_model, name):
    assert pages.get(reverse(name)).status_code == 302
    pages.force_login(django_user_model.objects.create(username="eve", is_staff=True))

    assert pages.get(reverse(name)).status_code == 403


@pytest.mark.parametrize(("name", "model"), [(ARCHIVE, "modelversion"), (MERGE, "registeredmodel")])
def test_they_are_found_from_the_lists_and_have_no_inline_scripts(admin_pages, old, name, model):
    page = admin_pages.html(reverse(f"admin:registry_{model}_changelist"))
    assert page.select(f'a[href="{reverse(name)}"]')

    page = admin_pages.html(reverse(name))
    assert not page.select("style, [style]")
    assert all(script.get("src") for script in page.find_all("script"))
