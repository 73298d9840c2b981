"""Submissions as a table for spreadsheets, in which no cell can become a formula. Pure but for its rows."""

import csv
import io
from collections.abc import Iterable, Iterator

from submissions.selectors.listing import Row
from submissions.words import span

COLUMNS = ("number", "verdict", "score", "subject", "sender", "reporter", "files", "links", "findings", "reported",
           "time to verdict", "notified", "mailbox")  # fmt: skip
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: object) -> str:
    """The cell; one that a spreadsheet would calculate begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def plain(cell: str) -> str:
    """What `safe` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTS_FORMULA) else cell


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The table as lines of CSV (RFC 4180), its heading first."""
    yield line(COLUMNS)
    for row in rows:
        yield line(cells(row))


def line(values: Iterable[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([safe(value) for value in values])
    return written.getvalue()


def cells(row: Row) -> tuple[object, ...]:
    mail = row.submission
    return (
        mail.number,
        row.word,
        mail.score,
        mail.original.get("subject") or mail.subject,
        mail.original.get("from"),
        mail.reporter,
        row.files,
        row.links,
        row.finding,
        mail.received_at.isoformat(timespec="seconds"),
        "" if row.seconds is None else span(row.seconds),
        row.told,
        mail.mailbox.name,
    )
