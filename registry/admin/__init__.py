"""Curation of the registry by hand."""

from registry.admin import aliases, history, registered_models, versions  # noqa: F401 - each registers what it is of
