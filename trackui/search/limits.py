"""How large a search may be."""

FILTER_LENGTH = 10_000
CLAUSES = 100
LIST_ITEMS = 1_000
PATTERN_LENGTH = 500
ORDER_BY_COLUMNS = 20
# Parentheses and NOT inside each other.
DEPTH = 32
