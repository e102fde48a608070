"""Thirty-two clients that log a metric each, all at once, to one server on SQLite."""

import http.client
import json
import threading
import time
from statistics import median
from urllib.parse import urlsplit

CLIENTS = 32
REQUESTS = 8


def call(connection, path, body):
    connection.request(
        "POST", f"/api/2.0/mlflow/{path}", json.dumps(body), headers={"Content-Type": "application/json"}
    )
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_all_are_served_without_an_error_and_none_waits_for_all_others(server):
    address = urlsplit(server.url).netloc
    start = threading.Barrier(CLIENTS)
    answers, seconds = [], []

    def log():
        connection = http.client.HTTPConnection(address, timeout=60)
        _, created = call(connection, "runs/create", {"experiment_id": "0"})
        point = {"run_id": created["run"]["info"]["run_id"], "key": "loss", "timestamp": 1}
        start.wait(60)
        for step in range(REQUESTS):
            began = time.perf_counter()
            answers.append(call(connection, "runs/log-metric", {**point, "value": step, "step": step}))
            seconds.append(time.perf_counter() - began)
        connection.close()

    threads = [threading.Thread(target=log) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert answers == [(200, {})] * (CLIENTS * REQUESTS)
    assert max(seconds) <= 20 * median(seconds)
