"""Files scored by real processes."""

import pyarrow.parquet
import pytest

from tests.registry.serving.tiny_models import run_command, write_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("models") / "model", 2)


@pytest.fixture
def predict(model, tmp_path):
    def predict(text: str, *arguments: str, output: str = "out.parquet"):
        source = tmp_path / "in.csv"
        source.write_text(text)
        done = run_command(
            "predict",
            model,
            f"--input={source}",
            f"--output={tmp_path / output}",
            "--env-manager=local",
            "--allow-loader=tiny_loader",
            *arguments,
            data=tmp_path / "data",
        )
        return done, tmp_path / output

    return predict


def test_rows_are_scored_in_chunks_and_keep_their_order(predict):
    rows = [f"{n},{n / 8}" for n in range(95)]

    done, path = predict("id,x\n" + "\n".join(rows), "--chunk-rows=10", "--workers=2")

    assert done.returncode == 0, done.stderr
    table = pyarrow.parquet.read_table(path)
    assert table.column_names == ["id", "x", "prediction"]
    assert table["id"].to_pylist() == list(range(95))
    assert table["prediction"].to_pylist() == [n / 4 for n in range(95)]
    assert "100%  95 rows" in done.stderr and f"95 rows in {path}" in done.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,y\n1,2\n", "Chunk 1 (rows 1 to 1): The model is missing the columns"),
        ("x\n1\n2\n3\n-1\n", "Chunk 2 (rows 3 to 4): The scoring process ended while it had this request."),
    ],
)
def test_what_cannot_be_scored_is_told_with_its_chunk(predict, text, message):
    done, path = predict(text, "--chunk-rows=2")

    assert done.returncode == 1
    assert message in done.stderr and "Traceback" not in done.stderr
    assert not path.exists()


def test_files_are_checked_before_anything_is_loaded(predict, tmp_path):
    for output in ("out.xlsx", "absent/out.csv"):
        done, _ = predict("x\n1\n", output=output)
        assert done.returncode == 1 and done.stderr.startswith("CommandError: --output")
