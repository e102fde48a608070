"""The receiver that docs/webhooks.md shows, run as it stands."""

import re
import socket
import subprocess
import sys

from runs.webhooks.attempt import Message, attempt
from runs.webhooks.signature import PURPOSE
from tests.processes import wait_for
from tests.servers import REPOSITORY, free_port
from trackui.encryption import encrypt
from trackui.receivers import receiver_of


def test_the_receiver_of_the_docs_takes_what_is_genuine_once(settings, tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", (REPOSITORY / "docs" / "webhooks.md").read_text(), re.DOTALL)
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    settings.TRACKUI_WEBHOOK_HOSTS = [receiver_of(origin)]
    secret = encrypt("the secret of the webhook", purpose=PURPOSE)
    body = '{"entity":"run","action":"finished","timestamp":"","data":{"name":"r1"}}'
    genuine = Message("1d", f"{origin}/", secret, body)
    forged = Message("2d", f"{origin}/", encrypt("another", purpose=PURPOSE), body)

    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", example.replace("9000", str(port))], stdout=said, stderr=subprocess.DEVNULL
        )
    try:
        wait_for(lambda: is_listening(port))
        statuses = [attempt(message).status for message in (genuine, forged, genuine)]
    finally:
        process.kill()
        process.wait(10)

    assert statuses == [204, 401, 204]
    assert (tmp_path / "said").read_text() == "run finished {'name': 'r1'}\n"


def is_listening(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0
