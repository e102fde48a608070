"""Files of real formats as pages show them, sound, broken and hostile."""

import io
import json
import re

import numpy as np
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from runs.artifacts.highlight import LANGUAGES, coloured, numbered_lines, tokens
from runs.artifacts.local import LocalArtifacts
from runs.artifacts.notebook import notebook
from runs.artifacts.parquet_table import MOST_UNPACKED
from runs.artifacts.paths import file_path
from runs.artifacts.plotly_figure import harmless, plotly_figure
from runs.artifacts.preview import Part, preview_of
from runs.artifacts.preview_kinds import PreviewKind

HOSTILE = '<a href="https://evil.example">x</a><script>alert(1)</script>'


@pytest.fixture
def shown(artifact_root):
    def preview(name, data, **options):
        artifact_root.mkdir(exist_ok=True)
        (artifact_root / name).write_bytes(data)
        with LocalArtifacts().open(file_path(name)) as file:
            return preview_of(file, **options)

    return preview


# --- Parquet ------------------------------------------------------------------------------------


def parquet_bytes(table, **options):
    sink = io.BytesIO()
    parquet.write_table(table, sink, **options)
    return sink.getvalue()


def test_rows_of_parquet_are_paged_over_its_row_groups(shown):
    table = pyarrow.table({"n": list(range(1000)), "text": [HOSTILE] * 1000, "nested": [{"a": [1, None]}] * 1000})
    data = parquet_bytes(table, row_group_size=300)

    first, second = shown("t.parquet", data), shown("t.parquet", data, part=Part(at=250))

    assert first.table.columns == ("n", "text", "nested")
    assert first.table.rows[0] == ("0", HOSTILE, '{"a": [1, null]}')
    assert (first.table.first, first.table.total, first.next.at) == (1, 1000, 200)
    # A page ends with its row group.
    assert [row[0] for row in second.table.rows] == [str(n) for n in range(250, 300)]
    assert shown("t.parquet", data, part=Part(at=10**15)).table.rows[-1][0] == "999"


def test_columns_too_large_to_unpack_are_left_out(shown):
    wide = pyarrow.array(["x" * 1000 + str(n) for n in range(MOST_UNPACKED // 1000 + 1000)])
    table = shown("t.parquet", parquet_bytes(pyarrow.table({"n": list(range(len(wide))), "w": wide}))).table

    assert table.columns == ("n",)
    assert table.left_out_columns == 1


def test_an_empty_parquet_file_has_its_columns(shown):
    assert shown("t.parquet", parquet_bytes(pyarrow.table({"a": pyarrow.array([], "int64")}))).table.columns == ("a",)


GOOD = parquet_bytes(pyarrow.table({"a": [1, 2, 3]}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PAR1",
        b"PAR1PAR1PAR1",
        GOOD[:-1],
        GOOD[: len(GOOD) // 2] + GOOD[-8:],
        b"\x00" * len(GOOD) + GOOD[-8:],
        GOOD[:4] + b"\xff" * 20 + GOOD[24:],
        b"x" * 20 + (2**31 - 1).to_bytes(4, "little") + b"PAR1",
    ],
)
def test_broken_parquet_is_said_to_be(shown, data):
    preview = shown("t.parquet", data)

    assert preview.kind == PreviewKind.BYTES
    assert preview.reason.endswith(".")


# --- Notebooks ----------------------------------------------------------------------------------


def code(*outputs, source="print(1)"):
    return {"cell_type": "code", "execution_count": 1, "source": source, "outputs": list(outputs)}


def test_a_notebook_is_its_cells_without_what_would_run(shown):
    content = {
        "metadata": {"kernelspec": {"language": "python"}},
        "cells": [
            {"cell_type": "markdown", "source": ["# Title\n", "text"]},
            code(
                {"output_type": "stream", "text": ["\x1b[31mred\x1b[0m\n"]},
                {"output_type": "display_data", "data": {"image/png": "iVBORw0K\nGgo=", "text/plain": "<Figure>"}},
                {"output_type": "execute_result", "data": {"text/html": "<b>x</b>", "text/plain": ["x"]}},
                {"output_type": "display_data", "data": {"text/html": "<script>"}},
                {"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["\x1b[0;31mE\x1b[0m", "why"]},
            ),
        ],
    }

    first, second = shown("n.ipynb", json.dumps(content).encode()).notebook.cells

    assert (first.kind, first.source) == ("markdown", "# Title\ntext")
    assert [(output.kind, output.text) for output in second.outputs] == [
        ("text", "red\n"),
        ("picture", "data:image/png;base64,iVBORw0KGgo="),
        ("text", "x"),
        ("none", "text/html"),
        ("error", "E\nwhy"),
    ]


def test_a_picture_that_is_no_base64_is_not_one():
    found = notebook(json.dumps({"cells": [code({"output_type": "x", "data": {"image/png": '"><script>'}})]}))

    assert found.cells[0].outputs[0].kind == "none"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}', "[" * 100_000, '{"cells": [1, {}, {"source": [1]}]}'])
def test_a_broken_notebook_is_shown_as_text_or_as_what_is_left(shown, text):
    preview = shown("n.ipynb", text.encode())

    assert preview.kind in (PreviewKind.CODE, PreviewKind.NOTEBOOK)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["cells", "outputs", "data", "source", "cell_type", "metadata"]), inner)
        ),
        max_leaves=12,
    )
)
def test_no_shape_of_a_notebook_is_an_error(value):
    notebook(
        json.dumps({"cells": [value, {"cell_type": "code", "outputs": value, "source": value}], "metadata": value})
    )


# --- NumPy --------------------------------------------------------------------------------------


def npy(array, **options):
    sink = io.BytesIO()
    np.save(sink, array, **options)
    return sink.getvalue()


def test_an_array_tells_its_shape_and_first_values(shown):
    array = shown("a.npy", npy(np.arange(6.0).reshape(2, 3))).array

    assert (array.shape, array.dtype, array.count) == ((2, 3), "float64", 6)
    assert array.values.rows == (("0.0", "1.0", "2.0"), ("3.0", "4.0", "5.0"))


def test_a_wide_array_shows_its_corner(shown):
    values = shown("a.npy", npy(np.arange(100_000).reshape(100, 1000))).array.values

    assert (len(values.rows), len(values.columns), values.rows[1][0]) == (50, 20, "1000")
    assert values.is_cut


def test_objects_in_an_array_are_never_unpickled(shown):
    class Bomb:
        def __reduce__(self):
            return (exec, ("raise SystemExit",))

    array = shown("a.npy", npy(np.array([Bomb()], dtype=object), allow_pickle=True)).array

    assert array.dtype == "object"
    assert array.values is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00\xff\xff{}",
        npy(np.arange(3))[:70],
        npy(np.arange(3))[:-3],
        npy(np.zeros(3)).replace(b"(3,)", b"(-3,"),
        npy(np.zeros(3)).replace(b"(3,), }", b"(9**99,"),
        npy(np.float64(1.0)),
        npy(np.zeros((0, 3))),
        npy(np.zeros((2, 2), order="F")),
        npy(np.zeros(2, dtype=[("a", "f8"), ("b", "O")]), allow_pickle=True),
    ],
)
def test_no_header_of_an_array_is_an_error(shown, data):
    assert shown("a.npy", data).kind in (PreviewKind.ARRAY, PreviewKind.BYTES, PreviewKind.TEXT)


# --- Plotly -------------------------------------------------------------------------------------


def test_a_logged_figure_is_known_and_loses_what_could_harm(shown):
    figure = {
        "data": [{"type": "bar", "x": [HOSTILE], "y": [float("nan")]}, {"type": "scattergeo", "lat": [1]}],
        "layout": {
            "title": {"text": f"<b>ok</b> {HOSTILE}"},
            "images": [{"source": "https://evil.example/x.png"}],
            "updatemenus": [{}],
            "annotations": [{"text": '<span style="x">a</span>', "clicktoshow": False}],
        },
    }
    text = json.dumps(figure)

    cleaned = plotly_figure(text)

    assert shown("f.json", text.encode()).kind == PreviewKind.PLOTLY
    assert len(cleaned["data"]) == 1
    assert cleaned["data"][0]["y"] == [None]
    assert cleaned["layout"].keys() == {"title", "annotations", "margin"}
    assert cleaned["layout"]["title"]["text"].startswith("ok &lt;a href")
    assert not re.search("<", json.dumps(cleaned))


@given(st.text(alphabet="<>/ab=\"' brscipt\n", max_size=40))
def test_only_plain_tags_are_left_of_any_text(text):
    left = re.sub(r"</?(?:br|extra)\s*/?>", "", harmless(text), flags=re.IGNORECASE)

    assert "<" not in left


@pytest.mark.parametrize("text", ["", "[]", '{"data": []}', '{"data": [1], "layout": {}}', "{" * 50_000])
def test_what_is_no_figure_is_none(text):
    assert plotly_figure(text) is None


# --- Code ---------------------------------------------------------------------------------------


@given(st.sampled_from(sorted(LANGUAGES)), st.text(alphabet="\"'#/*-<>!=:\\ab01\n\t[]{}; .eE+", max_size=80))
def test_colours_lose_no_character(language, text):
    assert "".join(piece for _, piece in tokens(text, language)) == text


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("piece", ['"', "'", '"""', "/*", "<!--", "a", "-", "1e", "[", "\\", " ", "\t-"])
def test_colouring_takes_time_in_proportion(language, piece):
    """Some patterns take a minute for such a text; this must pass in moments."""
    text = piece * (100_000 // len(piece))

    assert sum(len(part) for _, part in tokens(text, language)) == len(text)


def test_code_is_escaped_and_told_apart():
    html = coloured('def f():  # <b>\n    return "</span>"', "python")

    assert html == (
        '<span class="hl-k">def</span> f():  <span class="hl-c"># &lt;b&gt;</span>\n'
        '    <span class="hl-k">return</span> <span class="hl-s">&quot;&lt;/span&gt;&quot;</span>'
    )


def test_lines_have_numbers_to_link_to():
    html = numbered_lines('x = """a\nb"""\n', "python", first=9)

    assert html.count("<span id=") == 2
    number = '<a href="#L10" data-n="10" aria-label="Line 10" tabindex="-1"></a>'
    assert f'<span id="L10">{number}<span class="hl-s">b' in html


# --- JSON ---------------------------------------------------------------------------------------


def test_json_is_a_tree_of_text(shown):
    tree = shown("a.json", json.dumps({"<b>": {"list": [1, None, HOSTILE]}}).encode()).tree

    assert "&lt;b&gt;" in tree
    assert "<script>" not in tree
    assert tree.count("<details") == 2


def test_a_large_tree_says_what_is_left_out(shown):
    assert "more</li>" in shown("a.json", json.dumps(list(range(9000))).encode()).tree
