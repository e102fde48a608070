"""Which Python modules may be imported to load a model.

A model names the module that loads it, and importing a module runs code. MLflow's own are known; any other is taken
only when the operator named it. What a known module then unpickles is still the model's own: it happens in the process
of the model, never in the server's.
"""

from __future__ import annotations

from collections.abc import Iterable

from trackui.errors import InvalidParameterValue, shorten

# The loaders of MLflow 1.x to 3.x.
SUPPORTED = frozenset(
    f"mlflow.{name}"
    for name in (
        "catboost",
        "diffusers",
        "dspy",
        "fastai",
        "gluon",
        "h2o",
        "johnsnowlabs",
        "keras",
        "langchain",
        "lightgbm",
        "llama_index",
        "mleap",
        "onnx",
        "openai",
        "paddle",
        "pmdarima",
        "promptflow",
        "prophet",
        "pyfunc.loaders.chat_agent",
        "pyfunc.loaders.chat_model",
        "pyfunc.loaders.code_model",
        "pyfunc.loaders.responses_agent",
        "pyfunc.model",
        "pytorch",
        "sentence_transformers",
        "shap",
        "sklearn",
        "spacy",
        "spark",
        "statsmodels",
        "tensorflow",
        "transformers",
        "xgboost",
    )
)


def check_loader_module(module: object, *, allowed: Iterable[str] = ()) -> str:
    """The module's name, when it is one of MLflow's loaders or one of `allowed`; whole names only."""
    if not isinstance(module, str) or not all(part.isidentifier() for part in module.split(".")):
        raise InvalidParameterValue(f"MLmodel: the loader module {shorten(module)!r} is no name of a module.")
    if module not in SUPPORTED and module not in allowed:
        raise InvalidParameterValue(
            f"MLmodel: the loader module {shorten(module)!r} is not one of MLflow's. Importing it runs its code, so an "
            "operator must allow it by name: TRACKUI_LOADER_MODULES, or --allow-loader."
        )
    return module
