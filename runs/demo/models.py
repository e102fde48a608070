"""Fitted models logged with their signature."""

import mlflow.sklearn
from mlflow.models import infer_signature

# Named, so that the client starts no process to find out what a model imports.
REQUIREMENTS = ["scikit-learn"]


def log_model(model, data, *, name: str = "model", registered_as: str | None = None) -> None:
    """With signature and an example of its input, into the active run. `registered_as`: a version of this model too."""
    example = data.X_test.head(3)
    mlflow.sklearn.log_model(
        model,
        name=name,
        signature=infer_signature(data.X_test, model.predict(data.X_test)),
        input_example=example,
        pip_requirements=REQUIREMENTS,
        serialization_format="cloudpickle",
        registered_model_name=registered_as,
    )
