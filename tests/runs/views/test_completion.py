"""What completes a filter."""

import pytest

from tests.factories import make_experiment, make_run


@pytest.fixture
def experiment(db):
    return make_experiment("covtype")


def completed(pages, experiment, text):
    path = f"/experiments/{experiment.pk}/complete" if experiment else "/runs/complete"
    answer = pages.get(path, {"text": text}).json()
    return answer["start"], [option["text"] for option in answer["options"]]


@pytest.mark.parametrize(
    ("text", "start", "first"),
    [
        ("metrics.v", 0, "metrics.val_acc "),
        ("status = 'FINISHED' AND (par", 25, "params."),
        ("lr", 0, "params.lr "),
        ("params.model = ", 15, "'mlp' "),
        ("params.model = 'f", 15, "'forest' "),
        ("params.lr = '1' AND params.model = 'f", 35, "'forest' "),
        ("params.lr >= ", 13, "1 "),
        ("params.note != ", 15, '"it\'s" '),
        ("status = 'f", 9, "'FINISHED' "),
        ("stat", 0, "status "),
        ("params.`model` = '", 17, "'mlp' "),
        ("metrics.val_acc ", 16, "= "),
        ("params.model l", 13, "LIKE "),
        ("params.model not", 13, None),
        ("NOT params.model is n", 17, "IS NULL "),
        ("metrics.val_acc.m", 0, "metrics.val_acc.min "),
        ("has(params.l", 4, "params.lr)"),
        ("start_time > ", 13, "-1h "),
        ("duration > 1", 11, "10m "),
        ("params.model = 'mlp' ", 21, "AND "),
        ("metrics.val_acc > 0.5 o", 22, "OR "),
        ("dataset.n", 0, "dataset.name "),
        ("user_id = ", 10, None),
        ("run_name = 'otter", 11, "'calm otter' "),
        ("not", 0, "params.note "),
        ("", 0, "params.lr "),
        ("'", 1, None),
    ],
)
def test_what_comes_next(pages, experiment, text, start, first):
    for model in ("mlp", "mlp", "forest"):
        make_run(
            experiment,
            name="calm otter",
            params={"model": model, "lr": "1", "note": "it's"},
            metrics={"val_acc": 1.0},
        )

    found, options = completed(pages, experiment, text)

    assert (found if options else start) == start
    assert (options[0] if options else None) == first


def test_names_that_need_quotes_get_them(pages, experiment):
    make_run(experiment, metrics={"system/cpu": 1.0})

    answer = pages.get(f"/experiments/{experiment.pk}/complete", {"text": "metrics.cpu"}).json()

    assert answer["options"] == [{"text": "metrics.`system/cpu` ", "note": "1 run"}]


def test_keys_and_values_of_all_experiments(pages, experiment):
    make_run(experiment, params={"model": "mlp"})
    make_run(make_experiment(), params={"model": "tree"})

    assert completed(pages, None, "mod") == (0, ["params.model "])
    assert sorted(completed(pages, None, "params.model = ")[1]) == ["'mlp' ", "'tree' "]


@pytest.mark.parametrize(
    "text", ["(" * 5000, "a = 'x' " * 1200, " = " * 3000, "metrics." * 1200, "\0\ud800'\"`", "%_["]
)
def test_any_text_is_answered(pages, experiment, text):
    assert isinstance(completed(pages, experiment, text.encode("utf-8", "replace").decode())[1], list)


def test_statements_do_not_grow_with_the_keys(pages, experiment, django_assert_max_num_queries):
    make_run(experiment, metrics={f"loss_{number}": 1.0 for number in range(200)})

    with django_assert_max_num_queries(5):
        assert len(completed(pages, experiment, "metrics.loss")[1]) == 12
