"""Which versions of a model a page of the past is about: stages and aliases of then, everything else of now."""

from __future__ import annotations

from dataclasses import replace

from registry.models import Stage
from registry.queries.choices import VERSION, VersionChoices
from registry.queries.model_head import ModelHead
from registry.queries.past_models import stages_then
from registry.queries.past_records import PastModel, PastVersion
from registry.queries.version_baseline import CHAMPION
from trackui.search.sql import Sql, all_of, among


def past_condition(past: PastModel, choices: VersionChoices) -> Sql:
    """What is chosen by stage and alias is decided by those of then."""
    numbers = [one.version for one in past.versions() if _is_chosen(one, choices)]
    rest = replace(choices, stages=(), aliases=(), is_unaliased=False, archived="show")
    return all_of([among(f"{VERSION}.version", numbers), rest.condition()])


def _is_chosen(version: PastVersion, choices: VersionChoices) -> bool:
    is_archived = version.stage == Stage.ARCHIVED
    return (
        (not choices.stages or version.stage in choices.stages)
        and (not choices.aliases or bool(set(choices.aliases) & set(version.aliases)))
        and not (choices.is_unaliased and version.aliases)
        and not (is_archived and choices.hides_archived)
        and (is_archived or choices.archived != "only")
    )


def past_baseline(past: PastModel, text: str) -> str:
    """The number of the version that `baseline=` meant then; what names none stays as it is."""
    aliases, stages = past.aliases, past.latest_versions
    if not text:
        number = aliases.get(CHAMPION, stages.get(Stage.PRODUCTION.value))
        return str(number) if number else "none"
    return str(aliases.get(text.removeprefix("@"), stages.get(text.capitalize(), text)))


def past_head(head: ModelHead, past: PastModel) -> ModelHead:
    return replace(
        head,
        version_count=past.version_count,
        latest=max(past.state.stages, default=None),
        stages=stages_then(past),
        aliases=list(past.aliases.items()),
    )
