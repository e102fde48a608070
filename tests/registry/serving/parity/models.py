"""Real models, saved by the real client into folders below the argument. Runs in MLflow's environment."""

import datetime
import logging
import sys
import warnings
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import scipy.sparse
import xgboost
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType, Array, Map, Object, Property
from mlflow.types.type_hints import TypeFromExample
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.filterwarnings("ignore")
logging.getLogger("mlflow").setLevel("ERROR")

FOLDER = Path(sys.argv[1])
PICKLED = {"serialization_format": "cloudpickle", "pip_requirements": ["scikit-learn"]}
SCALARS = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")
random = np.random.default_rng(0)


class Echo(mlflow.pyfunc.PythonModel):
    """Tells what it was given."""

    def predict(self, context, model_input, params=None):
        if isinstance(model_input, pd.DataFrame):
            values = [[repr(value) for value in row] for row in model_input.to_numpy(dtype=object).tolist()]
            given = [[str(name) for name in model_input.columns], [str(t) for t in model_input.dtypes], values]
            given.append([str(label) for label in model_input.index])
        elif isinstance(model_input, dict):
            given = {name: told(values) for name, values in model_input.items()}
        else:
            given = told(model_input)
        return [{"given": given, "params": {name: repr(value) for name, value in (params or {}).items()}}]


def told(values):
    kind = [type(values).__name__, str(getattr(values, "dtype", "")), list(getattr(values, "shape", []))]
    return [*kind, repr(np.asarray(values).tolist())]


class Answers(mlflow.pyfunc.PythonModel):
    """Predictions of any kind, by name."""

    def predict(self, context, model_input, params=None):
        kind = model_input["kind"].iloc[0]
        if kind == "raises":
            raise ValueError("no\nsecond line")
        if kind == "raises mlflow's":
            raise MlflowException.invalid_parameter_value("bad value")
        if kind == "raises mlflow's internal":
            raise MlflowException("broken")
        return {
            "a frame": pd.DataFrame({"a": [1, 2], "b": [1.5, np.nan], "c": ["x", None]}),
            "a frame of dates": pd.DataFrame({"t": pd.to_datetime(["2020-01-01", None])}),
            "a frame without names": pd.DataFrame([[1, 2]]),
            "an empty frame": pd.DataFrame({"a": []}),
            "categories": pd.DataFrame({"c": pd.Categorical(["a", "b"])}),
            "a series": pd.Series([1.0, 2.0], name="p"),
            "a series without a name": pd.Series(["a"]),
            "an array": np.array([[1, 2], [3, 4]]),
            "booleans": np.array([True]),
            "objects": np.array([1, "a", None, np.float64(2)], dtype=object),
            "dates": [pd.Timestamp("2020-01-01"), datetime.date(2020, 1, 2), datetime.time(1, 2)],
            "numpy's dates": np.array(["2020-01-01"], dtype="datetime64[ns]"),
            "bytes": [b"ab"],
            "not a number": [float("nan"), float("inf"), -float("inf")],
            "a dict": {"a": np.array([1]), "b": np.float32(0.1), "c": {"d": [np.int64(3)]}},
            "a text": "just text",
            "nothing": None,
            "a number": 3,
            "unicode": ["Zürich", "東京", "\u2028"],
            "a big number": [2**70],
            "sparse": scipy.sparse.csr_matrix([[1.0, 0.0]]),
            "a set": {1, 2},
        }[kind]


class Upper(mlflow.pyfunc.PythonModel):
    """Its signature comes from its type hints."""

    def predict(self, model_input: list[str], params=None) -> list[str]:
        return [text.upper() for text in model_input]


class LikeExample(mlflow.pyfunc.PythonModel):
    """Takes data in the shape of its example."""

    def predict(self, model_input: TypeFromExample, params=None):
        return [repr(model_input)]


class WithoutParams(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return ["fine"] * len(model_input)


def columns(*specs):
    return Schema([ColSpec(type, name, required=required) for name, type, required in specs])


def tensor(dtype, *shape, name=None):
    return TensorSpec(np.dtype(dtype), shape, name)


def save(name, model, inputs=None, params=None):
    signature = ModelSignature(inputs=inputs, params=params) if inputs else None
    mlflow.pyfunc.save_model(FOLDER / name, python_model=model, signature=signature, pip_requirements=["mlflow"])


def save_trees():
    table = pd.DataFrame({"width": random.normal(size=200), "height": random.normal(size=200)})
    table["count"] = random.integers(0, 9, 200)
    label = (table.width + table.height > 0).astype(int)
    tree = DecisionTreeClassifier(max_depth=4).fit(table, label)
    signature = infer_signature(table, tree.predict(table))
    mlflow.sklearn.save_model(tree, FOLDER / "tree", signature=signature, **PICKLED)
    mlflow.sklearn.save_model(tree, FOLDER / "unsigned", **PICKLED)
    named = {"signature": signature, "pyfunc_predict_fn": "predict_proba"}
    mlflow.sklearn.save_model(tree, FOLDER / "probabilities", **named, **PICKLED)
    values = table.to_numpy()
    two = DecisionTreeRegressor(max_depth=4).fit(values, values[:, :2] * 2)
    signature = infer_signature(values, two.predict(values))
    mlflow.sklearn.save_model(two, FOLDER / "two outputs", signature=signature, **PICKLED)
    boosted = xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(table, label)
    signature = infer_signature(table, boosted.predict(table))
    mlflow.xgboost.save_model(boosted, FOLDER / "boosted", signature=signature, pip_requirements=["xgboost-cpu"])


def save_pipeline():
    table = pd.DataFrame({"city": random.choice(["Bern", "Zürich", "東京"], 200), "size": random.normal(size=200)})
    encoded = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["city"]), remainder="passthrough")
    pipeline = make_pipeline(encoded, LinearRegression()).fit(table, table["size"] * 2 + (table.city == "Bern"))
    signature = infer_signature(table, pipeline.predict(table))
    mlflow.sklearn.save_model(pipeline, FOLDER / "pipeline", signature=signature, **PICKLED)


def save_echoes():
    for name in SCALARS:
        save(f"echo {name}", Echo(), columns(("x", name, True)))
    save("echo", Echo())
    save("echo scalars", Echo(), columns(*((name, name, True) for name in SCALARS)), params())
    save("echo optional", Echo(), columns(("a", "long", True), ("o", "double", False), ("z", "string", False)))
    save("echo unnamed", Echo(), Schema([ColSpec("double"), ColSpec("long"), ColSpec("string")]))
    save("echo text", Echo(), Schema([ColSpec("string")]))
    save("echo nested", Echo(), nested())
    save("echo tensor", Echo(), Schema([tensor("float32", -1, 2, 2)]))
    save("echo table", Echo(), Schema([tensor("float64", -1, 3)]))
    save("echo numbers", Echo(), Schema([tensor("int64", -1)]))
    save("echo tensors", Echo(), Schema([tensor("float64", -1, 2, name="a"), tensor("int64", -1, name="b")]))
    save("echo texts", Echo(), Schema([tensor("str", -1, name="s")]))


def params():
    return ParamSchema(
        [
            ParamSpec("k", "long", 3),
            ParamSpec("i", "integer", 1),
            ParamSpec("ratio", "double", 0.5),
            ParamSpec("f", "float", 0.25),
            ParamSpec("mode", "string", "fast"),
            ParamSpec("on", "boolean", False),
            ParamSpec("when", "datetime", np.datetime64("2020-01-01T00:00:00")),
            ParamSpec("stop", "string", ["a"], (-1,)),
            ParamSpec("ks", "long", [1], (-1,)),
        ]
    )


def nested():
    person = Object([Property("a", DataType.string), Property("n", DataType.long, required=False)])
    return Schema(
        [
            ColSpec(Array(DataType.string), "words"),
            ColSpec(Array(DataType.double), "numbers", required=False),
            ColSpec(person, "person", required=False),
            ColSpec(Map(DataType.long), "map", required=False),
            ColSpec(AnyType(), "any", required=False),
            ColSpec(Array(Array(DataType.long)), "rows", required=False),
        ]
    )


def save_by_example():
    examples = {"scalar": 3, "record": {"a": 1, "b": "x"}, "values": ["a", "b"], "records": [{"a": 1}, {"a": 2}]}
    for name, example in examples.items():
        mlflow.pyfunc.save_model(
            FOLDER / f"like {name}", python_model=LikeExample(), input_example=example, pip_requirements=["mlflow"]
        )


save_trees()
save_pipeline()
save_echoes()
save("answers", Answers(), columns(("kind", "string", True)))
save("hinted", Upper())
save_by_example()
save("without params", WithoutParams(), columns(("a", "long", True)), ParamSchema([ParamSpec("k", "long", 3)]))
