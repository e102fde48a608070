from tests.factories import make_run
from tests.runs.api.helpers import all_pages, record, refused, text_of
from tests.runs.metrics.stored import damage, store_points


def test_every_point_comes_once_by_step(api):
    points = [[5, 0.5, 100], [0, 9.0, 300], [5, 0.5, 90], [-1, "NaN", 50], [7, "Infinity", 60], [5, "NaN", 100]]
    run_id = record(api, metrics={"val/loss": points})

    pages = list(all_pages(api, f"runs/{run_id}/history/", key="val/loss", page_size=2))

    assert [len(page) for page in pages] == [2, 2, 2]
    assert [(p["step"], p["timestamp"], p["value"]) for page in pages for p in page] == [
        (-1, 50, "NaN"),
        (0, 300, 9.0),
        (5, 90, 0.5),
        (5, 100, "NaN"),
        (5, 100, 0.5),
        (7, 60, "Infinity"),
    ]


def test_a_metric_the_run_does_not_have_is_empty(api):
    assert api.get(f"runs/{record(api)}/history/", {"key": "none"}).json() == {"next": None, "results": []}


def test_all_points_are_a_csv(api, django_assert_max_num_queries):
    run_id = record(api, metrics={"loss": [[step, step / 2, 0] for step in range(12_000)]})

    with django_assert_max_num_queries(5):
        lines = text_of(api.get(f"runs/{run_id}/history.csv", {"key": "loss"})).splitlines()

    assert lines[:3] == ["step,timestamp,value", "0,0,0.0", "1,0,0.5"]
    assert len(lines) == 12_001


def test_a_damaged_block_is_named_in_json_and_in_csv(api):
    run = make_run()
    key = store_points(
        run, "loss", sealed=[[(step, step, 1.0, False) for step in range(at, at + 50)] for at in (0, 50)]
    )
    damage(run, key, 1)

    page = api.get(f"runs/{run.run_id}/history/", {"key": "loss", "page_size": 40})
    after = api.get(page.json()["next"].removeprefix("http://localhost"))
    table = api.get(f"runs/{run.run_id}/history.csv", {"key": "loss"})

    assert len(page.json()["results"]) == 40
    for response in (after, table):
        assert "Block 1 of metric 'loss'" in refused(response, 500, "INTERNAL_ERROR")


def test_what_is_wrong_is_told(api):
    run_id = record(api)

    refused(api.get(f"runs/{run_id}/history/"), 400, "INVALID_PARAMETER_VALUE")
    refused(api.get(f"runs/{run_id}/history/", {"key": "a", "page_size": 25_001}), 400, "INVALID_PARAMETER_VALUE")
    refused(api.get(f"runs/{run_id}/history/", {"key": "a", "metric": "b"}), 400, "INVALID_PARAMETER_VALUE")
    refused(api.get("runs/none/history/", {"key": "a"}), 404, "RESOURCE_DOES_NOT_EXIST")
