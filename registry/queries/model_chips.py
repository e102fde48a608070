"""What an address narrows models or versions by, piece by piece, each with the address it leaves when taken away."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import QueryDict

from registry.queries.choices import UNLESS_BLANK
from runs.queries.filter_chips import MOST_CHIPS, Chip, changed, conditions

TEXTS = {
    "stale": "no new version for {} days",
    "production_older": "Production older than {} days",
    "unaliased": "without alias",
    "archived": "archived: {}",
    "kind": "{}",
}
OF_VERSIONS = {"stale": "older than {} days"}
VALUES = ("stage", "alias", "user_id")
TAGS = "tags."


def model_chips(query: QueryDict) -> list[Chip]:
    return [*conditions(query), *_choices(query, TEXTS)][:MOST_CHIPS]


def version_chips(query: QueryDict) -> list[Chip]:
    return list(_choices(query, TEXTS | OF_VERSIONS))[:MOST_CHIPS]


def _choices(query: QueryDict, texts: dict[str, str]) -> Iterator[Chip]:
    for name, values in query.lists():
        if name in texts and values[-1]:
            yield Chip(texts[name].format(values[-1]), changed(query, name, []))
        elif name in VALUES or name.startswith(TAGS):
            for value in values:
                if not value and name in UNLESS_BLANK:
                    continue
                others = [other for other in values if other != value]
                label = {"stage": "in {}", "alias": "alias {}", "user_id": "by {}"}.get(name, f"{name} is {{}}")
                yield Chip(label.replace("{}", value or "(any)"), changed(query, name, others))
