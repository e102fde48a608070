"""Versions side by side, of one model or of several: what differs first, against the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from registry.queries.compared_versions import VersionOptions
from registry.queries.version_comparison_data import VersionFacts, VersionsData
from registry.queries.version_detail import PROMPT_TEXT_TAG
from runs.artifacts.mlmodel import ModelCard
from runs.ingest.batch import number_in
from runs.metrics.direction import directions
from runs.queries.comparison import (
    CELLS_A_SECTION,
    ROWS_A_SECTION,
    SENTENCES_UP_TO,
    Comparison,
    is_own,
    section,
)
from runs.queries.comparison_cells import same_number
from runs.queries.comparison_data import ParamValue, in_order
from runs.queries.comparison_metrics import best_value
from runs.queries.comparison_parts import Change, MetricRow, Row, Sentence
from runs.queries.comparison_rows import param_row, source_rows, text_row
from runs.queries.comparison_words import CLAUSES, best_of, change, has_two_values, headlines, sentence, spread_of
from trackui import formats

# Of a signature, and of packages, so many are told one by one.
MOST_CHANGES = 3
PARTS = {"Inputs": "input", "Outputs": "output", "Params": "param"}


def version_comparison(data: VersionsData, options: VersionOptions, *, whole: bool = False) -> Comparison:
    """The page of what is known of the versions. `whole`: not only the rows that fit a page."""
    facts, shown = data.facts, data.shown
    limit = None if whole else min(ROWS_A_SECTION, CELLS_A_SECTION // len(facts))
    metrics, params = metric_rows(data), param_rows(facts)
    signature = table_rows([signature_texts(one.card) for one in facts])
    packages = table_rows([one.packages for one in facts])
    source = source_rows(data.tags_by_key, shown)
    everything = [
        ("prompt", "Prompt", table_rows([prompt_text(one) for one in facts])),
        ("metrics", "Metrics", metrics),
        ("params", "Params", params),
        ("signature", "Signature", signature),
        ("packages", "Packages", packages),
        ("flavors", "Flavors", table_rows([flavor_texts(one.card) for one in facts])),
        ("version", "Version", version_rows(facts)),
        ("source", "Source of the run", source),
        ("datasets", "Datasets", table_rows([one.datasets for one in facts])),
        ("tags", "Tags", table_rows([{k: v for k, v in one.tags.items() if is_own(k)} for one in facts])),
    ]
    differing = sorted((row for row in params if row.differs), key=lambda row: not has_two_values(row))
    few = len(facts) <= SENTENCES_UP_TO
    of_model = [("signature", signature), ("packages", packages)]
    return Comparison(
        runs=shown,
        options=options,
        sections=tuple(section(name, title, rows, options, limit) for name, title, rows in everything if rows),
        sentences=tuple(
            with_changes(sentence(shown, at, differing, source, metrics), of_model, at) for at in range(1, len(facts))
        )
        if few
        else (),
        bests=() if few else tuple(best_of(shown, row) for row in headlines(metrics)),
        spreads=() if few else tuple(spread_of(row) for row in differing[:CLAUSES]),
        differing_params=len(differing),
        things="versions",
    )


def with_changes(said: Sentence, tables: Iterable[tuple[str, Sequence[Row]]], at: int) -> Sentence:
    """Told of the model itself too: what of its signature and its packages is another."""
    changed = [one for title, rows in tables for one in changes_of(title, rows, at)]
    return replace(said, code=(*changed, *said.code))


def changes_of(title: str, rows: Sequence[Row], at: int) -> list[Change]:
    """Each by itself where they are few, else how many were added, dropped and changed."""
    changed = [row for row in rows if row.cells[at].is_changed]
    if len(changed) <= MOST_CHANGES:
        return [change(row, at) for row in changed]
    added = sum(row.cells[0].text is None for row in changed)
    dropped = sum(row.cells[at].text is None for row in changed)
    counts = ((added, "added"), (dropped, "dropped"), (len(changed) - added - dropped, "changed"))
    return [Change(title, None, None, said=", ".join(f"{count:,} {word}" for count, word in counts if count))]


def metric_rows(data: VersionsData) -> list[MetricRow]:
    keys = in_order({key: None for one in data.facts for key in one.metrics})
    known = directions(data.experiment_id, keys)
    rows = []
    for key in keys:
        values = tuple(one.metrics.get(key) for one in data.facts)
        rows.append(
            MetricRow(
                key,
                values,
                best=best_value(values, known[key]),
                differs=not all(same_number(value, values[0]) for value in values),
                direction=known[key],
                points=0,
                nan_count=0,
                longest=0,
            )
        )
    return rows


def param_rows(facts: Sequence[VersionFacts]) -> list[Row]:
    keys = in_order({key: None for one in facts for key in one.params})
    return [param_row(key, [param_value(one.params.get(key)) for one in facts]) for key in keys]


def param_value(text: str | None) -> ParamValue | None:
    return None if text is None else ParamValue(text, number_in(text))


def table_rows(texts: Sequence[dict[str, str]]) -> list[Row]:
    """A row for each key that one of them has, in the order in which they name them."""
    keys = dict.fromkeys(key for one in texts for key in one)
    return [text_row(key, [one.get(key) for one in texts]) for key in keys]


def signature_texts(card: ModelCard | None) -> dict[str, str]:
    """`input height` -> `double`, `input town` -> `string, not required`."""
    return {
        f"{PARTS[title]} {column.name or at}": " ".join(filter(None, [column.type, column.shape]))
        + ("" if column.is_required or title != "Inputs" else ", not required")
        + (f" = {column.default}" if column.default else "")
        for title, columns in (card.signature_parts if card else ())
        for at, column in enumerate(columns, 1)
    }


def prompt_text(facts: VersionFacts) -> dict[str, str]:
    return {"text": facts.tags[PROMPT_TEXT_TAG]} if PROMPT_TEXT_TAG in facts.tags else {}


def flavor_texts(card: ModelCard | None) -> dict[str, str]:
    return {
        flavor.name: ", ".join(f"{key} {value}" for key, value in flavor.details) or "yes"
        for flavor in (card.flavors if card else ())
    }


def version_rows(facts: Sequence[VersionFacts]) -> list[Row]:
    versions = [one.version for one in facts]
    rows = [
        text_row("stage", [one.stage for one in versions]),
        text_row("aliases", [", ".join(f"@{alias.alias}" for alias in one.aliases.all()) or None for one in versions]),
        text_row("size", [formats.filesize(one.size) if one.size is not None else None for one in facts]),
        # Registered at different times they always are: that is no difference to look for.
        replace(text_row("registered", [formats.absolute_time(one.creation_time) for one in versions]), differs=False),
        text_row("registered by", [one.user_id or None for one in versions]),
        text_row("status", [one.get_status_display() for one in versions]),
        text_row("source run", [str(one.run) if one.run else one.version.run_id or None for one in facts]),
        text_row("logged model", [one.model_id or None for one in versions]),
        text_row("description", [one.description or None for one in versions]),
    ]
    return [row for row in rows if any(cell.text for cell in row.cells)]
