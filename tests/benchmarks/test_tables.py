"""benchmarks.table and benchmarks.command: figures as people read them."""

from benchmarks.command import Measured, print_side_by_side
from benchmarks.load import percentile
from benchmarks.table import print_table


def test_a_table_is_markdown_with_numbers_to_the_right(capsys):
    print_table("Speed", ("what", "per s"), [("batch", 120_000.4), ("none", "refused")])

    assert capsys.readouterr().out.strip().splitlines() == [
        "Speed",
        "",
        "| what  |   per s |",
        "| ----- | ------: |",
        "| batch | 120,000 |",
        "| none  | refused |",
    ]


def test_servers_stand_side_by_side_with_their_ratio_to_the_first(capsys):
    rounds = [(Measured("batch", {"per s": 200}), Measured("batch", {"per s": 50}))]

    print_side_by_side("Speed", ["ours", "theirs"], rounds)

    assert capsys.readouterr().out.splitlines()[-2:] == [
        "| batch    | per s  |  200 |     50 |          0.25 |",
        "",
    ]


def test_what_one_server_refuses_has_no_ratio(capsys):
    rounds = [(Measured("a OR b", {"p50 ms": 2.0}), Measured("a OR b", {"p50 ms": "refused"}))]

    print_side_by_side("Search", ["ours", "theirs"], rounds)

    assert "| refused | –" in capsys.readouterr().out


def test_a_percentile_is_a_value_that_was_measured():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
