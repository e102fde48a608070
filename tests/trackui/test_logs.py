import json
import logging

from trackui.logs import JsonFormatter


def record(message: str, *arguments, exc_info=None) -> logging.LogRecord:
    return logging.LogRecord("trackui.test", logging.ERROR, "x.py", 1, message, arguments, exc_info)


def test_a_line_is_one_line_whatever_is_in_it():
    line = JsonFormatter().format(record("run %s failed", "a\r\nb\x1b[31m\u2028\ud800"))

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == "run a\r\nb\x1b[31m\u2028\ud800 failed"


def test_an_exception_brings_its_traceback():
    try:
        raise ValueError("line\nbreak")
    except ValueError as error:
        line = JsonFormatter().format(record("failed", exc_info=(ValueError, error, error.__traceback__)))

    assert "\n" not in line
    assert "ValueError: line\nbreak" in json.loads(line)["traceback"]


def test_gunicorn_speaks_in_the_same_form(start_server):
    from tests.trackui.test_gateway import answer, connect

    server = start_server()
    with connect(server) as client:
        client.sendall(b"nonsense\r\n\r\n")
        answer(client)

    line = server.log.read_text().splitlines()[-1]
    assert json.loads(line)["logger"] == "gunicorn.error"
