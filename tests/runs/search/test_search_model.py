"""Pages, tokens, offsets and totals against a plain evaluation in Python, on random runs, filters and orders."""

import math
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.search import merging, pages, walks
from runs.search.keyset import position_of
from runs.search.run_search import Scope, Total, compile_filter, compile_order_by, count_runs, search_run_ids
from tests.runs.search.world import add_metric, make_experiment, make_run

NAN, INF = math.nan, math.inf
METRIC_VALUES = [NAN, INF, -INF, 0.0, 0.5, 0.5, 1.0]
LONG = "x" * 100
PARAMS = ["1", "1.0", "2", "10", "tree", "", LONG + "a", LONG + "b", "ü"]


@pytest.fixture
def world(db):
    """Two experiments; per run what a filter may ask for."""
    rng = random.Random(11)
    experiments = [make_experiment(), make_experiment("other")]
    known = {}
    for i in range(60):
        start = 1_000 + rng.randrange(8)
        end = rng.choice([None, start + rng.randrange(4)])
        loss = [rng.choice(METRIC_VALUES) for _ in range(rng.choice([0, 1, 2]))]
        params = {"p": rng.choice(PARAMS)} if rng.random() < 0.8 else {}
        tags = {"t": rng.choice(["one", "two", "three"])} if rng.random() < 0.8 else {}
        run = make_run(
            experiments[i % 4 == 0],
            rng.choice(["a", "B", "ä", LONG + str(i % 3)]),
            run_id=f"{rng.getrandbits(128):032x}",
            start_time=start,
            end_time=end,
            user_id=rng.choice(["ann", "bob"]),
            status=rng.choice(["FINISHED", "RUNNING", "FAILED"]),
            lifecycle_stage=rng.choice(["active", "active", "active", "deleted"]),
            params=params,
            tags=tags,
        )
        if loss:
            add_metric(run, "loss", loss)
        known[run.pk] = (run, loss, params.get("p"), tags.get("t"))
    return experiments, known


# --- Filters, as text and as what they mean ----------------------------------------------------

NUMBERS = {"<": lambda a, b: a < b, ">=": lambda a, b: a >= b, "=": lambda a, b: a == b, "!=": lambda a, b: a != b}


def last(operator, number):
    return lambda run, loss, p, t: bool(loss) and NUMBERS[operator](loss[-1], number)


def lowest(operator, number):
    def holds(run, loss, p, t):
        real = [value for value in loss if not math.isnan(value)]
        if not real:
            return bool(loss) and operator == "!="
        return NUMBERS[operator](min(real), number)

    return holds


def as_number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


LEAVES = [
    *((f"metrics.loss {o} {n}", last(o, float(n))) for o in NUMBERS for n in ("0.5", "1e999", "-5")),
    *((f"metrics.loss.min {o} 0.5", lowest(o, 0.5)) for o in NUMBERS),
    *(
        (f"params.p {o} 2", lambda r, m, p, t, o=o: as_number(p) is not None and NUMBERS[o](as_number(p), 2))
        for o in NUMBERS
    ),
    *((f"params.p = '{text}'", lambda r, m, p, t, text=text: p == text) for text in ("1", "tree", LONG + "a", "no")),
    ("params.p LIKE 'x%a'", lambda r, m, p, t: p is not None and p.startswith("x") and p.endswith("a")),
    ("params.p IS NULL", lambda r, m, p, t: p is None),
    ("tags.t LIKE '%o%'", lambda r, m, p, t: t is not None and "o" in t),
    ("tags.t LIKE '%z%'", lambda r, m, p, t: False),
    ("tags.t != 'two'", lambda r, m, p, t: t is not None and t != "two"),
    ("has(metrics.loss)", lambda r, m, p, t: bool(m)),
    ("status = 'FAILED'", lambda r, m, p, t: r.status == "FAILED"),
    ("user_id = 'ann'", lambda r, m, p, t: r.user_id == "ann"),
    ("run_name = 'B'", lambda r, m, p, t: r.name == "B"),
    ("'b'", lambda r, m, p, t: "b" in r.name.lower()),
    ("start_time >= 1004", lambda r, m, p, t: r.start_time >= 1004),
    ("end_time < 1005", lambda r, m, p, t: r.end_time is not None and r.end_time < 1005),
    ("duration >= 2ms", lambda r, m, p, t: r.end_time is not None and r.end_time - r.start_time >= 2),
]


def combined(parts):
    word, (left_text, left), (right_text, right) = parts
    if word == "AND":
        return f"({left_text} AND {right_text})", lambda *run: left(*run) and right(*run)
    return f"({left_text} OR {right_text})", lambda *run: left(*run) or right(*run)


def turned_round(part):
    text, holds = part
    return f"NOT ({text})", lambda *run: not holds(*run)


CONDITIONS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["AND", "OR"]), inner, inner).map(combined), inner.map(turned_round)
    ),
    max_leaves=4,
)
FILTERS = st.one_of(st.just(("", lambda *run: True)), CONDITIONS)

# --- Orders: a key of what is compared, None for what comes last in either direction -----------


def ranked(values, index):
    """(rank, value) of a metric: numbers, then NaN, then none."""
    if not values:
        return (2, None)
    value = values[index]
    return (1, None) if math.isnan(value) else (0, value)


def least(loss):
    real = [value for value in loss if not math.isnan(value)]
    return (2, None) if not loss else (0, min(real)) if real else (1, None)


def code_points(text):
    return (1, None) if text is None else (0, text.encode())


ORDERS = {
    "metrics.loss": lambda run, loss, p, t: ranked(loss, -1),
    "metrics.loss.min": lambda run, loss, p, t: least(loss),
    "metrics.loss.first": lambda run, loss, p, t: ranked(loss, 0),
    "params.p": lambda run, loss, p, t: code_points(p),
    "tags.t": lambda run, loss, p, t: code_points(t),
    "run_name": lambda run, loss, p, t: code_points(run.name),
    "status": lambda run, loss, p, t: code_points(run.status),
    "user_id": lambda run, loss, p, t: code_points(run.user_id),
    "start_time": lambda run, loss, p, t: (0, run.start_time),
    "end_time": lambda run, loss, p, t: (1, None) if run.end_time is None else (0, run.end_time),
    "duration": lambda run, loss, p, t: (1, None) if run.end_time is None else (0, run.duration),
    "run_id": lambda run, loss, p, t: code_points(run.run_id),
}
ORDER_BY = st.lists(
    st.tuples(st.sampled_from(sorted(ORDERS)), st.booleans()), max_size=3, unique_by=lambda clause: clause[0]
)


def in_order(known, pks, order_by):
    """By stable sorts from the last key to the first; newest first, then by run_id, where no key is left."""
    pks = sorted(pks, key=lambda pk: (-known[pk][0].start_time, known[pk][0].run_id))
    for name, is_descending in reversed(order_by):
        keys = {pk: ORDERS[name](*known[pk]) for pk in pks}
        ranks = sorted({key[0] for key in keys.values()})
        pks = [pk for rank in ranks for pk in of_rank(pks, keys, rank, is_descending=is_descending)]
    return pks


def of_rank(pks, keys, rank, *, is_descending):
    members = [pk for pk in pks if keys[pk][0] == rank]
    if any(keys[pk][1] is None for pk in members):
        return members
    values = sorted({keys[pk][1] for pk in members}, reverse=is_descending)
    return [pk for value in values for pk in members if keys[pk][1] == value]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    condition=FILTERS,
    order_by=ORDER_BY,
    stages=st.sampled_from([("active",), ("deleted",), ("active", "deleted")]),
    is_everywhere=st.booleans(),
    ways=st.tuples(st.sampled_from([1, 4, 500]), st.sampled_from([0.2, 3, 1_000]), st.sampled_from([0, 3, 1_000])),
    size=st.integers(1, 12),
)
def test_a_search_finds_what_plain_python_finds(world, condition, order_by, stages, is_everywhere, ways, size):
    experiments, known = world
    scope = Scope(tuple(e.pk for e in (experiments if is_everywhere else experiments[:1])))
    text, holds = condition
    expected = in_order(
        known,
        [
            pk
            for pk, about in known.items()
            if about[0].experiment_id in scope.experiments and about[0].lifecycle_stage in stages and holds(*about)
        ],
        order_by,
    )
    compiled = compile_filter(text, scope=scope)
    ordering = compile_order_by([f"{name} {'DESC' if d else 'ASC'}" for name, d in order_by], scope=scope)

    def found(**page):
        return search_run_ids(scope.experiments, compiled, ordering, stages=stages, **page)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "TRIAL_RUNS", ways[0])
        patch.setattr(pages, "PROBES_A_SORTED_RUN", ways[1])
        patch.setattr(walks, "DEEP", ways[2])
        patch.setattr(merging, "FEW_RUNS", ways[2])
        patch.setattr(merging, "SMALL", ways[2] // 2)

        assert found(limit=100) == expected
        offset = size * 2
        assert found(limit=size, offset=offset) == expected[offset : offset + size]
        listed, position = [], None
        while page := found(limit=size, position=position):
            listed += page
            position = position_of("runs_run", ordering.terms, page[-1])
        assert listed == expected
        assert count_runs(scope.experiments, compiled, stages=stages) == Total(len(expected))
