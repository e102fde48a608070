"""The protocol as curl speaks it: HTTP without any client library of MLflow."""

import http.client
import json
import urllib.parse
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: http.client.HTTPMessage

    def json(self):
        return json.loads(self.body)


class Refused(Exception):
    def __init__(self, status: int, error_code: str, message: str) -> None:
        super().__init__(f"{status} {error_code}: {message}")
        self.status, self.error_code, self.message = status, error_code, message


class Wire:
    """One kept-alive connection to the server at `url`; not for two threads at a time."""

    def __init__(self, url: str, *, prefix: str = "/api/2.0") -> None:
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self.prefix = prefix

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """The path as it stands, quoted by the caller."""
        try:
            self.connection.request(method, path, body, headers)
        except (BrokenPipeError, ConnectionResetError):  # an idle connection that the server closed
            self.connection.close()
            self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.read(), response.headers)

    def call(self, method: str, path: str, data: dict | None = None, *, under: str = "mlflow") -> dict:
        """One endpoint; its decoded answer, or Refused."""
        path, body = f"{self.prefix}/{under}/{path}", None
        if method == "GET" and data:
            path += "?" + urllib.parse.urlencode(data, doseq=True)
        elif method != "GET":
            body = json.dumps(data or {}).encode()
        answer = self.send(method, path, body, **{"Content-Type": "application/json"})
        if answer.status != 200:
            error = answer.json()
            raise Refused(answer.status, error["error_code"], error["message"])
        return answer.json()

    def get(self, path: str, /, **query) -> dict:
        return self.call("GET", path, query)

    def post(self, path: str, /, **body) -> dict:
        return self.call("POST", path, body)

    def close(self) -> None:
        self.connection.close()
