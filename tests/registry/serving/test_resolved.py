import pytest

from registry.services.aliases import set_alias
from registry.serving.resolved import can_change, resolved_model
from runs.artifacts.locations import stored_path
from tests.factories import make_logged_model, make_model_version, make_registered_model
from trackui.errors import InvalidParameterValue, TrackingError

pytestmark = pytest.mark.django_db


def test_an_alias_is_the_version_it_points_to():
    model = make_registered_model("forest")
    logged = make_logged_model()
    versions = [make_model_version(model, logged_model=logged) for _ in range(2)]
    set_alias("forest", "champion", 1, user=None)

    found = resolved_model("models:/forest@champion", user=None)

    assert (found.uri, found.version, found.stored) == (
        "models:/forest/1",
        versions[0],
        stored_path(logged.artifact_uri),
    )
    assert resolved_model("models:/forest/latest", user=None).version == versions[1]


def test_logged_models_places_and_folders_are_models_too(tmp_path):
    logged = make_logged_model()

    assert resolved_model(f"models:/{logged.model_id}", user=None).stored == stored_path(logged.artifact_uri)
    assert resolved_model("mlflow-artifacts:/0/x", user=None).stored == stored_path("mlflow-artifacts:/0/x")
    assert resolved_model(str(tmp_path), user=None).folder == tmp_path


@pytest.mark.parametrize(
    "uri",
    ["", "nowhere", "models:/absent/1", "models:/a", "runs:/x", "runs:/x/../y", "mlflow-artifacts:/../x", "s3://b/m"],
)
def test_what_is_no_model_is_refused(uri):
    with pytest.raises(TrackingError):
        resolved_model(uri, user=None)


def test_only_names_can_come_to_mean_another_version():
    names = ["models:/forest@champion", "models:/forest/Production", "models:/forest/latest"]
    fixed = ["models:/forest/3", f"models:/m-{'0' * 32}", "runs:/x/model", "/folder"]

    assert all(map(can_change, names)) and not any(map(can_change, fixed))
    with pytest.raises(InvalidParameterValue):
        can_change("models:/forest")
