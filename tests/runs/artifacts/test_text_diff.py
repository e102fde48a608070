import time

from hypothesis import given, settings
from hypothesis import strategies as st

from runs.artifacts.text_diff import MOST_LINES, text_diff

lines = st.lists(st.sampled_from(["", "a", "b", "ab", "ba", "abc"]), max_size=30)


def sides(diff):
    """Each text as the lines of the difference have it; gaps as None."""
    left, right = [], []
    for line in diff.lines:
        if line.kind == "gap":
            left.append(None)
            right.append(None)
        if line.left_number is not None:
            left.append((line.left_number, "".join(text for text, _ in line.left)))
        if line.right_number is not None:
            right.append((line.right_number, "".join(text for text, _ in line.right)))
    return left, right


@settings(deadline=None)
@given(lines, lines)
def test_every_line_is_shown_once_or_is_in_a_gap_of_equal_ones(before, after):
    diff = text_diff("\n".join(before), "\n".join(after))

    for shown, text in zip(sides(diff), ("\n".join(before), "\n".join(after)), strict=True):
        written = [line for line in shown if line]
        assert [number for number, _ in written] == sorted({number for number, _ in written})
        assert all(text.splitlines()[number - 1] == line for number, line in written)
    skipped = sum(line.skipped for line in diff.lines)
    for shown, text in zip(sides(diff), ("\n".join(before), "\n".join(after)), strict=True):
        assert len([line for line in shown if line]) + skipped == len(text.splitlines())


@settings(deadline=None)
@given(lines, lines)
def test_equal_texts_have_no_difference_and_others_have_one(before, after):
    diff = text_diff("\n".join(before), "\n".join(after))

    assert diff.is_same == ("\n".join(before).splitlines() == "\n".join(after).splitlines())


def test_what_changed_within_a_line_is_marked():
    (line,) = text_diff("lr: 0.001", "lr: 0.0003").lines

    assert line.kind == "changed"
    assert line.left == (("lr: 0.00", False), ("1", True))
    assert line.right == (("lr: 0.00", False), ("03", True))


def test_three_equal_lines_stand_around_a_change():
    before = [str(number) for number in range(20)]
    after = [*before[:10], "x", *before[11:]]

    diff = text_diff("\n".join(before), "\n".join(after))

    assert [line.kind for line in diff.lines] == ["gap", *["same"] * 3, "changed", *["same"] * 3, "gap"]
    assert (diff.added, diff.removed) == (1, 1)
    assert diff.lines[0].skipped == 7


def test_long_texts_are_cut_and_take_little_time():
    before = "\n".join(f"{number % 90} {number % 7}" for number in range(3 * MOST_LINES))
    after = "\n".join(f"{number % 91} {number % 5}" for number in range(3 * MOST_LINES))
    start = time.process_time()

    diff = text_diff(before, after)

    assert diff.is_cut
    assert time.process_time() - start < 5


def test_very_long_lines_are_cut():
    (line,) = text_diff("a" * 10_000, "b" * 10_000).lines

    assert sum(len(text) for text, _ in line.left) == 600
