import hashlib
import json
import re

import pytest

from runs.models import AuditEntry, Experiment, Run, Snapshot
from runs.services.runs import delete_run, update_run
from runs.services.tags import set_tag
from tests.clients import parse
from tests.factories import make_experiment, make_run
from tests.runs.points import log_line, log_points
from tests.runs.views.test_run_compare import heads, table


@pytest.fixture
def two(db):
    experiment = make_experiment("sweep")
    runs = [
        make_run(experiment, name=name, params={"lr": lr}, metrics={"odd": float("nan")})
        for name, lr in (("wide-moth", "0.1"), ("calm-otter", "0.2"))
    ]
    for run, end in zip(runs, (0.2, 0.1), strict=True):
        log_line(run, "val_loss", [1.0, end])
    return runs


def freeze(pages, *runs, **fields):
    return pages.post("/compare/freeze", {"runs": ",".join(run.run_id for run in runs)} | fields)


def frozen(pages, *runs):
    return freeze(pages, *runs)["Location"]


def since(pages, address):
    return " ".join(pages.html(address).select_one(".since").text.split())


def test_all_values_are_kept_under_the_start_of_their_hash(pages, two):
    address = frozen(pages, *two)

    raw = pages.get(f"{address}.json").content
    content = json.loads(raw)
    digest = hashlib.sha256(raw).hexdigest()
    assert address == f"/frozen/{digest[:12]}"
    assert digest in pages.html(address).text
    assert [run["params"] for run in content["runs"]] == [{"lr": "0.1"}, {"lr": "0.2"}]
    loss = content["runs"][1]["metrics"]["val_loss"]
    assert (loss["last"], loss["first"], loss["min"], loss["max"], loss["mean"], loss["count"]) == (
        0.1, 1.0, 0.1, 1.0, 0.55, 2,
    )  # fmt: skip
    assert content["runs"][0]["metrics"]["odd"]["last"] == "NaN"
    assert [chart["key"] for chart in content["charts"]] == ["val_loss"]


def test_the_page_shows_what_was_frozen_and_looks_at_it_as_one_asks(pages, two):
    address = frozen(pages, *two)
    log_points(two[0], "val_loss", [(5, 9_000, 9.0)])

    page, first = pages.html(address), pages.html(address, {"value": "first", "all": "1"})

    assert heads(page) == ["wide-moth", "calm-otter"]
    assert table(page)["val_loss"] == ["0.2", "0.1 −50.0 % best"]
    assert table(first)["val_loss"] == ["1", "1"]
    assert page.select_one("figure .chart")


def test_the_same_values_have_the_same_address(pages, two):
    first, again = frozen(pages, *two), freeze(pages, *two, value="min", all="1")["Location"]
    turned = frozen(pages, *reversed(two))

    assert first == again != turned
    assert Snapshot.objects.count() == 2


def test_nothing_has_changed_until_something_has(pages, two):
    address = frozen(pages, *two)

    assert since(pages, address).startswith("Nothing has changed since")


def test_new_points_other_values_and_states_are_told(pages, two):
    address = frozen(pages, *two)
    log_points(two[0], "val_loss", [(2, 9_000, 0.5), (3, 9_001, 0.25)])
    set_tag(two[0].run_id, "team", "vision", user=None)
    update_run(two[0].run_id, status="FAILED", user=None)

    said = since(pages, address)

    assert "1 of 2 runs is no longer as frozen" in said
    for change in ("2 new points", "val_loss 0.2 → 0.25", "status running → failed", "tag team added"):
        assert change in said


def test_a_run_that_was_deleted_is_told_and_its_values_stay(pages, two):
    address = frozen(pages, *two)
    delete_run(two[0].run_id, user=None)
    deleted = since(pages, address)
    Run.objects.filter(pk=two[1].pk).delete()

    assert "wide-moth: deleted" in deleted
    assert "calm-otter: deleted for good" in since(pages, address)
    assert table(pages.html(address))["lr"] == ["0.1", "0.2"]


def test_the_table_of_a_snapshot_is_a_file(pages, two):
    address = frozen(pages, *two)

    lines = b"".join(pages.get(f"{address}.csv").streaming_content).decode().splitlines()

    assert lines[0] == "section,key,wide-moth,calm-otter"
    assert "params,lr,0.1,0.2" in lines


def test_each_snapshot_is_in_the_audit_list_and_in_that_of_its_experiment(pages, two):
    address = frozen(pages, *two)
    frozen(pages, *two)
    other = make_experiment("other")

    (entry,) = AuditEntry.objects.filter(action="snapshot.create")
    experiment = Experiment.objects.get(name="sweep")
    assert (entry.experiment_id, entry.subject_id) == (experiment.pk, address.rpartition("/")[2])
    (row,) = pages.html(f"/experiments/{experiment.pk}/frozen").select("tbody tr")
    assert row.a["href"] == address
    assert row.a.text == "wide-moth, calm-otter"
    assert "Nothing is frozen yet" in pages.html(f"/experiments/{other.pk}/frozen").text


def test_too_much_is_refused_and_says_the_way_out(pages, two, monkeypatch):
    monkeypatch.setattr("runs.services.snapshots.MOST_BYTES", 1000)

    response = freeze(pages, *two)

    assert response.status_code == 400
    assert re.search(r"at most 1.0 kB can be frozen. Take some runs out", parse(response).text)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("runs", ["", "nobody", "one", ",".join(f"{n:032x}" for n in range(101))])
def test_what_is_no_comparison_is_not_frozen(pages, two, runs):
    response = pages.post("/compare/freeze", {"runs": two[0].run_id if runs == "one" else runs})

    assert response.status_code in (400, 404)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("address", ["/frozen/0000", "/frozen/0000.json", "/frozen/0000.csv", "/frozen/%00"])
def test_an_address_nothing_was_frozen_at_is_not_found(pages, address):
    assert pages.get(address).status_code == 404


def test_only_a_post_freezes(pages, two):
    assert pages.get("/compare/freeze", {"runs": "a,b"}).status_code == 405


def test_text_of_clients_is_text_when_frozen(pages):
    nasty = "</script><img src=x onerror=alert(1)>"
    runs = [make_run(name=f"{nasty}{n}", params={"p": f"{nasty}{n}"}, tags={"t": "a"}) for n in range(2)]
    for run in runs:
        log_line(run, "loss", [1.0, 2.0])

    address = frozen(pages, *runs)
    set_tag(runs[0].run_id, "t", nasty, user=None)

    assert not pages.html(address, {"all": "1"}).select("img")
    assert nasty in pages.html(address).select_one("tbody").text


def test_a_start_that_is_taken_makes_the_address_longer(pages, two):
    first = frozen(pages, *two)
    slug = first.rpartition("/")[2]
    Snapshot.objects.filter(slug=slug).update(digest="another")

    assert re.fullmatch(rf"/frozen/{slug}[0-9a-f]", frozen(pages, *two))


def test_what_seeds_said_is_kept(pages):
    runs = [
        make_run(params={"lr": lr, "seed": str(seed)}, metrics={"acc": float(lr) + seed / 100})
        for lr in ("0.1", "0.5")
        for seed in range(3)
    ]

    address = frozen(pages, runs[0], runs[3])
    for run in runs:
        delete_run(run.run_id, user=None)

    assert "Over 3 seeds a side, acc is" in pages.html(address).select_one(".say").text
