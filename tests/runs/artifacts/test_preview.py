import json

import pytest

from runs.artifacts.local import LocalArtifacts
from runs.artifacts.paths import file_path
from runs.artifacts.preview import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, PreviewKind, preview_of

# Each of its 100,000 numbers would get a line of its own, with 1,000 blanks before it.
DEEP = "[" * 500 + ",".join(["1"] * 100_000) + "]" * 500


@pytest.fixture
def shown(artifact_root):
    """The preview of a file with this name and content."""

    def preview(name, content):
        artifact_root.mkdir(exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        (artifact_root / name).write_bytes(data)
        with LocalArtifacts().open(file_path(name)) as file:
            return preview_of(file)

    return preview


@pytest.mark.parametrize(
    ("name", "kind", "language"),
    [
        ("notes.txt", PreviewKind.TEXT, ""),
        ("train.log", PreviewKind.TEXT, ""),
        ("README", PreviewKind.TEXT, ""),
        ("train.py", PreviewKind.CODE, "python"),
        ("page.html", PreviewKind.CODE, "html"),
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
def test_what_is_not_text_is_not_shown(shown, content):
    preview = shown("model.pkl", content)

    assert preview.kind == PreviewKind.NONE
    assert preview.reason
    assert preview.text == ""


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


def test_a_large_file_is_read_in_part_and_not_through_a_character(shown):
    preview = shown("a.txt", "x" * (MAX_BYTES - 1) + "é" * 1000)

    assert preview.is_cut
    assert preview.text == "x" * (MAX_BYTES - 1)
    assert preview.size == MAX_BYTES - 1 + 2000


def test_the_cut_line_of_a_large_table_is_left_out(shown):
    table = shown("a.csv", "a,b\n" + "1,2\n" * 400_000).table

    assert set(table.rows) == {("1", "2")}
    assert table.is_cut


def test_an_empty_file_is_empty_text(shown):
    assert shown("a.csv", "").kind == PreviewKind.TEXT
    assert shown("a.json", "").text == ""
