import json
import tempfile
from pathlib import Path

import pytest

from registry.serving.batch.scoring import BatchFailed, score_file
from registry.serving.front.board import Board, Posted
from registry.serving.front.scoring import Scorers
from registry.serving.model_folder import read_model_folder
from tests.registry.serving.fake_scorer import FakeScorer
from tests.registry.serving.folders import write_folder


@pytest.fixture
def score(tmp_path):
    """Score a CSV by a function of the rows that the model gets."""

    def score(text: str, predict, **options):
        def answer(head, body):
            asked = json.loads(body)["dataframe_split"]
            found, status = predict([dict(zip(asked["columns"], row, strict=True)) for row in asked["data"]]), 200
            if isinstance(found, str):
                found, status = {"message": found}, 400
            return {"status": status}, json.dumps(found).encode()

        (tmp_path / "in.csv").write_text(text)
        with tempfile.TemporaryDirectory(prefix="batch-") as folder:
            scorer = FakeScorer(Path(folder) / "s", answer)
            board = Board(Path(folder) / "board.json")
            board.post(Posted("m", (), "", (scorer.path,)))
            model = read_model_folder(write_folder(tmp_path / "model"))  # of width and count
            try:
                return score_file(
                    tmp_path / "in.csv",
                    tmp_path / "out.csv",
                    scorers=Scorers(board),
                    model=model,
                    workers=2,
                    rows=2,
                    **options,
                )
            finally:
                scorer.close()

    return score


def test_the_model_gets_what_it_takes_and_the_rest_stays_beside(score, tmp_path):
    told = []

    rows = score(
        "id,width,count\na,1,2\nb,3,4\nc,5,6\n",
        lambda rows: {"predictions": [row["width"] * row["count"] for row in rows if row.keys() == {"width", "count"}]},
        tell=lambda rows, share: told.append((rows, share)),
    )

    assert rows == 3
    assert (tmp_path / "out.csv").read_text() == (
        '"id","width","count","prediction"\n"a",1,2,2\n"b",3,4,12\n"c",5,6,30\n'
    )
    assert [rows for rows, _ in told] == [2, 3, 3] and told[-1][1] == 1.0


def test_predictions_alone(score, tmp_path):
    score("width\n1\n2\n3\n", lambda rows: {"predictions": [1.5] * len(rows)}, only_predictions=True)

    assert (tmp_path / "out.csv").read_text() == '"prediction"\n1.5\n1.5\n1.5\n'


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda rows: "no" if rows[0]["width"] == 3 else {"predictions": [1, 2]}, r"Chunk 2 \(rows 3 to 4\): no"),
        (lambda rows: {"predictions": [1]}, r"Chunk 1 \(rows 1 to 2\): The model gave 1 predictions for 2 rows"),
        (
            lambda rows: {"predictions": ["a", "b"] if rows[0]["width"] == 3 else [1, 2]},
            r"Chunk 2 \(rows 3 to 4\): its predictions are not like those before",
        ),
    ],
)
def test_what_goes_wrong_names_the_chunk_and_leaves_no_file(score, tmp_path, predict, message):
    with pytest.raises(BatchFailed, match=message):
        score("width\n1\n2\n3\n4\n", predict)

    assert not (tmp_path / "out.csv").exists()
