import pytest

from trackui.plain_yaml import plain_yaml


def test_plain_data_comes_back():
    assert plain_yaml("a: &x [1, two]\nb: *x\nc: null") == {"a": [1, "two"], "b": [1, "two"], "c": None}
    assert plain_yaml("") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no plain YAML"),
        ("a: b: c", "no plain YAML: mapping values .* in line 1"),
        ("\x00", "no plain YAML"),
        ("!!python/object/apply:os.system [x]", "no plain YAML: could not determine a constructor"),
        ("a: &a [b]\nc: [" + "*a, " * 101 + "]", "more than 100 aliases"),
        ("[" * 100_000, "nested deeper than 64"),
        ("{a: " * 10_000, "nested deeper than 64"),
        ("- " * 10_000, "nested deeper than 64"),
        ("- a\n" * 100_000, "more than 100,000 parts"),
    ],
)
def test_the_reason_is_told(text, reason):
    with pytest.raises(ValueError, match=reason):
        plain_yaml(text)


def test_an_alias_of_itself_is_data_without_end_that_is_read_in_no_time():
    assert isinstance(plain_yaml("&a [*a]"), list)
