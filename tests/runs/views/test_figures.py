import base64
import io
import json
import math

import numpy as np
import pandas
import pytest

from runs.metrics.blocks import DamagedBlock
from tests.factories import make_run
from tests.runs.metrics.stored import damage, store_points
from tests.runs.points import log_line, log_points


def url(run, path):
    return f"/runs/{run.run_id}/charts/{path}"


def unpacked(array):
    return np.frombuffer(base64.b64decode(array["bdata"]), dtype=array["dtype"]).tolist()


def line(response):
    trace = response.json()["data"][0]
    return list(zip(unpacked(trace["x"]), unpacked(trace["y"]), strict=True))


def streamed(response):
    return b"".join(response.streaming_content).decode()


def test_a_chart_has_a_page_with_drawing_numbers_and_points(pages):
    run = make_run()
    log_line(run, "val/loss", [4.0, 1.0, 2.5])

    page = pages.html(url(run, "val/loss"))

    assert page.select_one("plot-figure")["src"] == url(run, "val/loss.plotly.json?width=1200")
    assert page.select_one("plot-figure svg path")
    assert page.select_one("figure footer").text.startswith("3 of 3 points")
    assert [row.get_text(" ", strip=True).split()[:2] for row in page.select("#points tbody tr")] == [
        ["0", "4"], ["1", "1"], ["2", "2.5"],
    ]  # fmt: skip


def test_the_figure_holds_the_points(pages):
    run = make_run()
    log_line(run, "loss", [4.0, 1.0, 2.5])

    assert line(pages.get(url(run, "loss.plotly.json"))) == [(0, 4.0), (1, 1.0), (2, 2.5)]


def test_zooming_answers_the_finer_range(pages):
    run = make_run()
    log_line(run, "loss", [math.sin(step) for step in range(5000)])

    whole = line(pages.get(url(run, "loss.plotly.json"), {"width": 100}))
    part = pages.get(url(run, "loss.plotly.json"), {"width": 100, "x_from": "100.5", "x_to": "120"})

    assert len(whole) <= 200
    # One more on each side: the line enters the plot and leaves it.
    assert [x for x, _ in line(part)] == list(range(100, 122))
    assert part.json()["layout"]["meta"]["caption"] == "20 of 20 points"
    assert part.json()["layout"]["xaxis"]["range"] == [100.5, 120.0]


def test_x_can_be_time_since_the_start_or_the_time_of_day(pages):
    run = make_run(start_time=1_700_000_000_000)
    log_points(run, "loss", [(0, 1_700_000_060_000, 1.0), (1, 1_700_000_030_000, 2.0)])

    assert line(pages.get(url(run, "loss.plotly.json"), {"x": "relative"})) == [(30.0, 2.0), (60.0, 1.0)]
    wall = pages.get(
        url(run, "loss.plotly.json"), {"x": "wall", "x_from": "2023-11-14 22:13:40", "x_to": "2023-11-14 22:14:00"}
    )
    assert line(wall) == [(1_700_000_030_000.0, 2.0), (1_700_000_060_000.0, 1.0)]
    assert wall.json()["layout"]["meta"]["caption"] == "1 of 1 points"


def test_a_log_axis_drops_nothing_silently(pages):
    run = make_run()
    log_line(run, "loss", [1.0, 0.0, -2.0, 4.0])

    page = pages.html(url(run, "loss"), {"y": "log"})
    traces = pages.get(url(run, "loss.plotly.json"), {"y": "log"}).json()["data"]

    assert "2 of 4 points · 2 not above 0, marked at the bottom" in page.select_one("figure footer").text
    assert unpacked(traces[1]["x"]) == [1, 2]


def test_nan_and_infinity_are_marked_and_counted(pages):
    run = make_run()
    log_line(run, "loss", [1.0, math.nan, math.inf, 4.0])

    page = pages.html(url(run, "loss"))

    assert "2 of 4 points · 1 NaN · 1 infinite" in page.select_one("figure footer").text
    assert len(pages.get(url(run, "loss.plotly.json")).json()["data"]) == 3


def test_smoothing_keeps_the_raw_line(pages):
    run = make_run()
    log_line(run, "loss", [1.0, 3.0] * 50)

    raw, smooth = pages.get(url(run, "loss.plotly.json"), {"smooth": "0.99"}).json()["data"]

    assert unpacked(raw["y"]) == [1.0, 3.0] * 50
    assert np.std(unpacked(smooth["y"])[20:]) < 0.5


def test_the_data_are_a_file_with_every_point(pages):
    run = make_run(name="r")
    log_points(run, "loss", [(0, 1_700_000_000_000, 1.5), (1, 2**62, math.nan)])

    lines = streamed(pages.get(url(run, "loss.csv"))).splitlines()

    assert lines == [
        "run_id,run_name,step,timestamp,time,value",
        f"{run.run_id},r,0,1700000000000,2023-11-14T22:13:20.000+00:00,1.5",
        f"{run.run_id},r,1,{2**62},,NaN",
    ]


def test_a_figure_is_not_sent_again_until_a_point_is_added(pages):
    run = make_run()
    log_line(run, "loss", [1.0, 2.0])
    address = url(run, "loss.plotly.json")
    first = pages.get(address)

    again = pages.get(address, headers={"If-None-Match": first["ETag"]})
    other = pages.get(address, {"y": "log"}, headers={"If-None-Match": first["ETag"]})
    log_points(run, "loss", [(9, 9, 9.0)])
    after = pages.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert (other.status_code, after.status_code) == (200, 200)


def test_a_304_reads_no_points(pages, django_assert_num_queries):
    run = make_run()
    log_line(run, "loss", [1.0, 2.0])
    etag = pages.get(url(run, "loss.plotly.json"))["ETag"]

    with django_assert_num_queries(2):
        pages.get(url(run, "loss.plotly.json"), headers={"If-None-Match": etag})


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_drawing_is_a_file(pages, look):
    run = make_run()
    log_line(run, "loss", [1.0, 2.0])

    svg, png = (pages.get(url(run, f"loss{form}"), {"look": look, "width": 500}) for form in (".svg", ".png"))

    assert (svg["Content-Type"], png["Content-Type"]) == ("image/svg+xml", "image/png")
    assert svg.content.startswith(b"<svg ") and png.content.startswith(b"\x89PNG")
    assert int.from_bytes(png.content[16:20]) == 1000  # two pixels for each of the drawing


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_the_data_are_the_same_in_every_form(pages, form):
    run = make_run(name="r")
    log_points(run, "loss", [(0, 1_700_000_000_000, 1.5), (1, 1_700_000_000_001, math.inf)])

    content = b"".join(pages.get(url(run, f"loss.{form}")).streaming_content)

    read = pandas.read_parquet(io.BytesIO(content)) if form == "parquet" else pandas.DataFrame(json.loads(content))
    assert read["run_id"].tolist() == [run.run_id] * 2
    assert read["value"].astype(float).tolist() == [1.5, math.inf]


def test_a_figure_is_sent_again_when_the_code_that_draws_it_has_changed(pages, monkeypatch):
    run = make_run()
    log_line(run, "loss", [1.0, 2.0])
    etag = pages.get(url(run, "loss.plotly.json"))["ETag"]

    monkeypatch.setattr("runs.views.chart_files.DRAWN_BY", "other")

    assert pages.get(url(run, "loss.plotly.json"), headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("key", ["odd.csv", "a b", "ünï", "x:y", "a.b/c-d"])
def test_any_key_has_a_page_and_files(pages, key):
    run = make_run()
    log_line(run, key, [1.0, 2.0])

    (link,) = pages.html(f"/runs/{run.run_id}/metrics").select("tbody th a")
    page = pages.html(link["href"])

    assert page.select_one("h2").text.startswith(key)
    assert line(pages.get(page.select_one("plot-figure")["src"])) == [(0, 1.0), (1, 2.0)]


@pytest.mark.parametrize(
    "query",
    [
        {"x": "moon"},
        {"y": "-"},
        {"smooth": "nan"},
        {"smooth": "-5"},
        {"width": "1e999"},
        {"x_from": "abc", "x_to": "1e400"},
        {"x_from": "5", "x_to": "1"},
        {"x_from": "-1e300", "x_to": "1e300"},
        {"x": "wall", "x_from": "99999-01-01"},
        {"page": "x"},
    ],
)
@pytest.mark.parametrize("form", ["", ".plotly.json", ".json", ".svg"])
def test_settings_that_make_no_sense_do_no_harm(pages, query, form):
    run = make_run()
    log_line(run, "loss", [1.0, 2.0])

    assert pages.get(url(run, f"loss{form}"), query).status_code == 200


def test_a_metric_the_run_does_not_have_is_not_found(pages):
    run = make_run()

    assert pages.get(url(run, "nothing")).status_code == 404


def test_points_are_paged(pages, django_assert_max_num_queries):
    run = make_run()
    log_line(run, "loss", range(1000))

    with django_assert_max_num_queries(21):
        page = pages.html(url(run, "loss"), {"page": 20})

    assert [row.th.text for row in page.select("#points tbody tr")][-1] == "999"


def test_steps_far_apart_need_no_room_between_them(pages):
    run = make_run()
    log_points(run, "loss", [(-(2**62), 1, 1.0), (10**9, 2, 2.0), (2**62, 3, 3.0)])

    assert len(line(pages.get(url(run, "loss.plotly.json")))) == 3
    assert "3 of 3 points" in pages.html(url(run, "loss")).select_one("figure footer").text
    assert pages.html(f"/runs/{run.run_id}/metrics").select_one(".sparkline path")["d"].count("L") >= 2


def test_a_long_history_is_drawn_after_its_page(pages, monkeypatch):
    monkeypatch.setattr("runs.views.figures.DRAWN_IN_PAGE", 10)
    run = make_run()
    log_line(run, "loss", range(11))

    page = pages.html(url(run, "loss"))

    assert not page.select("plot-figure svg")
    assert page.select_one("plot-figure noscript img")
    assert "11 points" in page.select_one("figure footer").text


def test_the_points_of_a_damaged_block_are_said_to_be_missing(pages):
    run = make_run()
    key = store_points(
        run, "loss", sealed=[[(step, step, 1.0, False) for step in range(at, at + 50)] for at in (0, 50)]
    )
    damage(run, key, 0)

    first = pages.html(url(run, "loss")).select_one("#points")
    second = pages.html(url(run, "loss"), {"page": 2}).select_one("#points")

    assert "Block 0 of metric 'loss'" in first.select_one("[role=alert]").text
    assert not first.select("tbody tr")
    assert [row.th.text for row in second.select("tbody tr")] == [str(step) for step in range(50, 100)]
    assert not second.select("[role=alert]")


def test_a_csv_never_passes_over_a_damaged_block(pages, monkeypatch):
    monkeypatch.setattr("runs.metrics.merging.POINTS_A_READING", 50)
    run = make_run()
    key = store_points(
        run, "loss", sealed=[[(step, step, 1.0, False) for step in range(at, at + 50)] for at in (0, 50)]
    )
    damage(run, key, 1)

    begun = pages.get(url(run, "loss.csv"))
    with pytest.raises(DamagedBlock):
        streamed(begun)
    damage(run, key, 0)
    refused = pages.get(url(run, "loss.csv"))

    assert refused.status_code == 500
    assert "Block 0 of metric" in refused.content.decode()
