"""Rows into tables as fast as the database takes them: COPY on PostgreSQL, many INSERTs at once elsewhere."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

Row = Mapping[str, Any]
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype IN ('u', 'f') AND conrelid = ANY(%s::regclass[])
"""
INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE NOT indisprimary AND indrelid = ANY(%s::regclass[])
"""


class Table:
    """One table; a row names what differs from the fields' defaults."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.columns = [str(field.column) for field in model._meta.concrete_fields]
        self.places = {field.attname: place for place, field in enumerate(model._meta.concrete_fields)}
        self.defaults = [stored(field.get_default()) for field in model._meta.concrete_fields]

    def load(self, rows: Iterable[Row]) -> None:
        """Write the rows; their keys are given by the caller."""
        names = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        table = f"{connection.ops.quote_name(self.model._meta.db_table)} ({names})"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                defaults = [as_text(value) for value in self.defaults]
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write("".join("\t".join(self._line(defaults, row, as_text)) + "\n" for row in rows))
            else:
                lines = [self._line(self.defaults, row, stored) for row in rows]
                marks = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", lines)  # noqa: S608 own names

    def _line(self, defaults: list[Any], row: Row, form: Callable[[Any], Any]) -> list[Any]:
        line = defaults.copy()
        for name, value in row.items():
            line[self.places[name]] = form(value)
        return line

    def next_key(self) -> int:
        return (self.model._default_manager.aggregate(most=models.Max("pk"))["most"] or 0) + 1


@contextmanager
def without_indexes(tables: Iterable[Table]) -> Iterator[None]:
    """All in one transaction; on PostgreSQL indexes, and the checks of references, are built once all rows stand."""
    names = [table.model._meta.db_table for table in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        again = list[str]()
        for question in (CONSTRAINTS, INDEXES) if connection.vendor == "postgresql" else ():
            cursor.execute(question, [names])
            for drop, build in cursor.fetchall():
                cursor.execute(drop)
                again.append(build)
        yield
        if again:
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for build in reversed(again):
            cursor.execute(build)


def stored(value: Any) -> Any:
    """The value as both databases take it: times in UTC without a zone, JSON as text, keys as hexadecimal digits."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, list | dict):
        return json.dumps(value)
    if isinstance(value, uuid.UUID):
        return value.hex
    return value


def as_text(value: Any) -> str:
    """The same in PostgreSQL's text form of COPY."""
    value = stored(value)
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(ESCAPES)


def count_on(tables: Iterable[Table]) -> None:
    """Let the database give keys after those that were written."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)
