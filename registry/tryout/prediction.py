"""What a scoring server answered, for people: its predictions as a table, or what it complains of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from registry.serving.tryout import Reply
from runs.artifacts.signature import plain_json
from runs.artifacts.tables import MAX_COLUMNS, MAX_ROWS, Table, cell_text, table_page
from trackui.errors import shorten

LONGEST_RAW = 20_000
LONGEST_MESSAGE = 2_000


@dataclass(frozen=True, slots=True)
class Prediction:
    """`table` is None where the answer has no rows; `raw`: the beginning of it as it came. `seconds`: the way there and
    back. `version`: the number of the version that answered, where it told.
    """

    status: int
    seconds: float
    raw: str
    table: Table | None = None
    message: str = ""
    version: str = ""

    @property
    def is_fine(self) -> bool:
        return self.status == 200

    @property
    def milliseconds(self) -> float:
        return self.seconds * 1000


def prediction_of(reply: Reply, seconds: float, names: Sequence[str] = ()) -> Prediction:
    """`names`: of the outputs, by the signature."""
    raw = shorten(reply.body.decode("utf-8", "replace"), LONGEST_RAW)
    answer = plain_json(reply.body)
    if reply.status != 200:
        told = answer.get("message") if isinstance(answer, dict) else None
        message = shorten(told if isinstance(told, str) else raw or "It gave no reason.", LONGEST_MESSAGE)
        return Prediction(reply.status, seconds, raw, message=message, version=reply.version)
    predictions = answer.get("predictions", answer) if isinstance(answer, dict) else answer
    return Prediction(200, seconds, raw, table=as_table(predictions, names), version=reply.version)


def as_table(predictions: object, names: Sequence[str]) -> Table | None:
    """What is not shown is counted, not laid out: of a few names a model can make very many cells."""
    total = len(predictions) if isinstance(predictions, list) else 0
    shown = predictions[:MAX_ROWS] if isinstance(predictions, list) else []
    match predictions:
        case [dict(), *_] if all(isinstance(row, dict) for row in predictions):
            columns = list(dict.fromkeys(str(key) for row in predictions for key in row))
            rows = [[cell_text(row.get(key)) for key in columns[:MAX_COLUMNS]] for row in shown]
        case [list(), *_] if all(is_flat(row) for row in predictions):
            width = max(len(row) for row in predictions)
            columns = list(names) if len(names) == width else [str(at) for at in range(width)]
            rows = [[cell_text(value) for value in row[:MAX_COLUMNS]] for row in shown]
        case [_, *_]:
            columns = [names[0] if len(names) == 1 and names[0] else "prediction"]
            rows = [[cell_text(value)] for value in shown]
        case dict() if predictions and all(isinstance(value, list) for value in predictions.values()):
            columns, total = [str(key) for key in predictions], max(map(len, predictions.values()))
            lists = [values[:MAX_ROWS] for values in islice(predictions.values(), MAX_COLUMNS)]
            rows = [[cell_text(value) for value in row] for row in zip_longest(*lists)]
        case _:
            return None
    table = table_page(columns, rows)
    return replace(table, total=total, is_cut=table.is_cut or total > len(rows))


def is_flat(row: object) -> bool:
    return isinstance(row, list) and not any(isinstance(value, (list, dict)) for value in row)
