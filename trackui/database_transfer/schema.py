"""The schema on both sides: that of this release, neither older nor newer."""

from django.db.migrations.loader import MigrationLoader

from trackui.database_transfer.errors import TransferError
from trackui.database_transfer.store import Store


def applied_migrations(store: Store) -> list[tuple]:
    """(app, name, when it was applied) of each, as text."""
    if "django_migrations" not in store.table_names():
        raise TransferError("The source is not a database of trackui: it has no table django_migrations.")
    return store.execute("SELECT app, name, CAST(applied AS text) FROM django_migrations")


def check_schema(store: Store, what: str) -> None:
    """`what`: how to call the database in a refusal."""
    ours = MigrationLoader(None).disk_migrations.keys()
    apps = {app for app, _ in ours}
    applied = {(app, name) for app, name, _ in applied_migrations(store) if app in apps}
    if newer := sorted(applied - ours):
        raise TransferError(
            f"The {what} was written by a newer trackui (it has {'.'.join(newer[-1])}). Transfer it with that release."
        )
    if missing := sorted(ours - applied):
        raise TransferError(
            f"The {what} is of an older trackui (it lacks {'.'.join(missing[0])}). "
            "Start this release on it once, or run its migrate command, then transfer."
        )
