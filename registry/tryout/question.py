"""What a model is asked from its page: a row from the fields of a form, or several rows as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from registry.example_input import example_request
from registry.tryout.fields import TryField, posted, refuse_constant, try_fields, written
from runs.artifacts.mlmodel import ModelCard
from runs.artifacts.signature import SignatureColumn, mapping, plain_json
from trackui.errors import InvalidParameterValue

# Columns that a form has fields for; a model with more is asked by JSON.
MOST_FIELDS = 200
LARGEST_BODY = 2**20
SHAPES = ("dataframe_split", "dataframe_records", "instances", "inputs")


@dataclass(frozen=True, slots=True)
class Question:
    """`columns` is empty where there is no form of fields: no signature, tensors, or too many columns.

    `rows`: the JSON in the box. `has_too_many`: that is why there are no fields.
    """

    columns: tuple[TryField, ...]
    params: tuple[TryField, ...]
    rows: str
    has_too_many: bool = False

    @property
    def has_errors(self) -> bool:
        return any(field.error for field in (*self.columns, *self.params))

    def of_form(self, form: Mapping[str, str]) -> Question:
        return replace(
            self, columns=tuple(posted(list(self.columns), form)), params=tuple(posted(list(self.params), form))
        )

    def body(self) -> bytes:
        """One row, as a request to /invocations. Columns that are blank and not needed are left out of it."""
        given = [field for field in self.columns if not field.is_left_out]
        split = {"columns": [field.key for field in given], "data": [[field.read() for field in given]]}
        params = {field.column.name: field.read() for field in self.params if not field.is_left_out}
        return dumped({"dataframe_split": split} | ({"params": params} if params else {}))

    def blamed(self, message: str) -> Question:
        """With the fields marked whose columns a server's complaint names."""

        def marked(field: TryField) -> TryField:
            is_named = any(f"{quote}{field.label}{quote}" in message for quote in "'\"`")
            return replace(field, error="is what the model complains of") if is_named else field

        return replace(self, columns=tuple(map(marked, self.columns)), params=tuple(map(marked, self.params)))


def question_of(card: ModelCard | None, example: str) -> Question:
    """Filled with the first row of the example, and with the defaults of the params. `example`: a body, as JSON."""
    logged = mapping(plain_json(example))
    inputs = card.inputs if card else ()
    has_form = 0 < len(inputs) <= MOST_FIELDS and not any(column.kind == "tensor" for column in inputs)
    params = tuple(column for column in (card.params if card else ()) if column.name)
    made = logged or (example_request(card) if card else None) or {"dataframe_split": {"columns": [], "data": []}}
    return Question(
        columns=tuple(try_fields(inputs, "c", first_row(logged, inputs))) if has_form else (),
        params=tuple(try_fields(params, "p", given_params(logged, params))) if has_form else (),
        rows=laid_out(made),
        has_too_many=len(inputs) > MOST_FIELDS,
    )


def laid_out(body: dict) -> str:
    """JSON to be edited: a row a line."""
    lines = []
    for name, value in body.items():
        if name == "dataframe_split" and isinstance(value, dict):
            parts = (f"{one_line(key)}: {rows_apart(part, 2, is_rows=key == 'data')}" for key, part in value.items())
            text = "{\n  " + ",\n  ".join(parts) + "\n }"
        else:
            text = rows_apart(value, 1, is_rows=name in SHAPES)
        lines.append(f" {one_line(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


def rows_apart(value: object, depth: int, *, is_rows: bool) -> str:
    if not is_rows or not isinstance(value, list) or not value:
        return one_line(value)
    gap = " " * depth
    return "[\n" + ",\n".join(f"{gap} {one_line(row)}" for row in value) + f"\n{gap}]"


def one_line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def first_row(body: dict, columns: tuple[SignatureColumn, ...]) -> dict[str | int, str]:
    """Of a table, in either of the two forms a client logs."""
    match body:
        case {"dataframe_split": {"data": [list(row), *_], **split}}:
            names = split.get("columns")
            names = names if isinstance(names, list) else [column.name or at for at, column in enumerate(columns)]
            found = zip(names, row, strict=False)
        case {"dataframe_records": [dict(row), *_]}:
            found = row.items()
        case _:
            return {}
    return {name: written(value) for name, value in found if isinstance(name, (str, int))}


def given_params(body: dict, params: tuple[SignatureColumn, ...]) -> dict[str | int, str]:
    """Those of the example over the defaults."""
    known = {one.name: written(json.loads(one.default)) for one in params if one.default}
    given = body.get("params")
    return known | {str(name): written(value) for name, value in (given if isinstance(given, dict) else {}).items()}


def body_of_rows(text: str) -> bytes:
    """What stands in the box as a request: a whole one, or a list of rows. InvalidParameterValue with the place."""
    if len(text) > LARGEST_BODY:
        raise too_large()
    try:
        value = json.loads(text, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidParameterValue(
            f"Rows: this is no JSON. {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError as error:
        raise InvalidParameterValue(f"Rows: {error} is no number in JSON; null is a value that is missing.") from None
    except RecursionError:
        raise InvalidParameterValue("Rows: this JSON is nested too deep.") from None
    match value:
        case [dict(), *_]:
            return dumped({"dataframe_records": value})
        case [_, *_]:
            return dumped({"instances": value})
        case dict() if any(shape in value for shape in SHAPES):
            return dumped(value)
    raise InvalidParameterValue(f"Rows: this must be a list of rows, or an object with one of {', '.join(SHAPES)}.")


def dumped(body: dict) -> bytes:
    encoded = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    if len(encoded) > LARGEST_BODY:
        raise too_large()
    return encoded


def too_large() -> InvalidParameterValue:
    return InvalidParameterValue(f"The input is larger than {LARGEST_BODY // 2**20} MiB.")
