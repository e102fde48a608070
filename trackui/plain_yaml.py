"""YAML that came from outside, as plain data."""

from __future__ import annotations

import yaml

MOST_ALIASES = 100
# Characters of a text in which each alias is written out: a few of them, within one another, make billions.
LONGEST_WRITTEN_OUT = 4_000_000
# Each costs some microseconds; a file that people or clients write has a few thousand.
MOST_TOKENS = 100_000
# The parser calls itself for each level, in C: without a limit a text ends the process, not with an error.
DEEPEST = 64
OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


class Loader(yaml.CSafeLoader):
    """Knows no merge keys (`<<: *other`): merges of merges grow while they are read."""

    def flatten_mapping(self, node) -> None:
        pass


def plain_yaml(text: str) -> object:
    """ValueError, with the reason, for no YAML, Python tags, and more parts, aliases or levels than are written.

    Whoever walks through the value, or writes it as text, does bounded work.
    """
    try:
        has_aliases = check_tokens(text)
        value = yaml.load(text, Loader=Loader)  # noqa: S506 - a safe one
        if has_aliases and written_out(value, {}) > LONGEST_WRITTEN_OUT:
            raise ValueError(f"its aliases make more than {LONGEST_WRITTEN_OUT:,} characters of it")
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ValueError(f"it is no plain YAML: {error.problem}{line}") from None
    except (yaml.YAMLError, RecursionError):
        raise ValueError("it is no plain YAML") from None
    return value


def check_tokens(text: str) -> bool:
    """Whether there are aliases. Scanning does not recurse, and expands none."""
    aliases = depth = 0
    for number, token in enumerate(yaml.scan(text, Loader=yaml.CSafeLoader)):
        aliases += isinstance(token, yaml.AliasToken)
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if number > MOST_TOKENS:
            raise ValueError(f"it has more than {MOST_TOKENS:,} parts")
        if aliases > MOST_ALIASES:
            raise ValueError(f"it has more than {MOST_ALIASES} aliases")
        if depth > DEEPEST:
            raise ValueError(f"it is nested deeper than {DEEPEST}")
    return aliases > 0


def written_out(value: object, known: dict[int, int]) -> int:
    """Roughly how many characters it has as text; each part is looked at once. ValueError for one that holds itself.

    `known`: of lists and mappings by their identity, -1 while their parts are counted.
    """
    if not isinstance(value, (dict, list, tuple, set)):
        return 1 + (len(value) if isinstance(value, (str, bytes)) else 0)
    if (size := known.get(id(value))) is None:
        known[id(value)] = -1
        parts = (part for pair in value.items() for part in pair) if isinstance(value, dict) else value
        size = known[id(value)] = 1 + sum(written_out(part, known) for part in parts)
    if size < 0:
        raise ValueError("a part of it holds itself")
    return size
