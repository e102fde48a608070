"""What a PostgreSQL server says of itself, asked before it is distributed."""

from django.db import connection

from runs.distribution.plan import Reference
from trackui.db import fetch_all

REFERENCES = """
    SELECT conrelid::regclass::text, quote_ident(conname), confrelid::regclass::text, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2
"""


def references() -> list[Reference]:
    return [Reference(*row) for row in fetch_all(REFERENCES)]


def obstacle() -> str:
    """Why this database cannot be distributed now, and the way out; empty when it can."""
    if connection.vendor != "postgresql":
        return "The database is SQLite. Move it to PostgreSQL with the transfer command, then set TRACKUI_DATABASE_URL."
    if not fetch_all("SELECT 1 FROM pg_extension WHERE extname = 'citus'"):
        return (
            "This PostgreSQL does not have the extension citus. Install it on every machine, name it in "
            "shared_preload_libraries, restart, run CREATE EXTENSION citus in this database on each, then tell the "
            "coordinator of itself and of them: SELECT citus_set_coordinator_host('…'), citus_add_node('…', 5432)."
        )
    if not fetch_all("SELECT 1 FROM citus_get_active_worker_nodes() LIMIT 1"):
        return "The coordinator knows no other machine. Add them: SELECT citus_add_node('…', 5432)."
    if fetch_all("SELECT 1 FROM pg_dist_partition WHERE logicalrelid = 'runs_run'::regclass"):
        return "The runs of this database are distributed already."
    return ""
