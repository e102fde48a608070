import pytest

from runs.metrics.direction import directions, guess_direction
from runs.models import Direction, Experiment, Key, MetricDirection


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("accuracy", "higher"),
        ("val_acc", "higher"),
        ("test/roc_auc", "higher"),
        ("valAccuracy", "higher"),
        ("F1Score", "higher"),
        ("f1", "higher"),
        ("top5_acc", "higher"),
        ("r2", "higher"),
        ("mAP", "higher"),
        ("mean reward", "higher"),
        ("neg_mean_squared_error", "higher"),
        ("train.loss", "lower"),
        ("log_loss", "lower"),
        ("cross_entropy", "lower"),
        ("training_rmse", "lower"),
        ("error_rate", "lower"),
        ("fit_seconds", "lower"),
        ("precision_loss", "lower"),
        ("lr", None),
        ("epoch", None),
        ("step", None),
        ("a", None),
        ("温度", None),
    ],
)
def test_the_name_of_a_metric_suggests_which_way_is_better(name, direction):
    assert guess_direction(name) == direction


def test_what_people_declared_wins_over_guesses_and_an_experiment_over_all(db):
    mine = Experiment.objects.create(name="a", artifact_location="", creation_time=0, last_update_time=0)
    loss, score = Key.objects.create(name="loss"), Key.objects.create(name="score")
    MetricDirection.objects.create(key=loss, direction=Direction.HIGHER)
    MetricDirection.objects.create(key=loss, experiment=mine, direction=Direction.LOWER)
    MetricDirection.objects.create(key=score, direction=Direction.LOWER)

    assert directions(mine.pk, ["loss", "score", "acc", "x"]) == {
        "loss": (Direction.LOWER, False),
        "score": (Direction.LOWER, False),
        "acc": (Direction.HIGHER, True),
        "x": (None, True),
    }
    assert directions(None, ["loss"]) == {"loss": (Direction.HIGHER, False)}
