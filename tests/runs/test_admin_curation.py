from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.clients import parse
from tests.factories import make_run


def test_tags_of_runs_are_counted_and_then_merged(pages, db, django_user_model, work_jobs):
    pages.force_login(django_user_model.objects.create(username="ada", is_staff=True, is_superuser=True))
    run = make_run(tags={"Team": "a"})
    address = f"{reverse('admin:runs_merge_tags')}?old=Team&new=team&conflicts=keep"
    page = pages.html(address)
    assert "1 of the runs has the tag “Team”" in page.text

    form = {field["name"]: field["value"] for field in page.select("form[method=post] input[name][type=hidden]")}
    assert pages.post(address, form).status_code == 302
    work_jobs()

    assert run.tags.filter(key__name="team", value="a").exists()


def test_only_who_may_change_keys_gets_there(pages, db, django_user_model):
    eve = django_user_model.objects.create(username="eve", is_staff=True)
    eve.user_permissions.add(Permission.objects.get(codename="view_key"))
    pages.force_login(eve)

    assert pages.get(reverse("admin:runs_merge_tags")).status_code == 403


def test_it_is_found_from_the_list_of_keys(pages, db, django_user_model):
    pages.force_login(django_user_model.objects.create(username="ada", is_staff=True, is_superuser=True))

    page = parse(pages.get(reverse("admin:runs_key_changelist")))

    assert page.select(f'a[href="{reverse("admin:runs_merge_tags")}"]')
