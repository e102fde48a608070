"""Each benchmark runs against a server of ours and prints its table."""

import importlib
import sys

import pytest

# (module, options, what stands in its table)
COMMANDS = [
    ("ingest", "--seconds 0.2 --clients 2", ["empty", "metric", "batch", "run (runs)", "p99 ms"]),
    ("many_clients", "--seconds 0.2 --clients 1 3", ["1 clients", "3 clients", "fewest"]),
    ("sustained", "--seconds 0.4 --every 0.2 --clients 2", ["points/s", "memory MiB", "all"]),
    ("search", "--runs 12 --repeat 2 --clients 2", ["newest", "a OR b", "deep page", "p95 ms"]),
    ("history", "--points 2500", ["write", "read in pages", "read as one stream"]),
    ("registry", "--seconds 0.1 --clients 2 --repeat 2", ["create a model", "search versions: of a run", "p99 ms"]),
    ("charts", "--runs 2 --points 50 --repeat 2 --clients 2", ["protocol", "chart, zoomed in"]),
]


@pytest.mark.parametrize(("name", "options", "expected"), COMMANDS, ids=[name for name, *_ in COMMANDS])
def test_a_benchmark_prints_one_table(name, options, expected, server, monkeypatch, capsys):
    printed = table_of(name, [server.url, *options.split()], monkeypatch, capsys)

    assert printed.count("\n| --") == 1
    assert [word for word in expected if word not in printed] == []
    assert "refused" not in printed and "not offered" not in printed


def test_two_servers_are_compared_figure_by_figure(server, monkeypatch, capsys):
    options = ["--compare", f"one={server.url}", f"two={server.url}", "--points", "10"]

    printed = table_of("history", options, monkeypatch, capsys)

    assert "two : one" in printed
    assert "| read in pages      | points " in printed


def table_of(name, options, monkeypatch, capsys) -> str:
    benchmark = importlib.import_module(f"benchmarks.{name}")
    monkeypatch.setattr(sys, "argv", [f"benchmarks.{name}", *options])

    benchmark.main()

    return capsys.readouterr().out
