from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry.queries.made_versions import versions_of_run
        from runs.jobs.registry import PACKAGES
        from runs.queries.run_lineage import FOLLOWERS

        FOLLOWERS.append(versions_of_run)
        PACKAGES.append("registry.jobs")
