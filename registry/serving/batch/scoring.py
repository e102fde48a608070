"""A file of rows through a model: chunks scored side by side, written in order."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from registry.serving.batch.csv_reading import without_missing
from registry.serving.batch.questions import CONTENT_TYPE, BadAnswer, answered, question
from registry.serving.batch.reading import Chunk, chunks
from registry.serving.batch.writing import BadOutput, written
from registry.serving.front.scoring import Scorers, Unavailable
from registry.serving.model_folder import ModelFolder

# Chunks that are read ahead, for each process that scores.
AHEAD = 2


class BatchFailed(Exception):
    """The message names the chunk."""


def score_file(
    source: Path,
    target: Path,
    *,
    scorers: Scorers,
    model: ModelFolder,
    workers: int,
    rows: int,
    only_predictions: bool = False,
    tell: Callable[[int, float], None] = lambda rows, share: None,
) -> int:
    """Rows of `source` with their predictions into `target`; answers how many. Memory holds some `2 * workers` chunks.

    BatchFailed, BadInput. `tell` is called with the rows that are done and the share of the file.
    """

    types = types_of(model)
    has_texts_only = source.suffix.lower() == ".csv"

    def score(chunk: Chunk) -> pa.Table:
        table = chunk.table
        try:
            asked = asked_of(table, types)
            asked = without_missing(asked) if has_texts_only else asked
            scored = scorers.score(CONTENT_TYPE, question(asked))
            if scored.head["status"] != 200:
                raise BatchFailed(f"{chunk.where}: {message_of(scored.body)}")
            found = answered(scored.body, len(table), taken=() if only_predictions else table.column_names)
        except (Unavailable, BadAnswer) as error:
            raise BatchFailed(f"{chunk.where}: {error}") from None
        for name in () if only_predictions else reversed(table.column_names):
            found = found.add_column(0, table.schema.field(name), table.column(name))
        return found

    done = 0
    with written(target) as writer, ThreadPoolExecutor(workers) as pool:
        for chunk, future in in_order(chunks(source, rows=rows, types=types), pool, score, AHEAD * workers):
            try:
                writer.write(future.result())
            except BadOutput as error:
                raise BatchFailed(f"{chunk.where}: {error}") from None
            done += len(chunk.table)
            tell(done, chunk.share)
    tell(done, 1.0)
    return done


def in_order(
    chunks: Iterator[Chunk], pool: ThreadPoolExecutor, score: Callable, ahead: int
) -> Iterator[tuple[Chunk, Future]]:
    """Each chunk with what it will come to; at most `ahead` are begun before the first is asked for."""
    waiting: deque[tuple[Chunk, Future]] = deque()
    try:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(score, chunk)))
            if len(waiting) >= ahead:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for _, future in waiting:
            future.cancel()


def types_of(model: ModelFolder) -> dict[str, str]:
    """Of the columns that the signature names."""
    told = model.as_scorer_json()["inputs"] or []
    return {field["name"]: field["type"] for field in told if field.get("name")}


def asked_of(table: pa.Table, types: dict[str, str]) -> pa.Table:
    """What the model takes of a table; all of it, without the index of pandas, where its signature tells no names."""
    if types:
        return table.select([name for name in table.column_names if name in types])
    index = [name for name in (table.schema.pandas_metadata or {}).get("index_columns", []) if isinstance(name, str)]
    return table.drop_columns([name for name in index if name in table.column_names])


def message_of(body: bytes) -> str:
    return json.loads(body).get("message", "The model failed.")
