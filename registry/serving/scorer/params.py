"""`params` of a request: values for this one call, held against the signature, with its defaults for the rest."""

from __future__ import annotations

import datetime

import numpy as np

from .errors import ScoringError, kind_of, quote
from .nested import nested_value
from .schema import Type, type_of

RANGES = {"integer": range(-(2**31), 2**31), "long": range(-(2**63), 2**63)}


class Params:
    """None for `specs` is a model that declares no params: what is sent is left out, as MLflow does."""

    def __init__(self, specs: list[dict] | None) -> None:
        self.types = None if specs is None else {spec["name"]: (type_of(spec), spec["shape"]) for spec in specs}
        self.defaults = {spec["name"]: spec["default"] for spec in specs or ()}
        for name, value in self.defaults.items():
            self.defaults[name] = self.checked(name, value)

    def complete(self, given: object) -> dict | None:
        """Every declared param, given or default. Names that are not declared are left out."""
        if self.types is None:
            return None if given is None else {}
        if given is None:
            return dict(self.defaults)
        if not isinstance(given, dict):
            raise ScoringError(f"params must be an object, not {kind_of(given)}.")
        chosen = {name: self.checked(name, value) for name, value in given.items() if name in self.types}
        return chosen | {name: value for name, value in self.defaults.items() if name not in chosen}

    def checked(self, name: str, value: object) -> object:
        type, shape = self.types[name]
        where = f"Param {quote(name)}"
        if shape is not None:
            if not isinstance(value, list):
                raise ScoringError(f"{where} must be a list of {type}, not {kind_of(value)}: {quote(value)}.")
            return [scalar(part, type, f"An item of {where.lower()}") for part in value]
        if not type.is_scalar:
            nested_value(value, type, where=where)
            return value
        return scalar(value, type, where)


def scalar(value: object, type: Type, where: str) -> object:
    """As Python's own type. A whole number will do for a float or double; nothing else is converted."""
    if value is None:
        return None
    if type.name == "datetime":
        return moment(value, where)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if type.name == "boolean" and isinstance(value, bool):
        return value
    if type.name == "string" and isinstance(value, str):
        return value
    if type.name in ("float", "double") and is_number:
        return float(value)
    if type.name in RANGES and is_number and isinstance(value, int) and value in RANGES[type.name]:
        return value
    raise ScoringError(f"{where} must be {type}, not {kind_of(value)}: {quote(value)}.")


def moment(value: object, where: str) -> datetime.date:
    try:
        made = np.datetime64(value).item()
    except ValueError:
        made = None
    if not isinstance(made, datetime.date):
        raise ScoringError(f"{where} must be datetime, and {quote(value)} is none.")
    return made
