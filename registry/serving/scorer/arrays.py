"""`instances` and `inputs`: values as in TensorFlow Serving, by rows or by columns."""

from __future__ import annotations

import numpy as np

from .casting import cast_array
from .errors import bad_request, kind_of, quote
from .nested import nested_value, stacked
from .schema import Field, Schema


def from_inputs(content: object, schema: Schema | None) -> object:
    """An array, a mapping of names to arrays, or a list of records, each value of its declared type."""
    fields = schema.by_name if schema is not None else {}
    if len(fields) == 1 and isinstance(content, list) and not any(isinstance(item, dict) for item in content):
        content = {next(iter(fields)): content}
    elif schema is not None and not schema.has_names and isinstance(content, dict):
        raise bad_request("The model takes one array without a name, or a single value, not an object.")
    if isinstance(content, dict):
        return {name: converted(values, fields.get(name)) for name, values in content.items()}
    if isinstance(content, list) and all(isinstance(item, dict) for item in content):
        return [{name: converted(value, fields.get(name)) for name, value in item.items()} for item in content]
    return converted(content, schema.fields[0] if schema is not None else None)


def from_instances(content: object, schema: Schema | None) -> object:
    """Rows: a list of records becomes a mapping of names to arrays, which must be equally long."""
    if isinstance(content, list) and content and isinstance(content[0], dict):
        fields, columns = (schema.by_name if schema is not None else {}), {}
        for item in content:
            if not isinstance(item, dict):
                raise bad_request(f"instances must be records throughout; it has {kind_of(item)} among them.")
            for name, value in item.items():
                columns.setdefault(name, []).append(converted(value, fields.get(name)))
        data: object = {name: stacked(values) for name, values in columns.items()}
    else:
        data = from_inputs(content, schema)
    if isinstance(data, dict):
        check_lengths(data, schema)
    return data


def check_lengths(data: dict, schema: Schema | None) -> None:
    """Of what is required, lists of a type aside: a row of them is no row of the others."""
    checked = {name: values for name, values in data.items() if isinstance(values, (list, np.ndarray))}
    if schema is not None and schema.has_names:
        fields = schema.by_name
        checked = {
            name: values
            for name, values in checked.items()
            if name in fields and fields[name].required and not fields[name].is_array
        }
    lengths = {name: len(values) if np.ndim(values) else None for name, values in checked.items()}
    if None in lengths.values():
        raise bad_request("instances by columns must be lists of values.")
    if len(set(lengths.values())) > 1:
        raise bad_request(f"The inputs have different numbers of values: {quote(lengths)}.")


def converted(values: object, field: Field | None) -> object:
    """Values of one column, or one value of it, of the type of `field`."""
    if field is None:
        try:
            return np.array(values)
        except ValueError as error:
            raise bad_request(f"The values are no array: {error}") from None
    called = "The input" if field.name is None else f"Input {quote(field.name)}"
    if field.type is not None and not field.type.is_scalar:
        made = nested_value(values, field.type, required=field.required, where=called)
        return stacked(made) if isinstance(made, list) else made
    wanted = field.dtype if field.dtype is not None else field.type.dtype
    try:
        natural = as_array(values if isinstance(values, list) else [values], wanted)
        made = cast_array(natural, wanted)
    except (ValueError, TypeError, OverflowError):
        named = field.type or wanted
        raise bad_request(
            f"{called} must be {named}, but {kind_of(values)} was sent that cannot be converted: {quote(values)}."
        ) from None
    return made if isinstance(values, list) else made[0]


def as_array(values: list, wanted: np.dtype) -> np.ndarray:
    """Texts, bytes and dates are read as such; numbers as they come, so that what would be lost is seen."""
    if wanted.kind in "USMO":
        return np.array(values, dtype=wanted)
    if wanted.kind == "f":
        return np.array(values, dtype=np.float64 if wanted.itemsize <= 8 else wanted)
    return np.array(values)
