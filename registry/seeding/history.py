"""Registered models as a team would come to have them, with all that happened to them.

Every few days a version; some go by Staging to Production, which archives the one before and takes its alias. The
same for the same seed and number.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

from registry.models import EventKind, Stage

SUBJECTS = ("churn", "fraud", "ranking", "demand", "credit", "vision", "speech", "pricing", "routing", "toxicity")
TEAMS = ("growth", "risk", "search", "supply")
USERS = ("ana", "bo", "chen", "dara", "ci")
CHAMPION = "champion"
PROMOTED = 0.35
HOUR = 3_600_000
DAY = 24 * HOUR


class Happened(NamedTuple):
    """An event: `version` is None of the model itself."""

    time: int
    user: str
    kind: EventKind
    version: int | None = None
    key: str = ""
    before: str = ""
    after: str = ""
    note: str = ""


class SeededVersion(NamedTuple):
    """Times in milliseconds since the epoch."""

    number: int
    user: str
    run_id: str
    created: int
    updated: int
    stage: Stage
    tags: dict[str, str]


class SeededModel(NamedTuple):
    """`champion`: the version that the alias points to; None where none was ever promoted."""

    name: str
    description: str
    user: str
    created: int
    updated: int
    tags: dict[str, str]
    versions: list[SeededVersion]
    champion: int | None
    events: list[Happened]


def seeded_models(first: int, count: int, *, versions: int, days: int, end: int, seed: int) -> Iterator[SeededModel]:
    """Those numbered from `first`; all that happened to them was in the `days` before `end`."""
    return (
        seeded_model(number, versions=versions, days=days, end=end, seed=seed) for number in range(first, first + count)
    )


def seeded_model(number: int, *, versions: int, days: int, end: int, seed: int) -> SeededModel:
    rng = random.Random(seed << 40 | number)
    subject, team, user = SUBJECTS[number % len(SUBJECTS)], rng.choice(TEAMS), rng.choice(USERS)
    first = end - days * DAY
    step = max(1, (end - first - 3 * DAY) // (versions + 1))
    events = [Happened(first, user, EventKind.MODEL_CREATED)]
    stages: dict[int, Stage] = {}
    created: dict[int, int] = {}
    updated: dict[int, int] = {}
    champion: int | None = None
    for version in range(1, versions + 1):
        at, by = first + version * step + rng.randrange(step), rng.choice(USERS)
        created[version], updated[version], stages[version] = at, at, Stage.NONE
        events.append(Happened(at, by, EventKind.VERSION_CREATED, version, after=Stage.NONE.value))
        if rng.random() >= PROMOTED:
            continue
        moves = [(version, Stage.STAGING, at + HOUR, "Metrics look right.")]
        if champion is not None:
            moves.append((champion, Stage.ARCHIVED, at + DAY, "Replaced."))
        moves.append((version, Stage.PRODUCTION, at + DAY, "A day without a regression."))
        for moved, stage, time, note in moves:
            before, stages[moved], updated[moved] = stages[moved], stage, time
            events.append(Happened(time, by, EventKind.STAGE_MOVED, moved, "", before.value, stage.value, note))
        events.append(Happened(at + DAY, by, EventKind.ALIAS_SET, version, CHAMPION, str(champion or ""), str(version)))
        champion = version
    events.sort(key=lambda event: event.time)
    made_by = {event.version: event.user for event in events if event.kind == EventKind.VERSION_CREATED}
    return SeededModel(
        name=f"{subject}-{number:05}",
        description=f"The {subject} model of the {team} team.",
        user=user,
        created=first,
        updated=max(updated.values(), default=first),
        tags={"team": team, "tier": str(number % 3)},
        versions=[
            SeededVersion(
                version,
                made_by[version],
                f"{rng.getrandbits(128):032x}",
                created[version],
                updated[version],
                stages[version],
                {"dataset": f"{subject}-{version % 7}", "validated": rng.choice(("yes", "no"))},
            )
            for version in range(1, versions + 1)
        ],
        champion=champion,
        events=events,
    )
