"""docs/search.md tells the limits and shows filters: they are held against the code."""

import re
from pathlib import Path

from trackui.search import limits
from trackui.search.parser import parse

DOCS = (Path(__file__).parents[3] / "docs" / "search.md").read_text(encoding="utf-8")


def test_limits_are_those_of_the_code():
    told = {int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+) \|$", DOCS, re.MULTILINE)}

    assert told == {value for name, value in vars(limits).items() if name.isupper()}


def test_examples_are_filters():
    examples = re.findall(r"^```\n(.*?)```", DOCS, re.MULTILINE | re.DOTALL)

    for line in "".join(examples).splitlines():
        assert parse(line) is not None
