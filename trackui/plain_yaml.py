"""YAML that came from outside, as plain data."""

from __future__ import annotations

import yaml

MOST_ALIASES = 100
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


def plain_yaml(text: str) -> object:
    """ValueError, with the reason, for no YAML, Python tags, and more parts, aliases or levels than are written."""
    try:
        check_tokens(text)
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ValueError(f"it is no plain YAML: {error.problem}{line}") from None
    except (yaml.YAMLError, RecursionError):
        raise ValueError("it is no plain YAML") from None


def check_tokens(text: str) -> None:
    """Scanning does not recurse, and expands no alias."""
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
