"""Databases to move: files and schemas made anew, and rows of every table with values that are hard to carry."""

import itertools
import math
import os
import signal
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path

from django.apps import apps
from django.db import models

from tests.servers import REPOSITORY
from trackui.database_transfer.tables import Kind, all_tables, kind_of

FLOATS = (0.1, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 0.0, -1.5, 2.0**53 + 2, 1e22, 3.0)
TEXTS = (
    "",
    "plain",
    "\\N",
    "tab\tnew\nline\rback\\slash",
    "quote ' \" `",
    "Zürich, cafe\u0301",
    "\u202eright to left",
    "\U0001f9ea\U0010ffff",
    "\ue000\uffff",
    "\x01\x7f",
    "NULL",
)
# As Django writes them; the keys are sorted, as it is their order that is not kept.
JSONS = (
    "{}",
    '{"a": 0.1, "b": [1, 2.5, -1e-07, 5e-324, null], "long key": {"c": "Z\\u00fcrich \\ud83e\\uddea"}}',
    "[true, false, 9007199254740993, 1.0]",
    '"text"',
    "null",
)
INSTANTS = ("2026-11-21 15:40:34", "1999-12-31 23:59:59.999999", "2026-02-03 04:05:06.100000")


def value(field: models.Field, row: int):
    """For the row of that number, from 1; unique where it has to be, and a row that is there for a reference."""
    counts = field.primary_key or field.remote_field or field.unique or field.name in ("key", "number")
    if field.name == "priority":  # of tasks, from -100 to 100
        return row % 201 - 100
    if counts and kind_of(field) is Kind.INTEGER:
        return row
    if field.null and row % 3 == 0:
        return None
    match kind_of(field):
        case Kind.INTEGER:
            least = 0 if field.get_internal_type().startswith("Positive") else -(2**15)
            return (row, least, 0, 2**15 - 1)[row % 4]
        case Kind.FLOAT:
            return FLOATS[row % len(FLOATS)]
        case Kind.BOOLEAN:
            return row % 2
        case Kind.TEXT:
            text = TEXTS[row % len(TEXTS)]
            # Short ones are states and the like, of which none is unique.
            return text[: field.max_length] if (field.max_length or 99) < 32 else f"{text}{row}"
        case Kind.BYTES:
            return bytes(range(256)) * (row % 5)
        case Kind.INSTANT:
            return INSTANTS[row % len(INSTANTS)]
        case Kind.UUID:
            return f"{row:032x}"
        case Kind.JSON:
            return JSONS[row % len(JSONS)]


def fill(path: Path, rows: int) -> None:
    """Replace what every table holds by so many rows."""
    with sqlite3.connect(path) as connection:
        for model in apps.get_models(include_auto_created=True):
            meta = model._meta
            connection.execute(f"DELETE FROM {meta.db_table}")
            columns = ", ".join(f'"{field.column}"' for field in meta.concrete_fields)
            places = ", ".join("?" * len(meta.concrete_fields))
            connection.executemany(
                f"INSERT INTO {meta.db_table} ({columns}) VALUES ({places})",
                ([value(field, row) for field in meta.concrete_fields] for row in range(1, rows + 1)),
            )
    connection.close()


def content(path: Path) -> dict[str, list[tuple]]:
    """All rows of all tables of a SQLite file, and the types they are stored in."""
    connection = sqlite3.connect(path)
    found = {}
    for table in all_tables():
        columns = [f'"{column.name}"' for column in table.columns]
        types = [f"typeof({column})" for column in columns]
        order = ", ".join(f'"{column.name}"' for column in table.key)
        found[table.name] = connection.execute(
            f"SELECT {', '.join(columns + types)} FROM {table.name} ORDER BY {order}"
        ).fetchall()
    connection.close()
    return found


def schema(path: Path) -> list[tuple]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    connection.close()
    return found


# Ranges so small that a transfer of few rows has many, and a line for each.
MANAGE = """
import sys
from functools import partial
from django.core.management import execute_from_command_line
from trackui.database_transfer import progress, ranges
ranges.RANGE_ROWS = 256
progress.PLAIN_SECONDS = 0
execute_from_command_line(sys.argv)
"""


def manage(*arguments: str, data: Path, **environ: str) -> subprocess.Popen:
    """A command of manage.py in a process of its own; what it says is in its `stdout`.

    It waits until that is read, so whoever reads a line is never far behind it.
    """
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("TRACKUI_")}
    return subprocess.Popen(
        [sys.executable, "-c", MANAGE, *arguments],
        cwd=REPOSITORY,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "trackui.settings", "TRACKUI_DATA": str(data), **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pipesize=4096,
        # A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


numbers = itertools.count(1)
