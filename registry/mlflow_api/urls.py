"""Every MLflow path of the registry in one list, mounted beside those of runs."""

REGISTRY = []
UNVERSIONED = []
