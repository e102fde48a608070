import json

import pytest

from runs.artifacts.local import LocalArtifacts
from runs.artifacts.paths import file_path
from runs.artifacts.preview import MAX_BYTES, PART, Part, preview_of
from runs.artifacts.preview_kinds import PreviewKind
from runs.artifacts.tables import MAX_COLUMNS, MAX_ROWS

# Each of its 100,000 numbers would get a line of its own, with 1,000 blanks before it.
DEEP = "[" * 500 + ",".join(["1"] * 100_000) + "]" * 500


@pytest.fixture
def shown(artifact_root):
    """The preview of a file with this name and content."""

    def preview(name, content, **options):
        artifact_root.mkdir(exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        (artifact_root / name).write_bytes(data)
        with LocalArtifacts().open(file_path(name)) as file:
            return preview_of(file, **options)

    return preview


@pytest.mark.parametrize(
    ("name", "kind", "language"),
    [
        ("notes.txt", PreviewKind.TEXT, ""),
        ("train.log", PreviewKind.TEXT, ""),
        ("README", PreviewKind.TEXT, ""),
        ("train.py", PreviewKind.CODE, "python"),
        ("page.xml", PreviewKind.CODE, "xml"),
        ("MLmodel", PreviewKind.CODE, "yaml"),
        ("conda.yaml", PreviewKind.CODE, "yaml"),
        ("README.md", PreviewKind.MARKDOWN, ""),
    ],
)
def test_text_is_shown_as_its_name_says(shown, name, kind, language):
    preview = shown(name, "<b>a</b>\n")

    assert (preview.kind, preview.language, preview.text) == (kind, language, "<b>a</b>\n")


@pytest.mark.parametrize("name", ["plot.png", "PLOT.JPG", "figure.svg", "anim.gif", "photo.webp"])
def test_an_image_is_left_to_the_browser(shown, name):
    assert shown(name, b"\x89PNG").kind == PreviewKind.IMAGE


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\x80\x04\x95\x10\x00", b"PK\x03\x04\xff\xfe"])
def test_of_what_is_not_text_the_first_bytes_are_shown(shown, content):
    preview = shown("model.pkl", content)

    assert preview.kind == PreviewKind.BYTES
    assert preview.reason
    assert preview.text.startswith(f"00000000  {content[0]:02x} {content[1]:02x}")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.html", PreviewKind.HTML),
        ("paper.PDF", PreviewKind.PDF),
        ("voice.wav", PreviewKind.AUDIO),
        ("rollout.mp4", PreviewKind.VIDEO),
    ],
)
def test_what_the_browser_loads_by_itself_is_not_read(shown, name, kind):
    assert shown(name, b"\x00").kind == kind
    assert shown(name, b"<p>", as_source=True).text == "<p>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_text_of_other_encodings_is_read(shown, encoding):
    assert shown("a.txt", "Größe\n".encode(encoding)).text == "Größe\n"


def test_a_csv_file_is_a_table_with_its_first_rows(shown):
    preview = shown("a.csv", "x,y\n" + "".join(f'{i},"a, ""b"""\n' for i in range(MAX_ROWS + 1)))

    assert preview.table.columns == ("x", "y")
    assert preview.table.rows[0] == ("0", 'a, "b"')
    assert len(preview.table.rows) == MAX_ROWS
    assert preview.table.is_cut


def test_a_csv_file_with_uneven_rows_is_filled_up(shown):
    assert shown("a.tsv", "a\tb\n1\n1\t2\t3\n").table.rows == (("1", "", ""), ("1", "2", "3"))


def test_a_wide_table_is_cut(shown):
    table = shown("a.csv", ",".join(map(str, range(1000))) + "\n").table

    assert len(table.columns) == MAX_COLUMNS
    assert table.is_cut


def test_a_csv_file_that_no_reader_takes_is_shown_as_text(shown):
    preview = shown("a.csv", '"' + "x" * 200_000)

    assert preview.kind == PreviewKind.TEXT


def test_a_logged_table_is_a_table(shown):
    logged = {"columns": ["q", "n"], "data": [["<b>why</b>", 1], [None, {"a": [1]}]]}
    preview = shown("eval.json", json.dumps(logged))

    assert preview.table.columns == ("q", "n")
    assert preview.table.rows == (("<b>why</b>", "1"), ("", '{"a": [1]}'))


def test_a_list_of_flat_objects_is_a_table(shown):
    assert shown("a.json", '[{"a": 1}, {"b": "x"}]').table.rows == (("1", ""), ("", "x"))


def test_json_is_laid_out(shown):
    preview = shown("a.json", '{"b":[1,NaN],"a":12345678901234567890}')

    assert preview.kind == PreviewKind.JSON
    assert preview.text == '{\n  "b": [\n    1,\n    NaN\n  ],\n  "a": 12345678901234567890\n}'


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": ', "[" * 100_000, "9" * 5000, DEEP, r'["\ud800"]'])
def test_json_that_would_lose_something_is_shown_as_written(shown, text):
    assert shown("a.json", text).text == text


def test_a_large_text_is_shown_in_parts_that_end_with_lines(shown):
    lines = [f"{number} é\n" for number in range(60_000)]
    parts, part = [], Part()
    while part:
        preview = shown("a.txt", "".join(lines), part=part)
        assert preview.part.first == sum(text.count("\n") for text in parts) + 1
        parts.append(preview.text)
        part = preview.next

    back = shown("a.txt", "".join(lines), part=preview.previous)

    assert len(parts) > 2
    assert all(len(text.encode()) <= PART for text in parts)
    assert "".join(parts) == "".join(lines)
    assert back.next == preview.part


def test_a_line_longer_than_a_part_is_not_cut_through_a_character(shown):
    preview = shown("a.txt", "x" * (PART - 1) + "é" * 1000)

    assert preview.is_cut
    assert preview.text == "x" * (PART - 1)


@pytest.mark.parametrize("part", [Part(10**17, 1), Part(5, 10**17)])
def test_a_part_beyond_the_file_is_empty(shown, part):
    assert shown("a.txt", "abc\n", part=part).text in ("", "abc\n")


def test_rows_of_a_large_csv_follow_each_other_whatever_is_in_quotes(shown):
    rows = [[str(number), "two\nlines, " + "x" * 200] for number in range(9_000)]
    text = "n,text\n" + "".join(f'{number},"{words}"\n' for number, words in rows)
    read, part = [], Part()
    while part and len(read) < 2_000:
        table = shown("a.csv", text, part=part)
        assert table.table.columns == ("n", "text")
        assert table.table.first == len(read) + 1
        read += table.table.rows
        part = table.next

    assert len(text) > MAX_BYTES
    assert [list(row) for row in read] == rows[: len(read)]
    assert len(read) >= 2_000


def test_pages_of_a_small_table_know_their_place(shown):
    text = "n\n" + "".join(f"{number}\n" for number in range(450))

    last = shown("a.csv", text, part=Part(at=400))

    assert (last.table.first, last.table.last, last.table.total) == (401, 450, 450)
    assert (last.previous.at, last.next) == (200, None)
    assert shown("a.csv", text, part=Part(at=10**9)).table.rows == (("449",),)


def test_an_empty_file_is_empty_text(shown):
    assert shown("a.csv", "").kind == PreviewKind.TEXT
    assert shown("a.json", "").text == ""
