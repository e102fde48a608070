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


def test_aliases_are_as_much_work_as_the_text_they_stand_for():
    """Each level names the one before eleven times."""
    levels = [f"- &a{level} [{f'*a{level - 1}, ' * 11}]" for level in range(1, 10)]
    with pytest.raises(ValueError, match="its aliases make more than 4,000,000 characters"):
        plain_yaml("\n".join(["- &a0 [x, y]", *levels]))
    with pytest.raises(ValueError, match="its aliases make more than"):
        plain_yaml(f"- &a {'x' * 100_000}\n- [{'*a, ' * 50}]")
    merged = [f"a{level}: &a{level} {{<<: [{f'*a{level - 1}, ' * 11}]}}" for level in range(1, 10)]
    with pytest.raises(ValueError, match="merge"):
        plain_yaml("\n".join(["a0: &a0 {k: v}", *merged]))


def test_an_alias_of_itself_is_no_data():
    with pytest.raises(ValueError, match="a part of it holds itself"):
        plain_yaml("&a [*a]")
