"""Figures as a table that can be pasted into a page of Markdown."""

from collections.abc import Sequence


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence]) -> None:
    """Numbers stand right, words left."""
    cells = [tuple(cell(value) for value in row) for row in rows]
    widths = [max(len(line[i]) for line in [tuple(columns), *cells]) for i in range(len(columns))]
    is_number = [any(isinstance(row[i], int | float) for row in rows) for i in range(len(columns))]
    rules = ["-" * (width - 1) + (":" if right else "-") for width, right in zip(widths, is_number, strict=True)]
    print(f"\n{title}\n")
    for line in [tuple(columns), tuple(rules), *cells]:
        padded = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, is_number, strict=True)
        ]
        print("| " + " | ".join(padded) + " |")
    print(flush=True)


def cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
