"""What it would mean to merge one tag's key into another, of models or of versions."""

from __future__ import annotations

from runs.queries.tag_merging import MergePlan, TagTable, plan_of

TABLES = {
    "models": TagTable("registry_registeredmodeltag", "registered_model_id", "registry_registeredmodel", "owner.name"),
    "versions": TagTable(
        "registry_modelversiontag",
        "model_version_id",
        "registry_modelversion",
        "owner.name || ' version ' || CAST(owner.version AS TEXT)",
    ),
}


def merge_plan(kind: str, old: str, new: str) -> MergePlan:
    """`kind`: models or versions. Two statements."""
    return plan_of(TABLES[kind], old, new)
