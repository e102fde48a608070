import pytest

from runs.models import Experiment
from runs.search.experiment_search import compile_experiment_filter, compile_experiment_order
from tests.runs.search.world import make_experiment
from trackui.search.errors import SearchSyntaxError

pytestmark = pytest.mark.django_db


@pytest.fixture
def experiments():
    """By name; the default experiment is there besides."""
    Experiment.objects.exclude(pk=0).delete()
    Experiment.objects.filter(pk=0).update(creation_time=0, last_update_time=0)
    return {
        name: make_experiment(name, tags=tags, creation_time=created, last_update_time=updated)
        for name, tags, created, updated in [
            ("apple", {"team": "vision", "k e/y": "1"}, 1_768_521_600_000, 5),
            ("Banana", {"team": "Vision"}, 1_768_608_000_000, 4),
            ("cherry", {}, 1_768_521_600_001, 6),
        ]
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "Banana Default apple cherry"),
        ("name = 'apple'", "apple"),
        ("attribute.name != 'apple'", "Banana Default cherry"),
        ("attributes.name LIKE 'b%'", ""),
        ("name ILIKE 'b%'", "Banana"),
        ("tags.team = 'vision'", "apple"),
        ("tag.team != 'vision'", "Banana"),
        ("tags.`k e/y` = '1'", "apple"),
        ("tags.team IS NULL", "Default cherry"),
        ("tags.team IS NOT NULL AND name ILIKE '%a%'", "Banana apple"),
        ("tags.missing != 'x'", ""),
        ("tags.missing IS NULL", "Banana Default apple cherry"),
        ("creation_time > 1768521600000", "Banana cherry"),
        ("creation_time = 2026-01-16", "apple cherry"),
        ("last_update_time <= 5", "Banana Default apple"),
        ("experiment_id = '0'", "Default"),
        ("experiment_id != '0'", "Banana apple cherry"),
        ("experiment_id IN ('0', '00', 'x', '99999999999999999999')", "Default"),
        ("experiment_id NOT IN ('0')", "Banana apple cherry"),
        ("name = 'apple' OR NOT has(tags.team)", "Default apple cherry"),
        ("an AND tags.team ILIKE 'vision'", "Banana"),
    ],
)
def test_a_filter_means(experiments, text, names):
    found = Experiment.objects.matching(compile_experiment_filter(text)).values_list("name", flat=True)

    assert " ".join(sorted(found)) == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("params.x = 'y'", "Invalid entity type"),
        ("foo = 'y'", "Invalid attribute key"),
        ("attribute.artifact_location = 'y'", "Invalid attribute key"),
        ("name > 'y'", "Invalid comparator"),
        ("name IN ('y')", "Only ['experiment_id'] attributes support comparison with a list"),
        ("name = y", "Parameter value is either not quoted or unidentified quote types"),
        ("tags.x = 5", "Expected a quoted string value for tag"),
        ("experiment_id = 5", "Expected a quoted string value for attributes"),
        ("experiment_id LIKE '5'", "Invalid comparator"),
        ("creation_time > '5'", "Expected numeric value type for numeric attribute"),
        ("creation_time LIKE 5", "Invalid comparator"),
        ("name IS NULL", "IS NULL / IS NOT NULL"),
        ("name", "Invalid clause(s) in filter string"),
        ("tags.x", "Invalid clause(s) in filter string"),
    ],
)
def test_a_filter_is_refused_with(text, message):
    with pytest.raises(SearchSyntaxError) as caught:
        compile_experiment_filter(text)

    assert message in caught.value.message


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        ([], "Banana cherry apple Default"),
        (["name"], "Banana Default apple cherry"),
        (["attribute.name DESC"], "cherry apple Default Banana"),
        (["experiment_id"], "Default apple Banana cherry"),
        (["experiment_id DESC"], "cherry Banana apple Default"),
        (["creation_time"], "Default apple cherry Banana"),
        (["last_update_time DESC", "name"], "cherry apple Banana Default"),
    ],
)
def test_an_order_means(experiments, order_by, names):
    found = Experiment.objects.ordered_by(compile_experiment_order(order_by)).values_list("name", flat=True)

    assert " ".join(found) == names


def test_ties_of_an_order_go_to_the_greater_id(experiments):
    Experiment.objects.update(creation_time=1)

    found = Experiment.objects.ordered_by(compile_experiment_order(["creation_time"])).values_list("name", flat=True)

    assert " ".join(found) == "cherry Banana apple Default"


@pytest.mark.parametrize(
    ("order_by", "message"),
    [
        (["foo"], "Invalid attribute key"),
        (["metrics.a"], "Invalid entity type"),
        (["tags.a"], "Invalid order_by entity type"),
        (["name", "attribute.name DESC"], "duplicate fields"),
        (["name foo"], "Invalid ordering key in order_by clause"),
    ],
)
def test_an_order_is_refused_with(order_by, message):
    with pytest.raises(SearchSyntaxError) as caught:
        compile_experiment_order(order_by)

    assert message in caught.value.message
