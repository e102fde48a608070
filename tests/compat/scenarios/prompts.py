"""Prompts, which are kept as registered models of their own kind."""

import uuid

import mlflow
from mlflow import MlflowClient

ONLY_MLFLOW = 3

client = MlflowClient()


def prompt_is_registered_loaded_and_found():
    name = f"greeting-{uuid.uuid4().hex[:8]}"
    first = mlflow.genai.register_prompt(name, "Hello {{name}}", commit_message="first", tags={"tone": "warm"})
    second = mlflow.genai.register_prompt(name, "Good day {{name}}")
    mlflow.genai.set_prompt_alias(name, alias="production", version=second.version)

    assert (first.version, second.version) == (1, 2)
    assert mlflow.genai.load_prompt(f"prompts:/{name}@production").template == "Good day {{name}}"
    loaded = mlflow.genai.load_prompt(name, version=1)
    assert loaded.format(name="Ada") == "Hello Ada"
    assert (loaded.commit_message, loaded.tags) == ("first", {"tone": "warm"})
    assert name in {prompt.name for prompt in mlflow.genai.search_prompts()}
    assert name not in {model.name for model in client.search_registered_models()}
    assert {version.version for version in client.search_prompt_versions(name)} >= {1, 2}
    mlflow.genai.delete_prompt_alias(name, "production")
    client.delete_prompt_version(name, "1")
    assert mlflow.genai.load_prompt(name, version=1, allow_missing=True) is None
