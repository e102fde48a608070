"""What the benchmarks' command lines share: one server measured, or several side by side."""

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.client import Refused, Tracking
from benchmarks.table import print_table

Figures = dict[str, float | int | str]


class Measured(NamedTuple):
    """What one workload came to. Figures are numbers, or a word why there is none."""

    workload: str
    figures: Figures


Measure = Callable[[Tracking, argparse.Namespace], Iterator[Measured]]


def parser_of(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", help="of the server to measure")
    parser.add_argument(
        "--compare", nargs="+", metavar="NAME=URL", help="measure these instead, workload by workload in turn"
    )
    return parser


def run(title: str, measure: Measure, parser: argparse.ArgumentParser) -> None:
    """Print one table: a line a workload, or a line a figure when servers are compared."""
    options = parser.parse_args()
    if not options.url and not options.compare:
        parser.error("name a server, or several with --compare")
    servers = dict(name.split("=", 1) for name in options.compare or [f"server={options.url}"])
    measuring = [measure(Tracking(url), options) for url in servers.values()]
    try:
        # The next workload of each in turn: what else the machine does meets all of them alike.
        rounds = list(zip(*measuring, strict=True))
    except (Refused, OSError) as error:
        raise SystemExit(f"{parser.prog}: {error}") from error
    if len(servers) == 1:
        print_alone(title, [measured for (measured,) in rounds])
    else:
        print_side_by_side(title, list(servers), rounds)


def print_alone(title: str, measured: list[Measured]) -> None:
    names = list(dict.fromkeys(name for one in measured for name in one.figures))
    print_table(
        title,
        ("workload", *names),
        [(one.workload, *(one.figures.get(name, "") for name in names)) for one in measured],
    )


def print_side_by_side(title: str, servers: list[str], rounds: list[tuple[Measured, ...]]) -> None:
    first = servers[0]
    lines = []
    for same in rounds:
        for name in dict.fromkeys(name for one in same for name in one.figures):
            figures = [one.figures.get(name, "–") for one in same]
            ratios = [ratio(figure, figures[0]) for figure in figures[1:]]
            lines.append((same[0].workload, name, *figures, *ratios))
    print_table(title, ("workload", "figure", *servers, *(f"{name} : {first}" for name in servers[1:])), lines)


def ratio(figure: float | int | str, first: float | int | str) -> float | str:
    if isinstance(figure, str) or isinstance(first, str) or not first:
        return "–"
    return figure / first
