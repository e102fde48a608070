"""Django's SQLite backend, quicker at handing statements on.

A statement on the hot path takes SQLite some ten microseconds, and took Django's wrappers twice that.
"""

from functools import lru_cache

from django.db.backends.sqlite3 import base

# Of a statement in characters: longer ones cost more in SQLite, and are seldom the same again.
LONGEST_REMEMBERED = 2000


class Cursor(base.SQLiteCursorWrapper):
    """Remembers statements whose placeholders it has turned from `%s` into `?`."""

    def convert_query(self, query, *, param_names=None):
        if param_names is None and len(query) < LONGEST_REMEMBERED:
            return self.with_question_marks(query)
        return super().convert_query(query, param_names=param_names)

    @staticmethod
    @lru_cache(maxsize=512)
    def with_question_marks(query: str) -> str:
        return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name=None):
        return self.connection.cursor(factory=Cursor)

    @property
    def queries_logged(self) -> bool:
        """Asked several times a statement. DEBUG, which would log them too, is off for good."""
        return self.force_debug_cursor
