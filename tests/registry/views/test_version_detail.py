"""The page of a version: its model shown as what it is."""

import hashlib

import pytest

from registry.models import ModelEvent, ModelVersion
from registry.services.aliases import set_alias
from registry.services.model_versions import transition_stage
from runs.models import LoggedModel, LoggedModelMetric
from tests.clients import parse
from tests.factories import make_experiment, make_logged_model, make_model_version, make_registered_model, make_run
from tests.registry.folders import FILES, make_model_folder, mlmodel

pytestmark = pytest.mark.usefixtures("artifact_root")


def url(version, rest=""):
    return f"/models/{version.name}/versions/{version.version}/{rest}"


@pytest.fixture
def run(db):
    return make_run(make_experiment("churn study"), name="calm-otter", metrics={"val_loss": 0.5, "epochs": 3})


@pytest.fixture
def version(run):
    model = make_logged_model(run.experiment, name="forest", params={"depth": "5"})
    model.source_run_id = run.run_id
    model.save()
    return make_model_version(make_registered_model("churn"), logged_model=make_model_folder(model))


def section(page, title):
    return next(one for one in page.select("section") if one.select_one("h2") and one.select_one("h2").text == title)


def rows(table):
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]


def test_the_head_says_what_it_is_and_where_it_came_from(pages, version, run):
    set_alias("churn", "champion", 1, user=None)
    transition_stage("churn", 1, "Production", note="It is better.", user=None)

    page = pages.html(url(version))

    head = page.select_one("header.head")
    assert head.select_one("h1").text == "churn version 1"
    assert "Production" in head.text
    assert "@champion" in head.text
    assert head.select_one(f'a[href="/runs/{run.run_id}/"]').text == "calm-otter"
    assert "It is better." in section(page, "History").text


def test_the_signature_is_a_table(pages, version):
    table = section(pages.html(url(version)), "Signature").select_one("table")

    assert [row for row in rows(table) if len(row) > 1] == [
        ["height", "double", "yes", ""],
        ["age", "long", "yes", ""],
        ["town", "string", "no", ""],
        ["unnamed", "double", "", ""],
        ["temperature", "double", "no", "0.5"],
    ]


def test_the_input_example_is_a_table_and_nothing_in_it_is_markup(pages, version):
    example = section(pages.html(url(version)), "Input example")

    assert [cell.text for cell in example.select("th")] == ["height", "age", "town"]
    assert [cell.text for cell in example.select("tbody tr:last-child td")] == ["1.75", "40", "<b>Köln</b>"]


def test_environment_files_are_shown(pages, version):
    environment = section(pages.html(url(version)), "Environment")

    assert [name.text for name in environment.select("summary")] == ["requirements.txt", "python_env.yaml"]
    assert environment.select_one("pre").text == FILES["requirements.txt"]


def test_files_have_sizes_checksums_and_downloads(pages, version):
    files = section(pages.html(url(version)), "Files")

    shown = {row.select_one("th").text: row for row in files.select("tbody tr")}
    assert set(shown) == set(FILES)
    assert shown["model.pkl"].select_one("code")["title"] == hashlib.sha256(b"\x00\x01").hexdigest()
    assert pages.get(shown["model.pkl"].select_one("a[download]")["href"]).content == b"\x00\x01"
    assert "6 files" in files.select_one("footer").text


def test_what_was_logged_of_the_model_counts_before_what_its_run_says(pages, version, run):
    model = LoggedModel.objects.get(model_id=version.model_id)
    point = {"model": model, "run_id": run.run_id, "key": "val_loss", "timestamp": 1, "is_nan": False}
    LoggedModelMetric.objects.create(**point, step=1, value=0.75)
    LoggedModelMetric.objects.create(**point, step=2, value=0.25, dataset_name="wine", dataset_digest="ab12")

    page = pages.html(url(version))

    shown = {row[0].split()[0]: row[1:] for row in rows(section(page, "Metrics").select_one("table"))}
    assert shown == {"val_loss": ["0.25", "2", "this model", "wine (ab12)"], "epochs": ["3", "0", "its run", ""]}
    assert "depth" in section(page, "Params").text


@pytest.mark.parametrize("text", ["flavors: [\n<script>alert(1)</script>", "", "- 1\n- 2", "[" * 10_000])
def test_an_mlmodel_that_is_none_is_shown_as_text(pages, db, text):
    version = make_model_version(logged_model=make_model_folder(MLmodel=text))

    page = pages.html(url(version))

    assert "cannot be read as one" in page.select_one(".failure").text
    assert not page.select("main script")
    assert (page.select_one("#mlmodel-text").text if text else "") == text


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("s3://bucket/churn", "kept elsewhere, at s3://bucket/churn"),
        ("runs:/" + "a" * 32 + "/model", "which is not here"),
        ("mlflow-artifacts:/0/gone/model", "holds no files"),
        ("", "no place where files are kept"),
    ],
)
def test_a_model_that_is_not_here_is_said(pages, version, location, said):
    ModelVersion.objects.filter(pk=version.pk).update(storage_location=location, run_id="a" * 32, model_id="")

    for rest in ("", "files", "use", "lineage"):
        page = pages.get(url(version, rest))
        assert page.status_code == 200, rest
        if rest in ("", "use"):
            assert said in parse(page).select_one(".failure").text
    assert pages.get(url(version, "files/file"), {"path": "MLmodel"}).status_code == 404


def test_a_model_without_a_signature_says_so(pages, db):
    text = mlmodel(inputs=None, outputs=None, params=None, saved_input_example_info=None)
    version = make_model_version(logged_model=make_model_folder(MLmodel=text, **{"input_example.json": None}))

    assert "without a signature" in section(pages.html(url(version)), "Signature").text


def test_an_example_that_is_named_outside_of_the_folder_is_not_read(pages, db):
    text = mlmodel(saved_input_example_info={"artifact_path": "../../secret.json", "type": "x"})
    version = make_model_version(logged_model=make_model_folder(MLmodel=text))

    assert "Input example" not in pages.html(url(version)).text


def test_a_version_of_a_prompt_is_its_text(pages, db):
    tags = {"mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Say {{word}} <b>twice</b>."}
    version = make_model_version(make_registered_model("greeting"), source="dummy-source", tags=tags)

    page = pages.html(url(version))

    assert page.select_one("#prompt").text == "Say {{word}} <b>twice</b>."
    assert 'load_prompt("prompts:/greeting/1")' in page.select_one("#load").text
    assert [tab.text for tab in page.select(".tabs a")] == ["Overview", "Lineage", "History"]
    assert not page.select(".failure")


def test_stage_and_aliases_of_a_moment(pages, version):
    made = ModelEvent.objects.get(kind="version_created")
    ModelEvent.objects.update(time=1_000)
    ModelEvent.objects.filter(pk=made.pk).update(time=2_000)
    set_alias("churn", "champion", 1, user=None)
    transition_stage("churn", 1, "Production", user=None)

    head = pages.html(url(version), {"as_of": "3000"}).select_one("header.head")

    assert "@champion" not in head.text
    assert "Production" not in head.text
    assert not pages.html(url(version, "lineage"), {"as_of": "3000"}).select("svg .alias")
    assert pages.get(url(version), {"as_of": "1500"}).status_code == 404
    assert pages.get(url(version), {"as_of": "nonsense"}).status_code == 400


def test_a_deleted_run_is_named(pages, version, run):
    run.lifecycle_stage = "deleted"
    run.save()

    assert "(deleted)" in pages.html(url(version)).select_one("header.head").text


def test_files_are_browsed_like_those_of_a_run(pages, version):
    top = pages.html(url(version, "files"))
    file = pages.html(next(link["href"] for link in top.select("a.file") if "MLmodel" in link.text))

    assert file.select_one(".model-card")
    assert file.select_one("#load-model").text == 'mlflow.pyfunc.load_model("models:/churn/1")'
    assert b"".join(pages.get(url(version, "files.zip")).streaming_content)[:2] == b"PK"
    for path in ("../../x", "/etc/passwd", "a\0b"):
        assert pages.get(url(version, "files/file"), {"path": path}).status_code == 400


@pytest.mark.parametrize("table", ["signature", "files", "metrics", "params", "lineage"])
def test_tables_are_files_too(pages, version, table):
    lines = b"".join(pages.get(url(version, f"{table}.csv")).streaming_content).decode().splitlines()

    assert len(lines) > 1
    assert pages.get(url(version, f"{table}.json")).status_code == 200


def test_a_version_that_is_not_there_is_404(pages, version):
    for path in ("/models/churn/versions/2/", "/models/other/versions/1/", "/models/churn/versions/99999999999999/"):
        assert pages.get(path).status_code == 404


def test_a_name_of_any_signs_leads_to_its_page(pages, db):
    make_model_version(make_registered_model("a b?#&'\"é%"), logged_model=make_model_folder())

    page = pages.html("/models/a%20b%3F%23%26'%22%C3%A9%25/versions/1/")

    assert page.select_one("h1").text == "a b?#&'\"é% version 1"
    for link in page.select(".tabs a"):
        assert pages.get(link["href"]).status_code == 200
    assert "models:/a b?#&'" in page.select_one("#load").text


def test_statements_do_not_grow_with_what_is_shown(pages, version, django_assert_num_queries):
    with django_assert_num_queries(26):
        pages.html(url(version))
