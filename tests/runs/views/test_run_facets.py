"""The facets beside the runs table."""

import pytest

from runs.models import Dataset, RunInput
from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def url(experiment, tail=""):
    return f"/experiments/{experiment.pk}/{tail}"


def names(html):
    return [link.get_text() for link in html.select("#run_table tbody th > a:first-of-type")]


def facet(html, label):
    head = next(head for head in html.select(".facets h2") if head.get_text() == label)
    values = head.find_next_sibling("ul").select("li")
    return {value.select_one("a").get_text(): value.select_one(".n").get_text() for value in values}


def facet_href(html, label, value, *, excluded=False):
    head = next(head for head in html.select(".facets h2") if head.get_text() == label)
    item = next(item for item in head.find_next_sibling("ul").select("li") if item.select_one("a").get_text() == value)
    return item.select("a")[1 if excluded else 0]["href"]


@pytest.fixture
def family(experiment):
    for number, model in enumerate(["mlp", "mlp", "mlp", "forest"]):
        make_run(
            experiment,
            name=f"{model} {number}",
            params={"model": model, "seed": str(number % 2), "same": "x"},
            tags={"mlflow.user": "ana" if number else "bo"},
            status="FAILED" if number == 3 else "FINISHED",
        )
    return experiment


def test_facets_count_under_the_filter(pages, family):
    html = pages.html(url(family), {"q": "params.seed = '0'"})

    assert facet(html, "params.model") == {"mlp": "2"}
    whole = pages.html(url(family))
    assert facet(whole, "params.model") == {"mlp": "3", "forest": "1"}
    assert facet(whole, "Status") == {"finished": "3", "failed": "1"}
    assert "params.same" not in [head.get_text() for head in whole.select(".facets h2")]


def test_a_facet_includes_and_the_others_follow(pages, family):
    html = pages.html(url(family))

    chosen = pages.html(url(family) + facet_href(html, "params.model", "mlp"))

    assert len(names(chosen)) == 3
    assert facet(chosen, "params.model") == {"mlp": "3", "forest": "1"}
    assert facet(chosen, "params.seed") == {"0": "2", "1": "1"}
    assert chosen.select_one(".facet.in a").get_text() == "mlp"
    assert len(names(pages.html(url(family) + facet_href(chosen, "params.model", "mlp")))) == 4


def test_a_facet_excludes(pages, family):
    html = pages.html(url(family))

    left = pages.html(url(family) + facet_href(html, "Status", "failed", excluded=True))

    assert [name.split()[0] for name in names(left)] == ["mlp"] * 3
    assert left.select_one(".facet.out")


@pytest.mark.parametrize(
    "query",
    ["status=EVIL", "params.nope=x", "tags.=", "params.model=%00", "not.params.model=" + "x" * 7000, "user_id=%27"],
)
def test_odd_choices_break_nothing(pages, family, query):
    assert pages.get(f"{url(family)}?{query}").status_code == 200


def test_among_many_runs_facets_show_shares_of_the_newest(pages, family, monkeypatch):
    monkeypatch.setattr("runs.search.totals.EXACT_UP_TO", 3)
    monkeypatch.setattr("runs.queries.facet_counts.MOST_COUNTED", 3)
    monkeypatch.setattr("runs.queries.facet_counts.NEWEST", 2)

    html = pages.html(url(family))

    assert facet(html, "params.model") == {"mlp": "50 %", "forest": "50 %"}
    assert html.select_one(".facets .of").get_text() == "Shares of the newest 2 that match"


def test_few_runs_that_match_are_counted_among_many(pages, family, monkeypatch):
    monkeypatch.setattr("runs.search.totals.EXACT_UP_TO", 3)
    monkeypatch.setattr("runs.queries.facet_counts.MOST_COUNTED", 3)

    html = pages.html(url(family), {"q": "params.seed = '0'"})

    assert facet(html, "params.model") == {"mlp": "2"}
    assert not html.select(".facets .of")


def test_runs_are_narrowed_by_the_datasets_they_read(pages, experiment):
    for number, read in enumerate([["covtype"], ["covtype", "digits"], []]):
        run = make_run(experiment, name=f"run {number}")
        for name in read:
            dataset, _ = Dataset.objects.get_or_create(experiment=experiment, name=name, digest="1", source="s")
            RunInput.objects.create(run=run, dataset=dataset)

    html = pages.html(url(experiment))

    assert facet(html, "Dataset") == {"covtype": "2", "digits": "1"}
    assert facet(pages.html(url(experiment), {"q": "run_name = 'run 0'"}), "Dataset") == {"covtype": "1"}
    assert names(pages.html(url(experiment) + facet_href(html, "Dataset", "digits"))) == ["run 1"]
    excluded = pages.html(url(experiment) + facet_href(html, "Dataset", "digits", excluded=True))
    assert sorted(names(excluded)) == ["run 0", "run 2"]


def test_runs_are_narrowed_by_the_script_they_come_from(pages, experiment):
    for number in range(3):
        script = "train.py" if number else "tune.py"
        make_run(experiment, name=f"run {number}", tags={"mlflow.source.name": script})

    html = pages.html(url(experiment))

    assert facet(html, "Source") == {"train.py": "2", "tune.py": "1"}
    assert names(pages.html(url(experiment) + facet_href(html, "Source", "tune.py"))) == ["run 0"]
