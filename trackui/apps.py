from django.apps import AppConfig


class TrackuiConfig(AppConfig):
    name = "trackui"
    verbose_name = "trackui"

    def ready(self) -> None:
        from trackui import checks  # noqa: F401 - registers them
