from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry.queries.made_versions import versions_of_run
        from runs.queries.run_lineage import FOLLOWERS

        FOLLOWERS.append(versions_of_run)
