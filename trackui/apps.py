from django.apps import AppConfig
from django.db.backends.signals import connection_created


class TrackuiConfig(AppConfig):
    name = "trackui"
    verbose_name = "trackui"

    def ready(self) -> None:
        from trackui import checks, database_checks  # noqa: F401 - registers them
        from trackui.reconnect import watch_connection
        from trackui.replica import watch_replica

        connection_created.connect(watch_connection, dispatch_uid="trackui.reconnect")
        connection_created.connect(watch_replica, dispatch_uid="trackui.replica")
