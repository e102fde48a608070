"""The body of a request as the data a model takes: types of content, the four forms of JSON, and CSV."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass

from .arrays import from_inputs, from_instances
from .errors import ScoringError, bad_request, kind_of, quote
from .schema import Schema
from .tensors import conform_tensors

try:
    from . import frames
    from .plain_tables import PlainTables
except ModuleNotFoundError:  # a model of tensors may live without pandas
    frames = None

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
# Bodies of chat, completion and embedding services: the whole object is the input, and the answer comes bare.
LLM_KEYS = ("messages", "prompt", "input")


@dataclass
class Request:
    data: object
    params: object = None
    is_bare: bool = False
    # The columns of a table by name, where they are at hand.
    columns: list | None = None


class RequestReader:
    """Reads requests for one model. `params`: the names its signature declares; `has_hints`: the model itself checks
    what it is given, by the type hints of its predict function."""

    def __init__(self, schema: Schema | None, *, params: Container[str] = (), has_hints: bool = False) -> None:
        self.schema = schema
        self.params = params
        self.has_hints = has_hints
        self.plain = PlainTables.of(schema) if frames else None

    def read(self, content_type: str, body: bytes) -> Request:
        """Raises ScoringError with what is wrong."""
        kind, text = media_type(content_type), decoded_text(body)
        if kind == "text/csv":
            need_frames()
            return Request(self.conform(frames.frame_from_csv(text, self.schema)))
        content = parsed_json(text)
        if any(key in content for key in LLM_KEYS):
            return self.bare(content)
        forms = [form for form in FORMS if form in content]
        if len(forms) != 1:
            raise bad_request(f"The body must have exactly one of {', '.join(FORMS)}; it has {quote([*content])}.")
        form, params = forms[0], content.get("params")
        if not self.has_hints:
            request = self.data(form, content[form])
            request.params = params
            return request
        if form != "inputs":
            raise ScoringError(f"This model takes its data as inputs, not as {form}: it checks them by type hints.")
        return Request(content["inputs"], params)

    def bare(self, content: dict) -> Request:
        """The whole object is the input, its params beside the rest."""
        params = {name: value for name, value in content.items() if name in self.params}
        data = {name: value for name, value in content.items() if name not in self.params}
        return Request(data if self.has_hints else self.conform(data), params, is_bare=True)

    def data(self, form: str, content: object) -> Request:
        plain = self.plain.from_form(form, content) if self.plain is not None else None
        if plain is not None:
            return Request(plain.frame, columns=plain.columns)
        return Request(self.conform(self.read_form(form, content)))

    def read_form(self, form: str, content: object) -> object:
        if form == "inputs":
            return from_inputs(content, self.schema)
        if form == "instances":
            return from_instances(content, self.schema)
        need_frames()
        if form == "dataframe_split":
            return frames.frame_from_split(content, self.schema)
        return frames.frame_from_records(content)

    def conform(self, data: object) -> object:
        schema = self.schema
        if schema is None:
            return data
        if schema.is_tensor:
            return conform_tensors(data, schema)
        need_frames()
        return frames.conform(frames.frame_of(data, schema), schema)


def need_frames() -> None:
    if frames is None:
        raise ScoringError("The model's environment has no pandas: send instances or inputs.")


def media_type(content_type: str) -> str:
    """application/json or text/csv, in UTF-8; anything else is a 415."""
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    kind = kind.lower()
    if kind not in ("application/json", "text/csv"):
        raise unsupported(f"Content-Type must be application/json or text/csv, not {quote(content_type)}.")
    for parameter in filter(None, parameters):
        name, _, value = parameter.partition("=")
        if name.strip().lower() != "charset":
            raise unsupported(f"Content-Type has a parameter that is not known: {quote(name)}.")
        if value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise unsupported(f"The body must be UTF-8, not {quote(value)}.")
    return kind


def unsupported(message: str) -> ScoringError:
    return ScoringError(message, status=415, error_code="BAD_REQUEST")


def decoded_text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise bad_request(f"The body is not UTF-8, from byte {error.start} on.") from None


def parsed_json(text: str) -> dict:
    """NaN, Infinity and -Infinity are read, as MLflow's clients write them; a key may not come twice in an object."""
    try:
        content = json.loads(text, object_pairs_hook=without_repeats)
    except RecursionError:
        raise bad_request("The body is nested too deep.") from None
    except ValueError as error:
        raise bad_request(f"The body is no JSON: {error}.") from None
    if not isinstance(content, dict):
        raise bad_request(f"The body must be a JSON object with one of {', '.join(FORMS)}, not {kind_of(content)}.")
    return content


def without_repeats(pairs: list) -> dict:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("an object has a key twice")
    return made
