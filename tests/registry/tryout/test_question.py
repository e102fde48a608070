"""What a model is asked from its page."""

import json

import pytest

from registry.tryout.question import laid_out, question_of
from runs.artifacts.mlmodel import model_card
from tests.registry.folders import mlmodel


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ({"dataframe_split": {"columns": ["a"], "data": [[1], [2]]}, "params": {"x": 1}}, 10),
        ({"dataframe_split": "odd"}, 3),
        ({"dataframe_records": [{"a": 1}, {"a": 2}]}, 6),
        ({"inputs": {"x": [1, 2]}}, 3),
        ({"instances": []}, 3),
    ],
)
def test_json_to_be_edited_has_a_row_a_line(body, lines):
    text = laid_out(body)

    assert json.loads(text) == body
    assert text.count("\n") + 1 == lines


@pytest.mark.parametrize(
    ("example", "texts"),
    [
        ({"dataframe_split": {"columns": ["age", "height"], "data": [[3, None]]}}, ["", "3", ""]),
        ({"dataframe_split": {"data": [[1.5, 3, "Ulm"]]}}, ["1.5", "3", "Ulm"]),
        ({"dataframe_records": [{"town": "Ulm", "odd": {}}]}, ["", "", "Ulm"]),
        ({"dataframe_split": {"columns": 5, "data": [5]}}, ["", "", ""]),
        ({"inputs": [[1]]}, ["", "", ""]),
        ([1], ["", "", ""]),
    ],
)
def test_fields_are_filled_from_any_example(example, texts):
    question = question_of(model_card(mlmodel()), json.dumps(example))

    assert [field.text for field in question.columns] == texts


def test_a_model_with_very_many_columns_is_asked_by_json():
    inputs = [{"type": "double", "name": f"x{number}"} for number in range(201)]

    question = question_of(model_card(mlmodel(inputs=inputs)), "")

    assert question.columns == ()
    assert question.has_too_many
    assert len(json.loads(question.rows)["dataframe_split"]["columns"]) == 201
