"""Conditions whose words stand in the statement itself.

SQLite takes an index that has a condition only for a search that says the same (sqlite.org/partialindex.html, section
3), and it chooses before it learns the values of parameters.
"""

from typing import Any

from django.db.models import Q, Value


class Word(Value):
    """A word of our own, never one from outside."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        quoted = str(self.value).replace("'", "''").replace("%", "%%")
        return f"'{quoted}'", ()


def literally(condition: Q) -> Q:
    """The same condition, without parameters for its words."""
    return Q(*map(_spelt, condition.children), _connector=condition.connector, _negated=condition.negated)


def _spelt(part: Any) -> Any:
    match part:
        case Q():
            return literally(part)
        case (look_up, str(word)):
            return look_up, Word(word)
        case (look_up, tuple(words)):
            return look_up, [Word(word) for word in words]
        case _:
            return part
