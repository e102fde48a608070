"""Clients of each door, on Django's test client."""

import json

from bs4 import BeautifulSoup
from django.test import Client

MLFLOW_PREFIXES = ("/api/2.0", "/ajax-api/2.0")


class JsonClient:
    """Speaks JSON to the paths below `prefix`; a path that starts with a slash is taken as it is."""

    def __init__(self, prefix: str, **headers: str) -> None:
        self.prefix = prefix
        self.http = Client(headers={"host": "localhost", **headers})

    def get(self, path: str, query: dict | None = None, **headers: str):
        return self.http.get(self.url(path), query, headers=headers)

    def post(self, path: str, body: object = None, **headers: str):
        return self.send("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: object = None, **headers: str):
        return self.send("PUT", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: object = None, **headers: str):
        return self.send("PATCH", path, {} if body is None else body, **headers)

    def delete(self, path: str, body: object = None, **headers: str):
        return self.send("DELETE", path, {} if body is None else body, **headers)

    def send(self, method: str, path: str, body: object, *, content_type: str = "application/json", **headers: str):
        """Any method. Bytes and text travel as they are, so a test can send what is not JSON."""
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        return self.http.generic(method, self.url(path), body, content_type=content_type, headers=headers)

    def url(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.prefix}/{path}"


class PageClient(Client):
    """A browser without JavaScript."""

    def __init__(self) -> None:
        super().__init__(headers={"host": "localhost"})

    def html(self, url: str, query: dict | None = None, **headers: str) -> BeautifulSoup:
        """The page at `url`, redirects followed; it must be there."""
        response = self.get(url, query, follow=True, headers=headers)
        assert response.status_code == 200, (url, response.status_code)
        return parse(response)


def parse(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")
