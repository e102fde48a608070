import pytest

from registry.models import ModelServer
from registry.queries.model_servers import live_servers
from registry.services import model_servers
from tests.factories import make_model_version, make_registered_model

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def version():
    return make_model_version(make_registered_model("forest"))


def start(version, **fields):
    asked = {"uri": "models:/forest@a", "address": "http://127.0.0.1:7000", "socket_path": "/s", "process_id": 7}
    return model_servers.start_server(version=version, **asked, **fields)


def test_a_server_is_there_from_its_start_to_its_end(version):
    server = start(version, run_id="r")
    assert live_servers(version) == [server]

    ModelServer.objects.update(beat_time=0)
    assert live_servers(version) == []
    model_servers.beat(server)
    assert live_servers(version) == [server]

    model_servers.end_server(server)
    assert live_servers(version) == []


def test_a_server_follows_its_version(version):
    server = start(version)
    following = make_model_version(version.registered_model)

    model_servers.serve_version(server, following)

    assert live_servers(version) == [] and live_servers(following) == [server]


def test_servers_that_died_without_a_word_are_ended_at_the_next_start(version):
    dead, alive = start(version), start(version)
    ModelServer.objects.filter(pk=dead.pk).update(beat_time=5)

    assert model_servers.end_dead_servers() == [dead]
    assert model_servers.end_dead_servers() == []

    dead.refresh_from_db()
    alive.refresh_from_db()
    assert dead.end_time == 5 and alive.end_time is None
