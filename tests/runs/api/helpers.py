"""What the tests of the native API say often."""

from collections.abc import Iterator


def record(api, **fields) -> str:
    """Record a run; answers its id."""
    response = api.post("runs/", fields)
    assert response.status_code == 201, response.json()
    return response.json()["run_id"]


def names(response) -> list[str]:
    assert response.status_code == 200, response.json()
    return [row["name"] for row in response.json()["results"]]


def all_pages(api, path: str, **query) -> Iterator[list[dict]]:
    """The rows of each page, following `next`."""
    answer = api.get(path, query).json()
    while True:
        yield answer["results"]
        if answer["next"] is None:
            return
        answer = api.get(answer["next"].removeprefix("http://localhost")).json()


def text_of(response) -> str:
    """The whole of a stream."""
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def refused(response, status: int, error_code: str) -> str:
    """The message of an error, whose shape is checked."""
    answer = response.json()
    assert response.status_code == status, answer
    assert answer["error_code"] == error_code
    assert answer["message"]
    assert answer["detail"]
    return answer["message"]
