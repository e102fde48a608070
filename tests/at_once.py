"""Requests at once, from threads of one process."""

import threading
import time
from collections import Counter

from django.db import connections

from tests.clients import JsonClient
from tests.runs.mlflow_api.answers import refusal


def at_once(prefix, calls):
    """The answers to calls made at one moment, one thread each, in the order of the calls.

    A call is (path, body), a POST, or (method, path, body).
    """
    answers = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number, path, body, method="POST"):
        api = JsonClient(prefix)
        try:
            start.wait(30)
            answers[number] = patient(api, method, path, body)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, *call[-2:], *call[:-2])) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def patient(api, method, path, body):
    """As clients do: what is answered 429 is asked again."""
    deadline = time.monotonic() + 50
    while True:
        response = api.send(method, path, body)
        if response.status_code != 429 or time.monotonic() > deadline:
            return response
        assert 1 <= int(response["Retry-After"]) <= 5
        time.sleep(0.02)


def outcomes(answers) -> Counter:
    return Counter((200, "") if answer.status_code == 200 else refusal(answer) for answer in answers)
