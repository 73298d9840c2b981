"""Values of the search: one of a list, numbers, dates, patterns. Pure."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches

from submissions.search.grammar import SearchFault

MOST_STARS = 5
COMPARE = re.compile(r"(?P<sign>>=|<=|>|<|)(?P<value>.+)")
LOOKUPS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
AGO = re.compile(r"-(?P<number>\d{1,5})(?P<unit>[mhdw])")
HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d(:\d\d)?", re.ASCII)
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
Bounds = dict[str, int] | dict[str, datetime]


def choices(field: str, value: str, allowed: Collection[str]) -> list[str]:
    """The comma-separated words, each one of `allowed`."""
    words = [word for word in value.lower().split(",") if word]
    for word in words:
        if word not in allowed:
            near = get_close_matches(word, allowed, n=1)
            hint = f'Did you mean "{near[0]}"?' if near else f"It can be: {', '.join(allowed)}."
            raise SearchFault(f'{field}: does not know "{word}". {hint}')
    if not words:
        raise SearchFault(f"{field}: needs one of: {', '.join(allowed)}.")
    return words


def numbers(field: str, value: str) -> dict[str, int]:
    """Bounds by look-up: `>=60`, `20..60`, `75`."""
    low, dots, high = value.partition("..")
    if dots:
        return {"gte": _number(field, low), "lte": _number(field, high)}
    match = COMPARE.fullmatch(value)
    if match is None:
        raise SearchFault(f"{field}: needs a number, such as {field}:>=60.")
    return {LOOKUPS.get(match["sign"], "exact"): _number(field, match["value"])}


def _number(field: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise SearchFault(f"{field}: needs a number, such as {field}:>=60.")
    return int(text)


def moments(field: str, value: str, now: datetime) -> dict[str, datetime]:
    """Bounds by look-up: `>-7d` (within seven days), `2026-11-24` (that day), `2026-11-01..2026-11-30`.

    With hours, `2026-11-24T13..2026-11-24T14` is one hour.
    """
    low, dots, high = value.partition("..")
    if dots:
        return {"gte": _begin(field, low, now), "lt": _end(field, high, now)}
    match = COMPARE.fullmatch(value)
    if match is None:
        raise _not_a_moment(field)
    sign, text = match["sign"], match["value"]
    if sign in (">=", "<"):
        return {LOOKUPS[sign]: _begin(field, text, now)}
    if sign == ">":
        return {"gte": _begin(field, text, now) if AGO.fullmatch(text) else _end(field, text, now)}
    if sign == "<=":
        return {"lt": _end(field, text, now)}
    if AGO.fullmatch(text):
        return {"gte": _begin(field, text, now)}
    return {"gte": _begin(field, text, now), "lt": _end(field, text, now)}


def _begin(field: str, text: str, now: datetime) -> datetime:
    ago = AGO.fullmatch(text)
    if ago:
        return now - timedelta(**{UNITS[ago["unit"]]: int(ago["number"])})
    if HOUR.fullmatch(text):
        return _hour(field, text)
    return datetime.combine(_day(field, text, now), time(), UTC)


def _end(field: str, text: str, now: datetime) -> datetime:
    """The moment after; an hour is a moment, a day ends at midnight."""
    if AGO.fullmatch(text) or HOUR.fullmatch(text):
        return _begin(field, text, now)
    return datetime.combine(_day(field, text, now) + timedelta(days=1), time(), UTC)


def _hour(field: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise _not_a_moment(field) from error


def _day(field: str, text: str, now: datetime) -> date:
    if text.lower() in ("today", "yesterday"):
        return now.astimezone(UTC).date() - timedelta(days=text.lower() == "yesterday")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _not_a_moment(field) from error


def _not_a_moment(field: str) -> SearchFault:
    return SearchFault(f"{field}: needs a time, such as {field}:>-7d or {field}:2026-11-24.")


def pattern(value: str, any_character: str = ".") -> str:
    """A regular expression for a value with `*`, without anchors. At most five stars."""
    if value.count("*") > MOST_STARS:
        raise SearchFault(f"At most {MOST_STARS} stars in one word.")
    return f"{any_character}*".join(re.escape(piece) for piece in re.sub(r"\*+", "*", value).split("*"))


def plain(url: str) -> str:
    """The URL as it really is: `hxxps://acme[.]example` is a shown form."""
    return re.sub(r"(?i)^hxxp", "http", url).replace("[.]", ".").replace("[:]", ":")
