from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RunsConfig(AppConfig):
    name = "runs"
    verbose_name = "Runs"

    def ready(self) -> None:
        # Beside `admin`, which Django finds by itself.
        autodiscover_modules("admin_webhooks")
