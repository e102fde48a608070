import pytest

from runs.artifacts.steps import is_small_picture, number_of, step_of

LOGGED = "images/dog#rex%step%12%timestamp%1780000000000%0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (f"{LOGGED}.png", ("images/dog/rex", 12)),
        (f"{LOGGED}%compressed.webp", ("images/dog/rex", 12)),
        (LOGGED.replace("%", "+") + ".png", ("images/dog/rex", 12)),
        ("images/pred_step_10.png", ("images/pred_step_….png", 10)),
        ("epoch=003/grid.png", ("epoch=…/grid.png", 3)),
        ("a/Iter-42.jpg", ("a/Iter-….jpg", 42)),
        ("steps.png", None),
        ("footstep_3.png", None),
        ("plain.png", None),
        (f"step_{'9' * 30}.png", None),
    ],
)
def test_the_step_of_a_path(path, found):
    assert step_of(path) == found


def test_a_number_at_the_end_may_be_a_step():
    assert number_of("frames/f_0010.png") == ("frames/f_….png", 10)
    assert number_of("plot.png") is None


def test_the_smaller_picture_of_a_logged_image_is_told_apart():
    assert is_small_picture(f"{LOGGED}%compressed.webp")
    assert not is_small_picture(f"{LOGGED}.png")
