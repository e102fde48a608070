"""Files of a run in a real browser: nothing in them runs, players play, logs grow."""

import io
import math
import re
import urllib.request
import wave

import pytest
from playwright.sync_api import expect

from tests.browser.logged import create_experiment, log_run

HOSTILE_PAGE = b"""<!doctype html><title>report</title><h1>Report</h1>
<script>document.body.textContent = "ran"; parent.document.title = "taken"; fetch("/runs/")</script>
<img src="x" onerror="document.body.textContent = 'ran'">
<form action="/experiments/"><button id="send">send</button></form>
<a href="javascript:document.body.textContent='ran'" id="link">link</a>
<meta http-equiv="refresh" content="1;url=javascript:parent.document.title='taken'">"""
HOSTILE_FIGURE = b"""{"data": [{"type": "bar", "y": [1, 3], "name": "<a href='javascript:alert(1)'>x</a>"}],
"layout": {"showlegend": true, "title": {"text": "<a href='https://evil.example' target='_top'>open me</a>"},
"images": [{"source": "https://evil.example/x.png"}]}}"""


def put(server, experiment_id, run_id, path, data):
    address = f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{experiment_id}/{run_id}/artifacts/{path}"
    with urllib.request.urlopen(urllib.request.Request(address, data, method="PUT"), timeout=30) as response:
        assert response.status == 200


@pytest.fixture
def run(server):
    experiment_id = create_experiment(server, "files")
    run_id = log_run(server, experiment_id, "filed", is_finished=False)

    def store(path, data):
        put(server, experiment_id, run_id, path, data)
        return f"/runs/{run_id}/artifacts?path={path}"

    store.run_id = run_id
    return store


@pytest.fixture
def tab(browser, server):
    """A page whose console may have errors: what a hostile file tried is told there."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_a_script_in_a_page_of_html_does_not_run(tab, run):
    tab.goto(run("report.html", HOSTILE_PAGE))
    asked = []
    tab.on("request", lambda request: asked.append(request.url))

    frame = tab.frame_locator("iframe.document")
    expect(frame.locator("h1")).to_have_text("Report")
    frame.locator("#link").click()
    frame.locator("#send").click()
    tab.wait_for_timeout(1500)

    expect(frame.locator("h1")).to_have_text("Report")
    assert "taken" not in tab.title()
    assert not [url for url in asked if "/artifacts/" not in url and "/static/img/" not in url]


def test_a_page_of_html_opened_by_itself_is_saved(tab, run):
    tab.goto(run("report.html", HOSTILE_PAGE))
    address = tab.locator("iframe.document").get_attribute("src")

    with tab.expect_download() as download:
        tab.evaluate("address => { location.href = address }", address)

    assert download.value.path().read_bytes() == HOSTILE_PAGE


def test_a_figure_is_drawn_without_its_links(page, run):
    page.goto(run("figure.json", HOSTILE_FIGURE))

    figure = page.locator("plot-figure")
    expect(figure).to_have_class(re.compile(r"\bdrawn\b"))

    assert figure.locator("a").count() == 0
    assert figure.locator("image").count() == 0


def test_sound_is_played_from_parts_of_the_file(page, run):
    sound = io.BytesIO()
    with wave.open(sound, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(22_050)
        tones = [int(9_000 * math.sin(at / 9)) for at in range(22_050 * 20)]
        writer.writeframes(b"".join(tone.to_bytes(2, "little", signed=True) for tone in tones))
    statuses = []
    page.on("response", lambda response: statuses.append(response.status) if "/media" in response.url else None)
    page.goto(run("tone.wav", sound.getvalue()))
    player = page.locator("audio")

    player.evaluate("player => player.readyState || new Promise((done) => (player.onloadedmetadata = done))")
    length = player.evaluate("player => player.duration")
    player.evaluate("player => new Promise((done) => { player.onseeked = done; player.currentTime = 15; })")

    assert round(length) == 20
    assert set(statuses) == {206}


def test_a_log_is_followed_by_its_new_lines_alone(page, run):
    lines = [f"step {number} <b>é</b>" for number in range(1, 4001)]
    run("train.log", "\n".join(lines).encode() + b"\n")
    received = []
    page.on("response", lambda answer: received.append(answer) if "artifacts/file" in answer.url else None)
    page.goto(f"/runs/{run.run_id}/logs")
    last = page.locator("[role=log] code > span").last
    expect(last).to_have_text("step 4000 <b>é</b>\n")

    lines += ["half a line and", "its end <script>"]
    run("train.log", ("\n".join(lines)).encode())
    expect(page.locator("#L4001")).to_have_text("half a line and\n")
    assert page.locator("#L4002").count() == 0
    run("train.log", ("\n".join([*lines, ""])).encode())
    expect(page.locator("#L4002")).to_have_text("its end <script>\n")
    page.wait_for_timeout(2500)

    sizes = [int(answer.headers.get("content-length", 0)) for answer in received if answer.status == 206]
    assert max(sizes) < 300
    assert 304 in [answer.status for answer in received]


def test_a_log_written_anew_is_read_anew(page, run):
    run("train.log", b"".join(b"old %d\n" % number for number in range(50)))
    page.goto(f"/runs/{run.run_id}/logs")
    expect(page.locator("#L50")).to_have_text("old 49\n")
    expect(page.locator("[data-state]")).to_contain_text("Following")
    page.wait_for_timeout(2500)

    run("train.log", b"".join(b"new %d\n" % number for number in range(60)))

    expect(page.locator("#L1")).to_have_text("new 0\n")


def test_a_match_in_a_log_opens_at_its_line(page, run):
    run("train.log", b"".join(b"step %d\n" % number for number in range(1, 20_001)))
    page.goto(f"/runs/{run.run_id}/logs")

    page.get_by_role("searchbox", name="Search in this log").fill("step 12345")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="12,345").click()

    expect(page).to_have_url(re.compile(r"line=12345#L12345$"))
    expect(page.locator("#L12345")).to_be_in_viewport()
