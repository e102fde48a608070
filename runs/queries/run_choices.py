"""What a person chose from the facets of the run table."""

from dataclasses import dataclass

NOT = "not."
# Runs that read a dataset of this name.
DATASET = "dataset.name"


@dataclass(frozen=True, slots=True)
class Choice:
    """Runs whose `field` (status, user_id, params.x, tags.x, dataset.name) is one of the values, or is not."""

    field: str
    values: tuple[str, ...]
    is_excluded: bool = False

    @property
    def parameter(self) -> str:
        """The parameter of the address that holds it."""
        return f"{NOT}{self.field}" if self.is_excluded else self.field


def choice_filter(choice: Choice) -> str:
    """The choice in the filter language."""
    word, dot, key = choice.field.partition(".")
    name = f"{word}.`{key}`" if dot else word
    parts = [f"{name} {_equal(value)}" for value in choice.values]
    text = f"({' OR '.join(parts)})" if len(parts) > 1 else parts[0]
    return f"NOT {text}" if choice.is_excluded else text


def full_filter(options) -> str:
    """Filter and choices of a run table in the filter language: what the table shows, in one text."""
    written = options.filter
    if written and options.choices:
        written = f"({written})"
    return " AND ".join(filter(None, [written, *map(choice_filter, options.choices)]))


def _equal(value: str) -> str:
    """Nothing is an escape there: in a text with both quotes those of one kind are written as any character."""
    if "'" not in value:
        return f"= '{value}'"
    return f'= "{value}"' if '"' not in value else f'LIKE "{value.replace(chr(34), "_")}"'
