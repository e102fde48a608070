"""What is said of a long work: a bar on a terminal, lines elsewhere."""

import io

from trackui.database_transfer import progress
from trackui.database_transfer.progress import Progress, clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_line_that_is_drawn_over(monkeypatch):
    monkeypatch.setattr(progress, "TERMINAL_SECONDS", 0)
    terminal = Terminal()

    with Progress(terminal, "copied", 200) as bar:
        bar.advance(50)
        bar.advance(150)

    first, second, last = terminal.getvalue().split("\r")[1:]
    assert "25%  50 of 200 rows" in first and "left" in first
    assert "100%  200 of 200 rows" in second and "left" not in second
    assert last.endswith("\n")


def test_elsewhere_lines_are_few_and_plain():
    stream = io.StringIO()

    with Progress(stream, "copied", 1_000) as bar:
        for _ in range(1_000):
            bar.advance(1)

    assert stream.getvalue().count("\n") == 1
    assert "\r" not in stream.getvalue() and "\x1b" not in stream.getvalue()


def test_the_rate_leaves_out_what_was_done_before():
    bar = Progress(io.StringIO(), "copied", 300, done=100)
    bar.advance(100)

    assert "67%  200 of 300 rows, 50 rows/s, 0:02, 0:02 left" in bar.line(2.0, 120)


def test_nothing_to_do_is_all_done():
    assert "100%  0 of 0 rows, 0 rows/s" in Progress(io.StringIO(), "copied", 0).line(0.0, 120)


def test_the_bar_takes_the_room_that_is_left():
    progress = Progress(io.StringIO(), "copied", 100)
    progress.advance(50)

    assert progress.line(1.0, 120).startswith("█" * 12 + "·" * 12 + " copied  50%")
    assert len(progress.line(1.0, 60)) == 60
    assert progress.line(1.0, 30) == "copied  50%  50 of 100 rows, 5"


def test_a_clock_has_hours_where_it_needs_them():
    assert [clock(5), clock(65), clock(3_723)] == ["0:05", "1:05", "1:02:03"]
