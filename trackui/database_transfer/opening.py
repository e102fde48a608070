"""URLs to open databases."""

import sqlite3
from pathlib import Path

import dj_database_url
import psycopg

from trackui.database_transfer.errors import TransferError
from trackui.database_transfer.postgres import PostgresStore
from trackui.database_transfer.sqlite import SqliteStore
from trackui.database_transfer.store import Store


def vendor_of(url: str) -> str:
    """sqlite3 or postgresql."""
    return _parsed(url)[0]


def open_store(url: str, *, is_source: bool) -> Store:
    """A source is only read; a target that is not there is made, where that is a file."""
    vendor, name = _parsed(url)
    try:
        return SqliteStore(Path(name), is_source=is_source) if vendor == "sqlite3" else PostgresStore(url)
    except (sqlite3.Error, psycopg.Error) as error:
        what = "source" if is_source else "target"
        raise TransferError(f"The {what} cannot be opened: {str(error).strip()}") from error


def _parsed(url: str) -> tuple[str, str]:
    try:
        config = dj_database_url.parse(url)
    except ValueError:
        config = {}
    vendor = config.get("ENGINE", "").rpartition(".")[2]
    name = str(config.get("NAME", ""))
    if vendor not in ("sqlite3", "postgresql") or name in ("", ":memory:"):
        raise TransferError("A database is named by sqlite:///path or postgres://user:password@host/name.")
    return vendor, name
