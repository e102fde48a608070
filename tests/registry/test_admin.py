"""Curation of the registry: by the services, at the same cost for any number of rows."""

import pytest
from django.urls import reverse

from registry.admin import registered_models
from registry.models import ModelAlias, ModelEvent, ModelServer, ModelVersion, RegisteredModel
from registry.services.aliases import set_alias
from tests.clients import parse
from tests.factories import make_model_version, make_registered_model

MODELS = ["registeredmodel", "modelversion", "modelalias", "modelevent", "modelserver"]


@pytest.fixture
def forest(db):
    """With two versions, an alias, a tag, and a server."""
    forest = make_registered_model("forest", description="Trees.", tags={"team": "<b>vision"})
    version = make_model_version(forest)
    make_model_version(forest)
    set_alias("forest", "champion", 1, user=None)
    add_server(version)
    return forest


def add_server(version):
    ModelServer.objects.create(
        uri=version.uri,
        model_version=version,
        address="127.0.0.1:7000",
        socket_path="/x",
        process_id=1,
        start_time=1,
        beat_time=1,
    )


def add_many(count: int) -> None:
    for _ in range(count):
        version = make_model_version()
        set_alias(version.name, "champion", 1, user=None)
        add_server(version)


def list_url(model: str) -> str:
    return reverse(f"admin:registry_{model}_changelist")


def change_url(row) -> str:
    return reverse(f"admin:registry_{row._meta.model_name}_change", args=[row.pk])


def last_event() -> tuple:
    event = ModelEvent.objects.latest("id")
    return event.kind, event.user_id, event.before, event.after


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_the_same_statements_whatever_its_rows(admin_pages, forest, model, django_assert_num_queries):
    # Session and user, a bounded count, the page.
    for count in (0, 20):
        add_many(count)
        with django_assert_num_queries(4):
            assert admin_pages.get(list_url(model)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_list_is_searchable_and_has_no_inline_scripts_or_styles(admin_pages, forest, model):
    for query in ("forest", "nothing such", "'; DROP TABLE", "%", "\0"):
        assert admin_pages.get(list_url(model), {"q": query}).status_code == 200

    page = admin_pages.html(list_url(model))
    assert not page.select("style, [style]")
    assert all(script.get("src") or script.get("type") == "application/json" for script in page.find_all("script"))


def test_a_model_is_made_by_the_service(admin_pages, db):
    response = admin_pages.post(
        reverse("admin:registry_registeredmodel_add"), {"name": "forest", "description": "Trees.\r\nMany."}
    )

    assert response.status_code == 302
    assert RegisteredModel.objects.get().description == "Trees.\nMany."
    assert last_event()[:2] == ("model_created", "ada")


def test_a_model_is_renamed_and_described_by_the_service(admin_pages, forest):
    page = admin_pages.html(change_url(forest))
    assert {
        field["name"] for field in page.select("#content-main form [name]:not([type=hidden]):not([type=submit])")
    } == {
        "name",
        "description",
    }
    assert "team = <b>vision" in page.text

    admin_pages.post(change_url(forest), {"name": "grove", "description": "Trees."})

    assert set(ModelVersion.objects.values_list("name", flat=True)) == {"grove"}
    assert last_event() == ("model_renamed", "ada", "forest", "grove")


@pytest.mark.parametrize(
    "wrong", [{"name": "a/b"}, {"name": ""}, {"name": "tree"}, {"name": "ok", "description": "x" * 5001}]
)
def test_a_wrong_model_is_told_on_the_form(admin_pages, forest, wrong):
    make_registered_model("tree")
    before = ModelEvent.objects.count()

    response = admin_pages.post(change_url(forest), {"description": "", **wrong})

    assert response.status_code == 200
    assert parse(response).select(".errorlist")
    assert ModelEvent.objects.count() == before


def test_what_a_service_refuses_is_told_and_undone(admin_pages, forest, monkeypatch):
    monkeypatch.setattr(registered_models, "check_model_name", lambda name: name)

    response = admin_pages.post(change_url(forest), {"name": "a/b", "description": "New."}, follow=True)

    assert "must not have" in parse(response).select_one(".messagelist").text
    assert RegisteredModel.objects.get().description == "Trees."


def test_a_model_is_deleted_by_the_service(admin_pages, forest):
    address = reverse("admin:registry_registeredmodel_delete", args=[forest.pk])
    assert "2 versions" in admin_pages.html(address).text

    admin_pages.post(address, {"post": "yes"})

    assert not ModelVersion.objects.exists()
    assert last_event()[:2] == ("model_deleted", "ada")


def test_several_models_are_deleted_by_the_service(admin_pages, forest):
    admin_pages.post(
        list_url("registeredmodel"), {"action": "delete_selected", "_selected_action": [forest.pk], "post": "yes"}
    )

    assert not RegisteredModel.objects.exists()
    assert last_event()[:2] == ("model_deleted", "ada")


def test_a_version_moves_by_the_service(admin_pages, forest):
    version = forest.versions.get(version=2)

    admin_pages.post(change_url(version), {"stage": "Production", "note": "Good.", "description": "", "source": "x"})

    version.refresh_from_db()
    assert (version.stage, version.source) == ("Production", f"runs:/{'0' * 32}/model")
    assert last_event() == ("stage_moved", "ada", "None", "Production")
    assert ModelEvent.objects.latest("id").note == "Good."
    assert admin_pages.get(reverse("admin:registry_modelversion_add")).status_code == 403


def test_a_version_is_described_and_deleted_by_the_service(admin_pages, forest):
    version = forest.versions.get(version=2)

    admin_pages.post(change_url(version), {"stage": "None", "note": "", "description": "Best."})
    assert last_event() == ("version_described", "ada", "", "Best.")
    admin_pages.post(reverse("admin:registry_modelversion_delete", args=[version.pk]), {"post": "yes"})

    assert last_event()[:2] == ("version_deleted", "ada")


def test_an_alias_is_made_moved_and_deleted_by_the_service(admin_pages, forest):
    admin_pages.post(
        reverse("admin:registry_modelalias_add"), {"registered_model": forest.pk, "alias": "next", "version": 2}
    )
    alias = ModelAlias.objects.get(alias="next")
    assert last_event() == ("alias_set", "ada", "", "2")

    admin_pages.post(change_url(alias), {"version": 1, "note": "Back.", "alias": "hacked"})
    assert last_event() == ("alias_set", "ada", "2", "1")
    admin_pages.post(reverse("admin:registry_modelalias_delete", args=[alias.pk]), {"post": "yes"})

    assert last_event() == ("alias_deleted", "ada", "1", "")
    assert list(ModelAlias.objects.values_list("alias", flat=True)) == ["champion"]


@pytest.mark.parametrize(
    "wrong", [{"alias": "latest"}, {"alias": "a b"}, {"version": 9}, {"alias": "champion"}, {"version": ""}]
)
def test_a_wrong_alias_is_told_on_the_form(admin_pages, forest, wrong):
    response = admin_pages.post(
        reverse("admin:registry_modelalias_add"),
        {"registered_model": forest.pk, "alias": "next", "version": 2, **wrong},
    )

    assert response.status_code == 200
    assert parse(response).select(".errorlist")
    assert ModelAlias.objects.count() == 1


@pytest.mark.parametrize("kind", [ModelEvent, ModelServer])
def test_what_happened_is_neither_made_changed_nor_deleted(admin_pages, forest, kind):
    row, name = kind.objects.first(), kind._meta.model_name

    page = admin_pages.html(change_url(row))

    assert not page.select("#content-main form [name]:not([type=hidden]):not([type=submit])")
    assert admin_pages.get(reverse(f"admin:registry_{name}_add")).status_code == 403
    assert admin_pages.post(reverse(f"admin:registry_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
