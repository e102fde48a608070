"""A registered model with its files, made over the protocol as a client would."""

import urllib.request

from tests.browser.logged import call
from tests.registry.folders import FILES


def register_model(server, experiment: str, run: str) -> str:
    """With two versions of one folder, the second in Production and with an alias; answers its name."""
    name = f"registered {experiment}"
    for path, text in FILES.items():
        address = f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/model/{path}"
        request = urllib.request.Request(address, text.encode(), method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
    call(server, "registered-models/create", {"name": name, "tags": [{"key": "team", "value": "risk"}]})
    for _ in range(2):
        call(server, "model-versions/create", {"name": name, "source": f"runs:/{run}/model", "run_id": run})
    call(server, "model-versions/transition-stage", {"name": name, "version": "2", "stage": "Production"})
    call(server, "registered-models/alias", {"name": name, "alias": "champion", "version": "2"})
    return name
