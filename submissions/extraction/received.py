"""The way a mail took, from its Received fields (RFC 5321 section 4.4), and what servers said about its origin."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

MOST_HOPS = 50
_USUAL_DATE = re.compile(
    r"\s*(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2})"
    r" ([+-][0-9]{2})([0-9]{2})(?![0-9])"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# They begin with plain letters, which keeps the search fast.
_BY = re.compile(r"by(?<!\wby)\s+([^\s;()]{1,255})")
_FROM = re.compile(r"\s*from\s+([^\s;()]{1,255})")
_WITH = re.compile(r"with(?<!\wwith)\s+([^\s;()]{1,40})")
_METHOD = re.compile(
    r"(?:^|[;\s])(spf|dkim|dmarc|arc|compauth|iprev|auth|dkim-adsp|sender-id|bimi)\s*=\s*([a-z]{3,15})", re.IGNORECASE
)
_PROPERTY = re.compile(r"\b(smtp\.\w+|header\.[\w.]+|action|reason)\s*=\s*(\"[^\"]{0,200}\"|[^\s;]{1,200})")


def hops(values: tuple[str, ...]) -> list[dict[str, object]]:
    """The hops, oldest first: from, by, with, at (ISO 8601 or empty) and delay in seconds since the one before."""
    found: list[dict[str, object]] = []
    before: float | None = None
    for value in reversed(values[:MOST_HOPS]):
        at = _moment(value.rpartition(";")[2])
        delay = round(at[1] - before) if at and before is not None else None
        before = at[1] if at else before
        found.append(
            {
                "from": sender[1] if (sender := _FROM.match(value)) else "",
                "by": _first(_BY, value),
                "with": _first(_WITH, value),
                "at": at[0] if at else "",
                "delay": delay,
            }
        )
    return found


def authentication_results(values: tuple[str, ...]) -> list[dict[str, object]]:
    """What each field says (RFC 8601), newest first: by whom, and method, result and properties of each check.

    Tolerant, for Exchange leaves out the server's name. Only the field of one's own server can be trusted.
    """
    return [{"by": _server(value), "results": _results(value)} for value in values[:10]]


def _server(value: str) -> str:
    first = value.partition(";")[0].strip()
    return "" if "=" in first else first.partition(" ")[0][:255]


def _results(value: str) -> list[dict[str, object]]:
    methods = list(_METHOD.finditer(value))[:20]
    ends = [*(match.start() for match in methods[1:]), len(value)][: len(methods)]
    return [
        {
            "method": match[1].lower(),
            "result": match[2].lower(),
            "properties": {key: text.strip('"') for key, text in _PROPERTY.findall(value[match.end() : end])},
        }
        for match, end in zip(methods, ends, strict=True)
    ]


def _first(pattern: re.Pattern[str], value: str) -> str:
    match = pattern.search(value)
    return match[1] if match else ""


def _usual_moment(text: str) -> datetime | None:
    """As nearly all servers write it; Python's own parser takes ten times as long."""
    found = _USUAL_DATE.match(text)
    if found is None or found[2] not in _MONTHS:
        return None
    day, month, year, time, hours, minutes = found.groups()
    return datetime.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02}-{day:0>2}T{time}{hours}:{minutes}")


def _moment(text: str) -> tuple[str, float] | None:
    try:
        moment = _usual_moment(text) or parsedate_to_datetime(text[:100])
        return moment.isoformat(), moment.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
