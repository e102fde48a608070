"""Random filters and orders of both searches, held against plain Python; pages of them neither lose nor repeat rows."""

import operator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.models import PROMPT_TAG, ModelVersion, RegisteredModel
from registry.search import starts
from tests.factories import make_model_version, make_registered_model
from tests.runs.mlflow_api.answers import ok

pytestmark = pytest.mark.django_db

NAMES = ["a", "A", "ab", "a_b", "a%b", "Äb", "z 'q'"]
TEXTS = ["", "x", "X", "xy", "%", "ä"]
PATTERNS = ["ä%", "a%", "A%", "%b", "a_b", "%", "x", "_", "%y"]


@pytest.fixture
def stored(db):
    for at, name in enumerate(NAMES):
        tags = {"t": TEXTS[at % 6]} if at % 3 else {}
        model = make_registered_model(name, tags=tags | ({PROMPT_TAG: "true"} if at == 6 else {}))
        for number in range(at % 4):
            make_model_version(model, source=f"runs:/{TEXTS[1 + number]}/m", tags={"t": TEXTS[(at + number) % 6]})
    for table in (RegisteredModel, ModelVersion):
        for at, one in enumerate(table.objects.order_by("pk")):
            table.objects.filter(pk=one.pk).update(last_updated_time=at // 3, creation_time=at % 2)
    for at, one in enumerate(ModelVersion.objects.order_by("pk")):
        ModelVersion.objects.filter(pk=one.pk).update(run_id=TEXTS[at % 6])


def like(text, pattern):
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(like(text[at:], pattern[1:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and like(text[1:], pattern[1:])


COMPARED = {
    "=": lambda have, value: have == value,
    "!=": lambda have, value: have != value,
    "LIKE": like,
    "ILIKE": lambda have, value: like(have.lower(), value.lower()),
}

NUMBERS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}


@st.composite
def texts(draw, field):
    name, compare = draw(st.sampled_from(list(COMPARED.items())))
    value = draw(st.sampled_from(PATTERNS if "LIKE" in name else (NAMES if field == "name" else TEXTS)))
    quoted = f'"{value}"' if "'" in value else f"'{value}'"
    written = {"t": "tags.t", "run": "run_id"}.get(field, field)
    return f"{written} {name} {quoted}", lambda row: row[field] is not None and compare(row[field], value)


@st.composite
def numbers(draw):
    name, compare = draw(st.sampled_from(list(NUMBERS.items())))
    value = draw(st.integers(0, 4))
    return f"version_number {name} {value}", lambda row: compare(row["number"], value)


def found_by_pages(api, path, name, size, query):
    rows, token = [], None
    while True:
        answer = ok(api.post(path, query | {"max_results": size} | ({"page_token": token} if token else {})))
        part = answer.get(name, [])
        assert len(part) <= size
        rows += part
        token = answer.get("next_page_token")
        if token is None:
            return rows
        assert len(part) == size


def in_order(rows, keys):
    for key, is_descending in reversed(keys):
        rows = sorted(rows, key=lambda row: row[key], reverse=is_descending)
    return rows


def orders(keys):
    return st.lists(st.tuples(st.sampled_from(keys), st.booleans()), max_size=2, unique_by=lambda order: order[0])


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    terms=st.lists(st.one_of(texts("name"), texts("t"), texts("run"), numbers()), max_size=3),
    order=orders(["name", "number", "created", "updated"]),
    size=st.integers(1, 5),
    few=st.sampled_from([2000, -1]),
)
def test_versions(mlflow_api, stored, monkeypatch, terms, order, size, few):
    monkeypatch.setattr(starts, "FEW", few)
    fields = {"name": "name", "number": "version_number", "created": "creation_timestamp"}
    fields["updated"] = "last_updated_timestamp"
    rows = [
        {
            "name": one.name,
            "number": one.version,
            "run": one.run_id,
            "created": one.creation_time,
            "updated": one.last_updated_time,
            "t": dict(one.tags.values_list("key", "value")).get("t"),
        }
        for one in ModelVersion.objects.all()
        if not one.is_prompt
    ]
    expected = [row for row in rows if all(holds(row) for _, holds in terms)]
    expected = in_order(expected, [*(order or [("updated", True)]), ("name", False), ("number", True)])
    query = {
        "filter": " AND ".join(text for text, _ in terms),
        "order_by": [f"{fields[key]}{' DESC' if is_descending else ''}" for key, is_descending in order],
    }

    found = found_by_pages(mlflow_api, "model-versions/search", "model_versions", size, query)

    assert [(one["name"], int(one["version"])) for one in found] == [(row["name"], row["number"]) for row in expected]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    terms=st.lists(st.one_of(texts("name"), texts("t")), max_size=3),
    order=orders(["name", "updated"]),
    size=st.integers(1, 5),
    few=st.sampled_from([2000, -1]),
)
def test_models(mlflow_api, stored, monkeypatch, terms, order, size, few):
    monkeypatch.setattr(starts, "FEW", few)
    rows = [
        {
            "name": one.name,
            "updated": one.last_updated_time,
            "t": dict(one.tags.values_list("key", "value")).get("t"),
        }
        for one in RegisteredModel.objects.filter(is_prompt=False)
    ]
    expected = in_order([row for row in rows if all(holds(row) for _, holds in terms)], [*order, ("name", False)])
    fields = {"name": "name", "updated": "last_updated_timestamp"}
    query = {
        "filter": " AND ".join(text for text, _ in terms),
        "order_by": [f"{fields[key]}{' DESC' if is_descending else ''}" for key, is_descending in order],
    }

    found = found_by_pages(mlflow_api, "registered-models/search", "registered_models", size, query)

    assert [one["name"] for one in found] == [row["name"] for row in expected]
