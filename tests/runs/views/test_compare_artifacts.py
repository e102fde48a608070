import json

import pytest

from runs.artifacts.files import save_artifact
from runs.artifacts.locations import stored_path
from runs.artifacts.paths import file_path
from runs.models import ModelOutput, Run
from tests.clients import parse
from tests.factories import make_logged_model, make_run

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def two(db, artifact_root):
    return make_run(name="wide-moth"), make_run(name="calm-otter")


def save(owner, path, content):
    data = content if isinstance(content, bytes) else content.encode()
    save_artifact(stored_path(owner.artifact_uri) / file_path(path), [data])


def save_both(runs, path, before, after):
    save(runs[0], path, before)
    save(runs[1], path, after)


def files(pages, runs, **query):
    return pages.html("/compare/artifacts", {"runs": ",".join(run.run_id for run in runs)} | query)


def states(page):
    return {
        row["data-key"]: [cell.get_text(" ", strip=True) for cell in row.select("td")]
        for row in page.select("tbody tr")
    }


def test_the_list_says_which_run_has_which_file_and_whether_they_differ(pages, two):
    save_both(two, "same.txt", "a", "a")
    save_both(two, "longer.txt", "a", "abc")
    save_both(two, "as_long.txt", "abc", "xyz")
    save(two[0], "sub/alone.txt", "a")

    differing, everything = (states(files(pages, two, **query)) for query in ({}, {"all": "1"}))

    assert differing == {
        "longer.txt": ["differs", "1 B", "3 B"],
        "as_long.txt": ["differs", "3 B", "3 B"],
        "sub/alone.txt": ["in 1 of 2", "1 B", "–"],
    }
    assert everything["same.txt"] == ["same", "1 B", "1 B"]


def test_files_of_models_stand_under_their_names(pages, two):
    for run, text in zip(two, ("a", "b"), strict=True):
        model = make_logged_model(name="forest")
        ModelOutput.objects.create(run=run, model_id=model.model_id)
        save(model, "MLmodel", text)

    page = files(pages, two, path="models/forest/MLmodel")

    assert list(states(files(pages, two))) == ["models/forest/MLmodel"]
    assert [mark.text for mark in page.select("mark")] == ["a", "b"]


def test_runs_without_files_say_the_next_step(pages, two):
    assert "No artifacts" in files(pages, two).select_one(".empty").text


# --- Texts ---------------------------------------------------------------------------------------


def test_a_text_is_shown_side_by_side_or_unified(pages, two):
    save_both(two, "config.yaml", "lr: 0.1\nseed: 1\nold: x\n", "lr: 0.2\nseed: 1\n")

    split, unified = (files(pages, two, path="config.yaml", layout=layout) for layout in ("split", "unified"))

    assert [[cell.text for cell in row.select("td")] for row in split.select("table.diff tbody tr")] == [
        ["1", "lr: 0.1", "1", "lr: 0.2"], ["2", "seed: 1", "2", "seed: 1"], ["3", "old: x", "", ""],
    ]  # fmt: skip
    assert [cell.text for cell in unified.select("td.sign")] == ["−", "+", " ", "−"]
    assert "1 line added, 2 removed" in " ".join(split.select_one(".said").text.split())


def test_json_is_compared_whatever_its_order_and_blanks(pages, two):
    save_both(two, "c.json", '{"b": 1, "a": [1, 2]}', json.dumps({"a": [1, 2], "b": 1}, indent=4))
    save_both(two, "d.json", '{"a": 1}', '{"a": 2}')

    assert "No difference" in files(pages, two, path="c.json").text
    assert [mark.text for mark in files(pages, two, path="d.json").select("mark")] == ["1", "2"]


def test_any_two_of_the_runs_are_held_against_each_other(pages, two):
    third = make_run(name="third")
    for run, text in zip((*two, third), "abc", strict=True):
        save(run, "t.txt", text)

    page = files(pages, (*two, third), path="t.txt", a=third.run_id, b=two[1].run_id)

    assert [mark.text for mark in page.select("mark")] == ["c", "b"]
    assert page.select("a.side")


def test_long_texts_say_that_they_are_cut(pages, two):
    save_both(two, "log.txt", "a\n" * 5000, "b\n" * 5000)

    assert "4,000 lines" in files(pages, two, path="log.txt").select_one(".cut").text


def test_bytes_are_not_shown_as_text(pages, two):
    save_both(two, "model.pkl", b"\0\x80ab", b"\0\x80cd")

    assert "their bytes differ" in files(pages, two, path="model.pkl").text


def test_a_file_of_one_run_alone_is_said(pages, two):
    save(two[1], "only.txt", "a")

    assert "Only calm-otter has this file" in files(pages, two, path="only.txt").text


# --- Tables --------------------------------------------------------------------------------------


def test_tables_are_joined_on_a_key_and_changed_cells_marked(pages, two):
    save_both(two, "p.csv", "id,y,p\n1,0,0.2\n2,1,0.9\n3,1,0.5\n", "id,y,p\n3,1,0.5\n2,1,0.7\n4,0,0.1\n")

    page = files(pages, two, path="p.csv")

    rows = {
        row.th.text: (row["class"][0], [c.text for c in row.select("td.changed")]) for row in page.select("tbody tr")
    }
    assert rows == {
        "1": ("removed", []), "2": ("changed", ["0.9 → 0.7"]), "4": ("added", []), "3": ("same", []),
    }  # fmt: skip
    assert "1 row changed, 1 added, 1 removed, 1 the same" in " ".join(page.text.split())
    by_number = files(pages, two, path="p.csv", key="row number")
    assert len(by_number.select("tr.changed")) == 3


def test_tables_that_clients_log_as_json_are_joined_too(pages, two):
    before, after = ({"columns": ["id", "answer"], "data": [[1, "a"], [2, answer]]} for answer in "bc")
    save_both(two, "eval.json", json.dumps(before), json.dumps(after))

    assert [cell.text for cell in files(pages, two, path="eval.json").select("td.changed")] == ["b → c"]


@pytest.mark.parametrize(
    "text", ['[{"a": "\\ud800"}]', "[" * 100_000, '{"a": "\\ud800"}', "[1, 2", '[{"a": 1, "a": 2}]']
)
def test_odd_json_is_compared_as_it_is_written(pages, two, text):
    save_both(two, "odd.json", text, text + "\n ")

    assert files(pages, two, path="odd.json").select_one("h2")


# --- Images --------------------------------------------------------------------------------------


@pytest.fixture
def pictured(two):
    for run, steps in zip(two, ((0, 10, 20), (0, 20)), strict=True):
        for step in steps:
            save(run, f"images/pred_step_{step}.png", PNG)
        save(run, "roc.png", PNG)
    return two


def shown(page):
    return {
        row["data-key"]: [img and img["src"].rpartition("path=")[2] for img in (td.img for td in row.select("td"))]
        for row in page.select("table.images tbody tr")
    }


def test_images_are_in_a_grid_at_the_last_step(pages, pictured):
    page = files(pages, pictured)

    assert shown(page) == {
        "images/pred_step_….png": ["images/pred_step_20.png"] * 2,
        "roc.png": ["roc.png", "roc.png"],
    }
    assert page.select_one("step-slider input[type=range]")["data-steps"] == "0,10,20"


def test_a_step_shows_each_run_as_it_was_by_then_and_links_go_on(pages, pictured):
    page = files(pages, pictured, step="10")

    assert shown(page)["images/pred_step_….png"] == ["images/pred_step_10.png", "images/pred_step_0.png"]
    assert "step=0" in page.select_one("a[rel=prev]")["href"]
    assert "step=20" in page.select_one("a[rel=next]")["href"]


def test_an_image_that_comes_later_is_told_from_one_that_never_does(pages, pictured):
    third = make_run(name="third")
    save(pictured[0], "late_step_20.png", PNG)

    page = files(pages, (*pictured, third), step="10")

    (row,) = [row for row in page.select("table.images tbody tr") if row["data-key"] == "late_step_….png"]
    assert [cell.get_text(strip=True) for cell in row.select("td")] == [
        "none up to this step", "no such file", "no such file",
    ]  # fmt: skip


@pytest.mark.parametrize(("step", "expected"), [("-5", 0), ("15", 10), ("9" * 18, 20)])
def test_a_step_between_is_the_one_before(pages, pictured, step, expected):
    assert files(pages, pictured, step=step).select_one("input[name=step]")["value"] == str(expected)


def test_a_step_that_is_no_number_is_named(pages, pictured):
    assert "“step=ten” is no whole number" in files(pages, pictured, step="ten").select_one(".failure").text


def test_images_logged_by_mlflow_are_one_row_and_their_addresses_lead_to_them(pages, two):
    name = "images/dog%step%{}%timestamp%1780000000000%0f8fad5b-d9cb-469f-a165-70867728950e{}"
    for step in (1, 2):
        save(two[0], name.format(step, ".png"), PNG)
        save(two[0], name.format(step, "%compressed.webp"), b"RIFF")

    page = files(pages, two)

    (row,) = page.select("table.images tbody tr")
    assert row["data-key"] == "images/dog"
    response = pages.get(row.img["src"])
    assert b"".join(response) == PNG


def test_one_numbered_file_is_no_series_of_steps(pages, two):
    save(two[0], "fig_1.png", PNG)

    assert list(shown(files(pages, two))) == ["fig_1.png"]


def test_a_slider_fetches_the_grid_alone(pages, pictured):
    ids = ",".join(run.run_id for run in pictured)

    fragment = parse(pages.get("/compare/artifacts", {"runs": ids, "step": "0"}, headers={"HX-Request": "true"}))

    assert not fragment.select("h1")
    assert fragment.select_one("#image-grid")


# --- Addresses -----------------------------------------------------------------------------------


def test_the_list_is_a_file(pages, two):
    save_both(two, "a.txt", "a", "abc")
    ids = ",".join(run.run_id for run in two)

    rows = json.loads(b"".join(pages.get("/compare/artifacts.json", {"runs": ids}).streaming_content))

    assert rows == [{"path": "a.txt", "state": "differs", two[0].run_id: 1, two[1].run_id: 3}]


@pytest.mark.parametrize("path", ["../../../etc/passwd", "nothing.txt", "a\0b", "%2e%2e/x", "/etc/passwd", "x" * 5000])
def test_a_path_that_no_run_has_is_said(pages, two, path):
    save_both(two, "a.txt", "a", "abc")

    response = pages.get("/compare/artifacts", {"runs": ",".join(run.run_id for run in two), "path": path})

    assert response.status_code == 404
    assert "No run has this file" in response.content.decode()


def test_files_kept_elsewhere_are_said(pages, two, settings):
    settings.TRACKUI_LOCATION_SCHEMES = ["s3"]
    save(two[0], "a.txt", "a")
    Run.objects.filter(pk=two[1].pk).update(artifact_uri="s3://bucket/x")

    assert "The files of calm-otter are not kept by this server." in files(pages, two).text


@pytest.mark.parametrize("runs", ["", "nobody"])
def test_fewer_than_two_runs_say_the_next_step(pages, runs):
    assert pages.html("/compare/artifacts", {"runs": runs}).select_one(".empty h2")


def test_more_runs_than_can_be_compared_are_refused(pages):
    response = pages.get("/compare/artifacts", {"runs": ",".join(f"{n:032x}" for n in range(101))})

    assert response.status_code == 400


def test_text_of_clients_is_text(pages, two):
    nasty = "</td><img src=x onerror=alert(1)>"
    save_both(two, "t.txt", f"{nasty} 1", f"{nasty} 2")
    save_both(two, "t.csv", f"id,{nasty}\n{nasty},1\n", f"id,{nasty}\n{nasty},2\n")
    Run.objects.filter(pk=two[0].pk).update(name=nasty)

    for query in ({"path": "t.txt"}, {"path": "t.txt", "layout": "unified"}, {"path": "t.csv"}, {}):
        page = files(pages, two, **query)
        assert not page.select("img")
    assert nasty in files(pages, two, path="t.csv").select_one("tbody th").text


def test_statements_do_not_grow_with_files(pages, two, django_assert_max_num_queries):
    for number in range(30):
        save_both(two, f"f{number}.txt", "ab", "cd")

    with django_assert_max_num_queries(12):
        files(pages, two)
