from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry.queries.made_versions import versions_of_run
        from registry.queries.model_places import model_places
        from registry.queries.version_run import run_of_version
        from runs.jobs.registry import PACKAGES
        from runs.queries.baseline import MODEL_RUNS
        from runs.queries.jump import PLACES
        from runs.queries.run_lineage import FOLLOWERS

        FOLLOWERS.append(versions_of_run)
        MODEL_RUNS.append(run_of_version)
        PLACES.append(model_places)
        PACKAGES.append("registry.jobs")
