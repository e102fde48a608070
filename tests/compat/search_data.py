"""Experiments and runs that hold every case a search can meet, the same in whatever server they are loaded into.

Run ids differ between servers, so a run is known by its name.
"""

import random
from dataclasses import dataclass, field

from tests.compat.wire import Wire

NAN, INFINITY = "NaN", "Infinity"
BEGINNING = 1_700_000_000_000
DATASETS = [("custom", "s8ds293b", "train"), ("also custom", "jks834s2", "test"), ("Custom", "00ff", "train")]


@dataclass
class RunData:
    name: str
    start_time: int
    status: str = "FINISHED"
    user_id: str = ""
    end_time: int | None = None
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, list] = field(default_factory=dict)  # values by key, one for each step
    datasets: list[tuple[str, str, str | None]] = field(default_factory=list)
    is_deleted: bool = False


def benchmark_runs(count: int = 60) -> list[RunData]:
    """Like those that trackui's speed is measured with."""
    choose = random.Random(7)
    runs = []
    for number in range(count):
        accuracy = choose.random()
        runs.append(
            RunData(
                name=f"run-{number}",
                start_time=BEGINNING + 1000 * choose.randrange(10_000) * 100 + number,
                end_time=BEGINNING + 2_000_000_000 + number // 3,
                status=choose.choice(["FINISHED"] * 4 + ["FAILED", "KILLED"]),
                user_id=f"user{number % 7}",
                params={
                    "model": choose.choice(["tree", "forest", "linear", "mlp"]),
                    "optimizer": choose.choice(["adam", "sgd", "lion"]),
                    "lr": f"{10 ** choose.uniform(-5, -1):.6f}",
                    "depth": str(choose.randint(1, 32)),
                },
                tags={"team": choose.choice(["vision", "nlp", "tabular", "Vision 2"]), "t0": f"v{number % 10}"},
                metrics={
                    "val_accuracy": [0.5, accuracy],
                    "val_loss": [1.2 - accuracy + choose.gauss(0, 0.05)],
                    "tied": [number % 3],
                },
            )
        )
    return runs


def documented_runs() -> list[RunData]:
    """Those of MLflow's guide to searching runs."""
    runs = []
    for number in range(10):
        dataset = DATASETS[number // 5]
        runs.append(
            RunData(
                name=f"guide-{number}",
                start_time=1_664_067_852_747 + (number - 5) * 1000,
                end_time=1_664_067_852_747 + (number - 4) * 1000,
                user_id="user1" if number % 2 else "Monkey D Luffy",
                metrics={
                    "loss": [1 - number / 10],
                    "accuracy": [number / 10],
                    "log-scale-loss": [-number / 5],
                    "f1 score": [number / 10],
                },
                params={
                    "batch_size": "2" if number < 5 else "4",
                    "learning rate": ("0.001", "0.01")[number % 2],
                    "model": (["GPT-2", "GPT-3", "GPT-3.5", "GPT-4"] + ["None"] * 6)[number],
                    "1st_iteration_timestamp": "2022-01-01",
                },
                tags={
                    "task": (["classification", "regression", "causal lm"] + ["None"] * 7)[number],
                    "environment": "notebook" if number < 5 else "None",
                    "mlflow.source.name": "delete.py",
                },
                datasets=[(dataset[0], ("s8ds293b", "jks834s2", "d0")[min(number, 2)], dataset[2])],
            )
        )
    return runs


def odd_runs() -> list[RunData]:
    """What is missing, not a number, endless, empty, or spelled so that a parser stumbles."""
    odd = [
        RunData("nothing", 1),
        RunData("still running", 2, status="RUNNING"),
        RunData("scheduled", 3, status="SCHEDULED"),
        RunData("nan", 4, metrics={"odd": [1.0, NAN], "was_nan": [NAN, 0.5]}),
        RunData("nan again", 5, metrics={"odd": [NAN], "tied": [NAN]}),
        RunData("infinite", 6, metrics={"odd": [INFINITY]}),
        RunData("minus infinite", 7, metrics={"odd": ["-Infinity"]}),
        RunData("zero", 8, metrics={"odd": [0.0], "tied": [0]}),
        RunData("minus zero", 9, metrics={"odd": [-0.0]}),
        RunData("tiny", 10, metrics={"odd": [5e-324]}),
        RunData("huge", 11, metrics={"odd": [1.7e308]}),
        RunData("minus one", 12, metrics={"odd": [-1.0], "-1": [1.0]}),
        RunData("deleted one", 13, is_deleted=True, metrics={"odd": [3.0]}, params={"model": "tree"}),
        RunData("deleted two", 14, is_deleted=True, status="FAILED", tags={"team": "vision"}),
        RunData(
            "keywords as keys",
            15,
            metrics={
                "select": [1],
                "min": [2],
                "in": [3],
                "order": [4],
                "loss.min": [0.125],
                "loss": [0.25],
                "a.b.c": [5],
            },
            params={"or": "x", "not": "x", "and": "x", "like": "x", "null": "x", "desc": "x", "metrics.loss": "x"},
            tags={"or": "x", "order": "x", "by": "x", "is": "x", "has": "x", "group": "x", "table": "x"},
        ),
        RunData("other keywords", 16, metrics={"loss.min": [0.5], "loss.step": [7]}, params={"not": "y"}),
        RunData(
            "odd spellings",
            17,
            metrics={"a b": [1], "a-b": [2], "a/b": [3], "a:b": [4], "ä": [5], "1st": [6], "_": [7]},
            params={"a b": "1", "a-b": "2", "a/b": "3", "ä": "4", "1st": "5", "A B": "6", "漢字": "7"},
            tags={"a b": "1", "a-b": "2", "a.b": "3", "a/b.c d": "4"},
        ),
        RunData("it's", 18, params={"text": "it's"}, tags={"text": 'a "quoted" text'}),
        RunData("100%", 19, params={"text": "100%"}, tags={"text": "100% of_it"}),
        RunData("100x", 20, params={"text": "100x"}, tags={"text": "100x of-it"}),
        RunData("back\\slash", 21, params={"text": "back\\slash"}, tags={"text": "back\\slash"}),
        RunData("AND or not", 22, params={"text": "a AND b"}, tags={"text": "(a) OR b; --"}),
        RunData("Straße ÄÖ", 23, params={"text": "Straße ÄÖ"}, tags={"text": "STRASSE äö"}),
        RunData("upper", 24, params={"text": "UPPER"}, tags={"text": "Upper"}),
        RunData("lower", 25, params={"text": "upper"}, tags={"text": "upper"}),
        RunData(" blanks ", 26, params={"text": " blanks "}, tags={"text": " "}),
        RunData("new\nline", 27, params={"text": "new\nline"}, tags={"text": "new\nline"}),
        RunData("empty", 28, params={"text": ""}, tags={"text": ""}),
        RunData("numbers as text", 29, params={"text": "10", "n": "10"}, tags={"text": "1e1"}),
        RunData("more numbers", 30, params={"text": "9", "n": "9"}, tags={"text": "1E1"}),
        RunData("two datasets", 31, datasets=[DATASETS[0], DATASETS[1]]),
        RunData("third dataset", 32, datasets=[DATASETS[2]]),
        RunData("dataset without context", 33, datasets=[("custom", "s8ds293b", None)]),
        RunData("user", 34, user_id="user_1", end_time=BEGINNING),
        RunData("other user", 35, user_id="USER_1", end_time=BEGINNING),
        RunData("late metric", 36, metrics={"late": [1, 2, 3]}),
    ]
    for run in odd:
        run.start_time += BEGINNING
    return odd


RUNS = {"benchmark": benchmark_runs(), "guide": documented_runs(), "odd": odd_runs()}


class LoadedRuns:
    """The runs above in one server, each group in an experiment of its own."""

    def __init__(self, url: str) -> None:
        self.wire = Wire(url)
        self.experiments: dict[str, str] = {}
        self.run_ids: dict[str, str] = {}
        for group, runs in RUNS.items():
            self.experiments[group] = self.wire.post("experiments/create", name=f"search {group}")["experiment_id"]
            for run in runs:
                self.run_ids[run.name] = self.load(self.experiments[group], run)

    def load(self, experiment_id: str, run: RunData) -> str:
        post = self.wire.post
        start = {"experiment_id": experiment_id, "start_time": run.start_time, "user_id": run.user_id}
        run_id = post("runs/create", run_name=run.name, **start)["run"]["info"]["run_id"]
        if run.metrics or run.params or run.tags:
            points = [
                {"key": key, "value": value, "timestamp": run.start_time + step, "step": step}
                for key, values in run.metrics.items()
                for step, value in enumerate(values)
            ]
            # Backwards, so that the last value is not the one that came last.
            post(
                "runs/log-batch", run_id=run_id, metrics=points[::-1], params=_pairs(run.params), tags=_pairs(run.tags)
            )
        if run.datasets:
            post("runs/log-inputs", run_id=run_id, datasets=[_dataset_input(*dataset) for dataset in run.datasets])
        if run.status != "RUNNING" or run.end_time:
            end = {"end_time": run.end_time} if run.end_time else {}
            post("runs/update", run_id=run_id, status=run.status, **end)
        if run.is_deleted:
            post("runs/delete", run_id=run_id)
        return run_id

    def found(self, *groups: str, **search) -> list[str]:
        """Names of the runs a search answers, in its order."""
        return [run["info"]["run_name"] for run in self.page(*groups, **search).get("runs", [])]

    def page(self, *groups: str, **search) -> dict:
        """`{name}` in the filter stands for the id of that run."""
        if "filter" in search:
            for name, run_id in self.run_ids.items():
                search["filter"] = search["filter"].replace(f"{{{name}}}", run_id)
        return self.wire.post("runs/search", experiment_ids=[self.experiments[group] for group in groups], **search)


def _pairs(values: dict[str, str]) -> list[dict]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _dataset_input(name: str, digest: str, context: str | None) -> dict:
    tags = _pairs({"mlflow.data.context": context} if context else {})
    return {"dataset": {"name": name, "digest": digest, "source_type": "local", "source": "{}"}, "tags": tags}
