"""Requests that MLflow's scoring server and ours are both asked, and where we mean to differ."""

import json
from dataclasses import dataclass

JSON, CSV = "application/json", "text/csv"
NAN = float("nan")

# Why an answer of ours is another one.
LOSSLESS = "a value its type cannot hold is refused, not cut or wrapped"
NUMBERS = "a whole number will do for a nested double"
NULLS = "null stays null, it is not the text None"
DATES = "dates are read from CSV too"
OPTIONAL = "what is optional may be null"
RAGGED = "rows of an array may differ in length"
TENSORS = "a table is made into the model's array"
ANSWERS = "what MLflow's server cannot write is written"
STRICT = "a key may not come twice"
DEEP = "nesting too deep is the caller's fault"
TYPES = "media types have no case, and Parquet is not taken"


@dataclass(frozen=True)
class Case:
    model: str
    body: object
    content_type: str = JSON
    # What we answer, and why, where it is not what MLflow's server answers.
    status: int | None = None
    why: str = ""

    @property
    def raw(self) -> bytes:
        body = self.body
        return body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()

    def __str__(self) -> str:
        return f"{self.model}: {self.raw[:120].decode(errors='replace')}"


def split(columns: list, *rows: list, **more: object) -> dict:
    return {"dataframe_split": {"columns": columns, "data": list(rows), **more}}


def records(*rows: object) -> dict:
    return {"dataframe_records": list(rows)}


SIDES = ["width", "height", "count"]
ROW = {"width": 1.5, "height": 2, "count": 3}
COLUMNS = {name: [value] for name, value in ROW.items()}


def tree_cases() -> list[Case]:
    forms = [
        split(SIDES, [1.5, 2, 3]),
        split(["count", "width", "height"], [3, 1.5, 2], [4, 0, 0]),
        split(SIDES, [NAN, None, 3]),
        split([*SIDES, "extra"], [1, 2, 3, 4]),
        split(SIDES, [1, 2, 3], [4, 5, 6], index=["a", "b"]),
        records(ROW),
        {"instances": [ROW]},
        {"inputs": COLUMNS},
        {"inputs": [ROW]},
    ]
    table = "width,height,count\n1.5,2,3\n,3,4\n"
    models = ("tree", "probabilities", "unsigned", "boosted")
    return [Case(model, form) for model in models for form in forms] + [Case(model, table, CSV) for model in models]


def refused_by_tree() -> list[Case]:
    bodies = [
        split(SIDES, ["1", "2", "3"]),
        split(SIDES, ["x", 2, 3]),
        split(SIDES, [1, 2, None]),
        split(SIDES, [1, 2, True]),
        split(SIDES, [1, 2, 2**40]),
        split(SIDES, [2**70, 2, 3]),
        split(SIDES, [1, 2, [3]]),
        split(SIDES, [1, 2, {"a": 1}]),
        split(["width", "height"], [1, 2]),
        split(["width", "height", "cnt"], [1, 2, 3]),
        split(SIDES),
        split(SIDES, [1, 2]),
        split(SIDES, [1, 2, 3], index=["a", "b"]),
        split([*SIDES, "width"], [1, 2, 3, 4]),
        {"dataframe_split": {"data": [[1, 2, 3]]}},
        {"dataframe_split": [[1, 2, 3]]},
        {"dataframe_split": {"columns": SIDES}},
        {"dataframe_split": {"columns": SIDES, "data": [[1, 2, 3]], "foo": 1}},
        {"dataframe_records": {"width": 1}},
        {"dataframe_records": None},
        records(),
        records({"width": 1, "height": 2}),
        records(ROW, {"width": 1, "height": 2}),
        records([1, 2, 3]),
        records(1),
        {"inputs": [[1, 2, 3]]},
        {"inputs": {"width": 1, "height": 2, "count": 3}},
        {"inputs": {"width": [1, 2], "height": [2], "count": [3]}},
        {"inputs": {"width": ["a"], "height": [2], "count": [3]}},
        {"inputs": {"width": [[1]], "height": [[2]], "count": [[3]]}},
        {"inputs": {"width": [1], "height": [2]}},
        {"inputs": None},
        {"inputs": []},
        {"inputs": "x"},
        {"instances": []},
        {"instances": [[1, 2, 3]]},
        {"instances": [ROW, {"width": 1, "height": 2}]},
        {"instances": COLUMNS},
        {"instances": [1], "inputs": [1]},
        {**split(SIDES, [1, 2, 3]), "foo": 1},
        {**split(SIDES, [1, 2, 3]), "params": {"a": 1}},
        {"messages": []},
        {"foo": 1},
        {},
        [1],
        "{",
        "",
        "null",
        '"x"',
        b"\xff\xfe",
    ]
    return [Case("tree", body) for body in bodies] + [
        Case("tree", split(SIDES, [1, 2, 3.5]), status=400, why=LOSSLESS),
        Case("tree", {"instances": [{**ROW, "count": 3.5}]}, status=400, why=LOSSLESS),
        Case("tree", '{"inputs": {"width": [1], "width": [1], "height": [2], "count": [3]}}', status=400, why=STRICT),
        Case("tree", "[" * 1_000_000, status=400, why=DEEP),
    ]


def content_types() -> list[Case]:
    body = split(SIDES, [1, 2, 3])
    same = ["application/json; charset=utf-8", "application/json;charset=UTF-8", "application/json; charset=latin-1"]
    same += ["application/json; x=y", "text/plain", "text/csv; charset=utf-8", ""]
    return [Case("tree", body, kind) for kind in same] + [
        Case("tree", body, "Application/JSON", status=200, why=TYPES),
        Case("tree", body, "application/vnd.apache.parquet", status=415, why=TYPES),
    ]


def csv_cases() -> list[Case]:
    texts = ["width,height,count\n1,2,3.5\n", "width,height\n1,2\n", "width,height,count\n1,2,\n", "", "a"]
    texts += ["width,height,count\n", "width,height,count\n1,2,3,4\n", "height,count,width,z\n1,2,3,4\n"]
    texts += ["width,height,count\nx,2,3\n", b"\xff"]
    return [Case("tree", text, CSV) for text in texts] + [
        Case("pipeline", 'city,size\nZürich,1\n"a,b",2\n', CSV),
        Case("echo optional", "a,o\n1,2\n", CSV),
        Case("echo unnamed", "p,q,r\n1,2,x\n", CSV),
        Case("echo text", "q\na\n", CSV),
        Case("echo", "a,b\n1,x\n,\n", CSV),
        Case("hinted", "x\na\n", CSV),
        Case("echo datetime", "x\n2020-01-01\n", CSV, status=200, why=DATES),
        Case("echo table", "a,b,c\n1,2,3\n", CSV, status=200, why=TENSORS),
    ]


def text_cases() -> list[Case]:
    bodies = [
        split(["city", "size"], ["Bern", 1], ["東京", 2.5], ["nowhere", 0]),
        split(["city", "size"], [None, 1]),
        split(["city", "size"], [3, 1]),
        {"inputs": {"city": ["Bern"], "size": [1]}},
        {"inputs": [{"city": "Bern", "size": 1.5}]},
        {"instances": [{"city": "Bern", "size": 1.5}]},
    ]
    return [Case("pipeline", body) for body in bodies]


def optional_cases() -> list[Case]:
    bodies = [
        split(["a"], [1]),
        split(["a", "o"], [1, 2]),
        split(["z", "a"], ["x", 1]),
        split(["o"], [1]),
        split(["a", "o", "z"], [1, None, None]),
        records({"a": 1, "o": 2.5}, {"a": 2}),
        {"inputs": {"a": [1]}},
        {"inputs": {"a": [1], "o": [2], "q": [3]}},
        {"inputs": [1, 2]},
        {"inputs": {"a": 1, "z": "x"}},
    ]
    return [Case("echo optional", body) for body in bodies]


def unnamed_cases() -> list[Case]:
    three = [{"dataframe_split": {"data": [[1, 2, "x"]]}}, split(["p", "q", "r"], [1, 2, "x"])]
    three += [split(["p", "q", "r", "s"], [1, 2, "x", "y"]), split(["p", "q"], [1, 2])]
    three += [{"inputs": [[1, 2, "x"]]}, {"inputs": {"a": [1]}}]
    one = [{"inputs": ["a", "b"]}, {"inputs": "a"}, {"instances": ["a"]}, {"dataframe_split": {"data": [["a"]]}}]
    one += [{"inputs": [["a"]]}, {"inputs": [1]}]
    free = [[1, 2], [[1, 2], [3, 4]], {"a": [1, 2]}, {"a": 1}, "x", 3, None, [{"a": 1}, {"a": 2}], [{"a": 1}, {"b": 2}]]
    free += [[], [[1], [2, 3]], ["a", 1], [None, 1.5]]
    return (
        [Case("echo unnamed", body) for body in three]
        + [Case("echo text", body) for body in one]
        + [Case("echo", {form: body}) for body in free for form in ("inputs", "instances")]
        + [Case("echo", split(["a", "b"], [1, "x"], [None, None])), Case("echo", records({"a": 1}, {"b": "x"}))]
    )


def nested_cases() -> list[Case]:
    words = {"words": ["p", "q"]}
    same = [words, {**words, "numbers": [1.5, 2]}, {**words, "person": {"a": "x"}}, {"words": "p"}, {"words": None}]
    same += [{**words, "person": {"a": "x", "n": 3}}, {**words, "person": {"n": 3}}, {**words, "person": {"a": 1}}]
    same += [{**words, "person": {"a": "x", "z": 1}}, {**words, "map": {"k": 3}}, {**words, "map": {"k": "x"}}]
    same += [{**words, "map": {}}, {**words, "any": {"any": [1, "x"]}}, {**words, "rows": [[1, 2], [3, 4]]}]
    same += [{**words, "rows": [[1, "2"]]}, {"words": [[1]]}, {"words": []}, {"words": [1]}, {**words, "person": [1]}]
    same += [{**words, "numbers": ["x"]}, {**words, "numbers": [None]}, {**words, "numbers": [True]}]
    same += [{**words, "person": {"a": None}}, {**words, "person": {"a": "x", "n": None}}]
    same += [{**words, "person": {"a": "x", "n": 1.5}}]
    ours = [({**words, "numbers": [2, 3]}, NUMBERS), ({"words": [None]}, NULLS)]
    forms = [lambda row: split(list(row), list(row.values())), records, lambda row: {"inputs": row}]
    forms += [lambda row: {"inputs": [row]}]
    return (
        [Case("echo nested", form(row)) for row in same for form in forms]
        + [Case("echo nested", form(row), status=200, why=why) for row, why in ours for form in forms]
        + [
            Case("echo nested", {"inputs": {**words, "numbers": None}}, status=200, why=OPTIONAL),
            Case("echo nested", {"inputs": {**words, "rows": [[1, 2], [3]]}}, status=200, why=RAGGED),
        ]
    )


def tensor_cases() -> list[Case]:
    squares = [[[[1, 2], [3, 4]]], [[1, 2], [3, 4]], [[[1, 2, 3], [3, 4, 5]]], [[["1", 2], [3, 4]]], {"a": [1]}]
    squares += [[[["x", 2], [3, 4]]], [[[None, 2], [3, 4]]], 3, "x", [], [[[1, 2], [3]]]]
    numbers = [[1, 2], [1.0, 2.0], [True], ["1"], ["x"], [2**70], [None], [[1]], 7]
    pairs = [{"a": [[1, 2]], "b": [1]}, {"a": [[1, 2]]}, {"a": [[1, 2]], "b": [1, 2]}, {"a": [1, 2], "b": [1]}]
    pairs += [{"a": [[1, 2]], "b": [1], "c": [2]}, [[1, 2]], 3]
    rows = [[[1, 2, 3], [4, 5, 6]], [[1, 2]], [1, 2, 3], [[1, 2, None]], [["a", 2, 3]], [[1, 2, 3], [4, 5]], {"a": [1]}]
    forms = ("inputs", "instances")
    tables = [split(["x"], [[1, 2, 3, 4]]), split(["x"], [[1, 2, 3]]), split(["x"], [1]), split(["x", "y"], [1, 2])]
    flat = [split(["a", "b", "c"], [1.5, 2, 3]), split(["a"], [[1, 2, 3]]), split(["a", "b", "c"], ["x", 2, 3])]
    return (
        [Case("echo tensor", {form: body}) for body in squares for form in forms]
        + [Case("echo numbers", {"inputs": body}) for body in numbers]
        + [Case("echo tensors", {form: body}) for body in pairs for form in forms]
        + [Case("two outputs", {form: body}) for body in rows for form in forms]
        + [Case("echo tensor", table) for table in (*tables, split(["x"]))]
        + [Case("echo table", table) for table in flat]
        + [
            Case("echo tensors", {"instances": [{"a": [1, 2], "b": 3}, {"a": [3, 4], "b": 5}]}),
            Case("echo tensors", split(["b", "a"], [3, [1, 2]])),
            Case("echo tensors", split(["a"], [[1, 2]])),
            Case("echo texts", {"inputs": {"s": ["a", "bcd"]}}),
            Case("echo texts", {"inputs": ["a"]}),
            Case("echo texts", split(["s"], ["a"])),
            Case("echo tensor", split(["x"], [[[1, 2], [3, 4]]]), status=200, why=TENSORS),
            Case("echo tensor", {"inputs": [[[1e300, 2], [3, 4]]]}, status=400, why=LOSSLESS),
            Case("echo numbers", {"inputs": [1.5]}, status=400, why=LOSSLESS),
        ]
    )


def param_cases() -> list[Case]:
    names = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]
    body = split(names, [True, 1, 2, 1.5, 2.5, "x", "YWJj", "2020-01-01"])
    given = [{}, None, [1], "x", 3, {"unknown": 1}, {"k": 5}, {"k": 5.0}, {"k": 5.5}, {"k": "5"}, {"k": True}]
    given += [{"k": None}, {"k": [1]}, {"i": 5, "k": 2}, {"ratio": 1}, {"ratio": "1"}, {"ratio": NAN}, {"ratio": True}]
    given += [{"f": 0.1}, {"f": 3}, {"mode": "slow"}, {"mode": 3}, {"on": True}, {"on": 1}, {"on": "true"}]
    given += [{"when": "2021-05-06"}, {"when": "2021-05-06T07:08:09"}, {"when": "x"}, {"when": 5}]
    given += [{"stop": ["x", "y"]}, {"stop": "x"}, {"stop": []}, {"stop": [1]}, {"stop": [["x"]]}, {"ks": [1.5]}]
    undeclared = [{}, None, {"k": 1}, [1]]
    return (
        [Case("echo scalars", {**body, "params": params}) for params in given]
        + [Case("echo long", {"inputs": [1], "params": params}) for params in undeclared]
        + [Case("without params", {**split(["a"], [1]), "params": params}) for params in undeclared]
        + [Case("echo scalars", {**body, "params": {"k": 2**70}}, status=400, why=LOSSLESS)]
        + [Case("echo scalars", {**body, "params": {"i": 2**40}}, status=400, why=LOSSLESS)]
    )


def answer_cases() -> list[Case]:
    same = ["a frame", "a frame of dates", "a frame without names", "an empty frame", "categories", "a series"]
    same += ["a series without a name", "an array", "booleans", "objects", "dates", "numpy's dates", "bytes"]
    same += ["not a number", "a dict", "a text", "nothing", "a number", "unicode", "a big number", "a set"]
    same += ["raises", "raises mlflow's", "raises mlflow's internal", "unknown"]
    return [Case("answers", split(["kind"], [kind])) for kind in same] + [
        Case("answers", split(["kind"], ["sparse"]), status=200, why=ANSWERS)
    ]


def hinted_cases() -> list[Case]:
    same = [{"inputs": ["a", "b"]}, {"inputs": []}, {"inputs": ["é東"]}, {"inputs": ["a"], "params": {"k": 1}}]
    same += [{"instances": ["a"]}, split(["x"], ["a"]), records({"x": "a"})]
    same += [{"inputs": [1]}, {"inputs": "a"}, {"inputs": None}]
    return [Case("hinted", body) for body in same]


def shaped_cases() -> list[Case]:
    """Models whose input is typed by an example."""
    bodies = {
        "scalar": [{"inputs": 5}, {"inputs": [5, 6]}],
        "record": [{"inputs": {"a": 5, "b": "y"}}, split(["a", "b"], [5, "y"]), split(["a", "b"], [5, "y"], [6, "z"])],
        "values": [{"inputs": ["p", "q"]}, {"inputs": "p"}, split([0], ["p"], ["q"])],
        "records": [{"inputs": [{"a": 5}, {"a": 6}]}, split(["a"], [5], [6])],
    }
    return [Case(f"like {name}", body) for name, asked in bodies.items() for body in asked]


VALUES = [True, False, 1, 0, 2, 1.0, 1.5, -1, 2**31 - 1, 2**31, 2**63, 2**70, 1e300, NAN, None]
VALUES += ["1", "1.5", "x", "true", "", "YWJj", "2020-01-01", "2020-01-01T00:00:00Z", "2020-13-01", "东", {}]
# Values that MLflow's server changes to fit the type of a column.
CHANGED = {
    "boolean": [value for value in VALUES if value not in (True, False)],
    "integer": [1.5, 2**31, 2**63, 1e300],
    "long": [1.5, 2**63, 1e300],
    "float": [1e300],
}


def scalar_cases() -> list[Case]:
    """Each value in a column of each type. `status` None and a `why`: may be refused."""
    forms = [lambda value: split(["x"], [value]), lambda value: {"inputs": [value]}]
    forms += [lambda value: {"instances": [{"x": value}]}]
    return [
        Case(f"echo {kind}", form(value), why=LOSSLESS if value in CHANGED.get(kind, ()) else "")
        for kind in ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")
        for value in VALUES
        for form in forms
    ]


CASES = [
    case
    for cases in (
        tree_cases,
        refused_by_tree,
        content_types,
        csv_cases,
        text_cases,
        optional_cases,
        unnamed_cases,
        nested_cases,
        tensor_cases,
        param_cases,
        answer_cases,
        hinted_cases,
        shaped_cases,
        scalar_cases,
    )
    for case in cases()
]
