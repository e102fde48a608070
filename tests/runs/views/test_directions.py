"""The direction of each metric: guessed, declared, and taken back."""

import pytest

from runs.metrics.direction import directions
from runs.models import AuditEntry, MetricDirection
from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    experiment = make_experiment("covtype")
    make_run(experiment, metrics={"val_acc": 0.9, "loss": 0.5, "temperature": 20.0})
    make_run(experiment, metrics={"val_acc": 0.8})
    return experiment


def url(experiment):
    return f"/experiments/{experiment.pk}/directions"


def test_guesses_are_marked_as_such(pages, experiment):
    rows = pages.html(url(experiment)).select("tbody tr")

    said = {row.th.get_text(): row.select("td")[1].get_text(" ", strip=True) for row in rows}
    assert said == {
        "val_acc": "higher is better guess",
        "loss": "lower is better guess",
        "temperature": "neither",
    }
    assert rows[0].th.get_text() == "val_acc"


def test_a_direction_is_declared_kept_and_taken_back(pages, experiment):
    back = f"/experiments/{experiment.pk}/?order=metrics.temperature"

    response = pages.post(url(experiment), {"metric": "temperature", "direction": "lower", "back": back})
    found = directions(experiment.pk, ["temperature"])["temperature"]
    pressed = pages.html(url(experiment), {"find": "TEMP"}).select("tbody [aria-pressed]")
    pages.post(url(experiment), {"metric": "temperature", "direction": "lower"})
    pages.post(url(experiment), {"metric": "temperature", "direction": "guess"})

    assert response["Location"] == back
    assert (found.lower_is_better, found.is_guess) == (True, False)
    assert [button["value"] for button in pressed] == ["lower"]
    assert not MetricDirection.objects.exists()
    assert [entry.detail for entry in AuditEntry.objects.order_by("pk")] == [
        {"before": None, "after": "lower"},
        {"before": "lower", "after": None},
    ]


@pytest.mark.parametrize(
    ("metric", "direction", "status"),
    [("loss", "sideways", 400), ("loss", "", 400), ("nobody", "lower", 404), ("", "lower", 404), ("\0", "lower", 404)],
)
def test_what_cannot_be_declared_is_refused(pages, experiment, metric, direction, status):
    assert pages.post(url(experiment), {"metric": metric, "direction": direction}).status_code == status


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/nowhere/at/all"])
def test_it_never_leads_away(pages, experiment, back):
    response = pages.post(url(experiment), {"metric": "loss", "direction": "lower", "back": back})

    assert response["Location"] == url(experiment)


def test_a_metric_that_is_not_there_is_said(pages, experiment):
    assert "No such metric" in pages.html(url(experiment), {"find": "nothing"}).select_one(".empty").get_text()


def test_the_head_of_a_column_says_its_direction_and_leads_to_it(pages, experiment):
    pages.post(url(experiment), {"metric": "loss", "direction": "higher"})
    query = "columns=metrics.val_acc,metrics.loss.min,metrics.temperature,metrics.loss.count"

    html = pages.html(f"/experiments/{experiment.pk}/?{query}")

    links = html.select("thead a.direction")
    assert [link["title"] for link in links] == [
        "higher is better, guessed from the name. Change it",
        "higher is better. Change it",
        "Neither way is better. Change it",
    ]
    form = pages.html(links[1]["href"])
    assert [row.th.get_text() for row in form.select("tbody tr")] == ["loss"]
    assert (
        form.select_one("tbody input[name=back]")["value"]
        == f"/experiments/{experiment.pk}/?{query.replace(',', '%2C')}"
    )
