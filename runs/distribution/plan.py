"""The SQL that turns the database of a coordinator into a distributed one."""

from collections.abc import Iterable
from dataclasses import dataclass

from runs.distribution.layout import by_path, by_run, copied

DIRECTORY = "runs_rundirectory"


@dataclass(frozen=True)
class Reference:
    """A foreign key as PostgreSQL has it."""

    table: str
    name: str
    to: str
    definition: str


@dataclass(frozen=True)
class Step:
    why: str
    statements: list[str]


def plan(references: Iterable[Reference], *, shards: int) -> list[Step]:
    """In order, for one transaction. `references`: all foreign keys of the database."""
    touching = [reference for reference in references if {reference.table, reference.to} & moved_tables()]
    return [
        Step(
            "One machine after the other: references let a table be changed on one connection only.",
            [
                "SET LOCAL lock_timeout = '2s'",
                "SET LOCAL statement_timeout = 0",
                "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
                f"SET LOCAL citus.shard_count = {shards:d}",
            ],
        ),
        Step("References are made again once both their tables are in place.", list(map(dropped, touching))),
        Step("A unique key has to hold the column that spreads: one machine alone can keep it.", unique_keys()),
        Step("What is joined to runs, on every machine.", [f"SELECT create_reference_table('{t}')" for t in copied()]),
        Step("Runs, and beside each all that it logged.", spread_by_run()),
        Step("Files by their paths; no statement joins them.", spread_by_path()),
        Step("Which run has which run_id, on the one machine that the run_id tells.", directory()),
        Step("References within a run, and to what is everywhere.", [made(r) for r in touching if can_stay(r)]),
    ]


def moved_tables() -> set[str]:
    return {spread.table for spread in by_run()} | {*copied(), by_path().table}


def can_stay(reference: Reference) -> bool:
    """Not from a table that is everywhere to one that is spread: no machine has all it refers to."""
    return reference.to in copied() or reference.table not in copied()


def dropped(reference: Reference) -> str:
    return f"ALTER TABLE {reference.table} DROP CONSTRAINT {reference.name}"


def made(reference: Reference) -> str:
    return f"ALTER TABLE {reference.table} ADD CONSTRAINT {reference.name} {reference.definition}"


def unique_keys() -> list[str]:
    return [
        "ALTER TABLE runs_run DROP CONSTRAINT runs_run_run_id_key",
        "CREATE INDEX runs_run_run_id ON runs_run (run_id)",
        "ALTER TABLE runs_runinput DROP CONSTRAINT runs_runinput_pkey",
        "ALTER TABLE runs_runinput ADD CONSTRAINT runs_runinput_pkey PRIMARY KEY (run_id, id)",
        "ALTER TABLE runs_storedartifact DROP CONSTRAINT runs_storedartifact_pkey",
        "ALTER TABLE runs_storedartifact REPLICA IDENTITY USING INDEX stored_artifact_path",
    ]


def spread_by_run() -> list[str]:
    first, *others = by_run()
    return [
        f"SELECT create_distributed_table('{first.table}', '{first.column}', colocate_with => 'none')",
        *(
            f"SELECT create_distributed_table('{other.table}', '{other.column}', colocate_with => '{first.table}')"
            for other in others
        ),
    ]


def spread_by_path() -> list[str]:
    spread = by_path()
    return [f"SELECT create_distributed_table('{spread.table}', '{spread.column}', colocate_with => 'none')"]


def directory() -> list[str]:
    return [
        f"CREATE TABLE {DIRECTORY} (run_id varchar(32) PRIMARY KEY, id bigint NOT NULL)",
        f"SELECT create_distributed_table('{DIRECTORY}', 'run_id', colocate_with => 'none')",
        f"INSERT INTO {DIRECTORY} (run_id, id) SELECT run_id, id FROM runs_run",
    ]


def as_text(steps: Iterable[Step]) -> str:
    """For psql."""
    blocks = [f"-- {step.why}\n" + "".join(f"{statement};\n" for statement in step.statements) for step in steps]
    return "\n".join(["BEGIN;\n", *blocks, "COMMIT;\n"])
