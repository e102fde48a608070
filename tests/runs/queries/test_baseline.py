"""What a run is measured against, and by how much it differs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.queries.baseline import Delta, delta, find_baseline
from tests.factories import make_experiment, make_run

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("value", "baseline", "expected"),
    [
        (0.9, 0.8, Delta(0.9 - 0.8, 100 * (0.9 - 0.8) / 0.8)),
        (-1.0, -2.0, Delta(1.0, 50.0)),
        (1.0, 0.0, Delta(1.0, None)),
        (math.inf, 1.0, Delta(math.inf, None)),
        (math.inf, math.inf, Delta(0.0, None)),
        (1.0, -math.inf, Delta(math.inf, None)),
        (math.nan, 1.0, None),
        (1.0, math.nan, None),
        (None, 1.0, None),
        (1.0, None, None),
    ],
)
def test_delta(value, baseline, expected):
    assert delta(value, baseline) == expected


@given(NUMBERS, NUMBERS)
def test_a_percentage_is_a_number_or_nothing(value, baseline):
    found = delta(value, baseline)

    assert found is None or (not math.isnan(found.absolute) and (found.percent is None or math.isfinite(found.percent)))


@pytest.mark.django_db
def test_an_address_names_a_run():
    run = make_run()

    assert find_baseline(run.run_id, user=None).run == run


@pytest.mark.django_db
def test_without_a_name_it_is_the_experiments():
    experiment = make_experiment()
    run = make_run(experiment)
    experiment.baseline = run.run_id

    assert find_baseline("", user=None, experiment=experiment).run == run
    assert find_baseline("none", user=None, experiment=experiment) is None


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["nothing", "models:/nothing@prod", "a\0b"])
def test_what_is_not_there_is_said(text):
    found = find_baseline(text, user=None)

    assert found.run is None
    assert "is not here" in found.problem


@pytest.mark.django_db
def test_a_deleted_run_is_no_baseline():
    run = make_run(lifecycle_stage="deleted", name="old")

    assert find_baseline(run.run_id, user=None).problem == "The baseline old is deleted."
