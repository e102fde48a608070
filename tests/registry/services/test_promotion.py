import pytest

from registry.models import ModelEvent
from registry.services.promotion import promote
from tests.factories import make_model_version, make_registered_model
from trackui.errors import InvalidParameterValue, ResourceDoesNotExist


@pytest.fixture
def model(db):
    model = make_registered_model("forest")
    for _ in range(2):
        make_model_version(model)
    return model


def stages(model):
    return dict(model.versions.values_list("version", "stage"))


def aliases(model):
    return dict(model.aliases.values_list("alias", "model_version__version"))


def test_a_version_takes_its_stage_and_its_aliases_at_once(model):
    promote("forest", 1, stage="Production", aliases=["champion"], user=None)

    promote(
        *("forest", 2),
        stage="production",
        archive_existing_versions=True,
        aliases=["champion", "next", "next"],
        note="Better.",
        user=None,
    )

    assert stages(model) == {1: "Archived", 2: "Production"}
    assert aliases(model) == {"champion": 2, "next": 2}
    told = ModelEvent.objects.filter(note="Better.").order_by("id").values_list("kind", "version", "before", "after")
    assert list(told) == [
        ("stage_moved", 1, "Production", "Archived"),
        ("stage_moved", 2, "None", "Production"),
        ("alias_set", 2, "1", "2"),
        ("alias_set", 2, "", "2"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "Staging", "aliases": ["fine", "latest"]},
        {"stage": "Gold", "aliases": ["fine"]},
        {"stage": "Archived", "archive_existing_versions": True},
        {"archive_existing_versions": True, "aliases": ["fine"]},
        {"stage": "Staging", "note": "x" * 5001},
        {},
    ],
)
def test_where_a_part_is_refused_nothing_is_moved(model, wrong):
    before = ModelEvent.objects.count()

    with pytest.raises(InvalidParameterValue):
        promote("forest", 1, **wrong, user=None)

    assert set(stages(model).values()) == {"None"}
    assert aliases(model) == {}
    assert ModelEvent.objects.count() == before


@pytest.mark.parametrize(("name", "version"), [("forest", 9), ("tree", 1)])
def test_a_version_that_is_not_there_is_told(model, name, version):
    with pytest.raises(ResourceDoesNotExist):
        promote(name, version, aliases=["champion"], user=None)
    with pytest.raises(ResourceDoesNotExist):
        promote(name, version, removed_aliases=["champion"], user=None)
