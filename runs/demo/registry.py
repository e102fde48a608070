"""Which versions of a registered model are used, as a team would say it: stages, aliases, words."""

from mlflow import MlflowClient


def promote_best(name: str, *, metric: str, description: str, tags: dict[str, str]) -> None:
    """The best version by a metric of its run goes to Production, the next to Staging, the worst to the archive."""
    client = MlflowClient()
    client.update_registered_model(name, description)
    for key, value in tags.items():
        client.set_registered_model_tag(name, key, value)
    versions = client.search_model_versions(f"name = '{name}'")
    scores = {one.version: client.get_run(one.run_id).data.metrics[metric] for one in versions}
    ranked = sorted(scores, key=lambda version: (-scores[version], int(version)))
    for version, stage, alias in zip(ranked, ("Production", "Staging"), ("champion", "challenger"), strict=False):
        client.transition_model_version_stage(name, version, stage)
        client.set_registered_model_alias(name, alias, version)
        client.update_model_version(name, version, f"{metric} {scores[version]:.3f} on patients it had not seen.")
    for version in ranked[len(ranked) * 2 // 3 :]:
        if version not in ranked[:2]:
            client.transition_model_version_stage(name, version, "Archived")
