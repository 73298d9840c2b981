"""Whitelist rules as a table: written for other systems, and read with a look at every line before any is kept."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime

from submissions.models import WhitelistRule
from submissions.selectors.whitelist import malicious_before, too_wide
from submissions.sheet import line, plain

COLUMNS = ("kind", "pattern", "owner", "expires", "enabled", "note")
MOST = 500
YES, NO = ("", "yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class Looked:
    """What a table would do: `new` rules, lines that are `known`, `faults` and `doubts`, each with its line."""

    new: list[WhitelistRule] = field(default_factory=list)
    known: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    doubts: list[tuple[int, str]] = field(default_factory=list)


def lines(rules: Iterable[WhitelistRule]) -> Iterator[str]:
    """The rules as lines of CSV (RFC 4180), which `look` reads again."""
    yield line(COLUMNS)
    for rule in rules:
        expires = rule.expires_at.isoformat() if rule.expires_at else ""
        yield line((rule.kind, rule.pattern, rule.owner, expires, "yes" if rule.enabled else "no", rule.note))


def look(text: str) -> Looked:
    """Read the table and keep nothing. A rule that stands in it twice counts once."""
    looked = Looked()
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in ("kind", "pattern") if name not in (reader.fieldnames or ())]
    if missing:
        looked.faults.append((1, f"The first line has to name the columns; missing: {', '.join(missing)}."))
        return looked
    seen = set(WhitelistRule.objects.values_list("kind", "pattern"))
    numbers: dict[tuple[str, str], int] = {}
    try:
        for row in reader:
            if len(numbers) + len(looked.known) + len(looked.faults) >= MOST:
                looked.faults.append((reader.line_num, f"At most {MOST} rules at a time."))
                break
            if rule := _sorted_in(looked, row, reader.line_num, seen):
                numbers[rule.kind, rule.pattern] = reader.line_num
    except csv.Error as error:
        looked.faults.append((reader.line_num, f"This is no CSV: {error}."))
    _doubt(looked, numbers)
    return looked


def _sorted_in(
    looked: Looked, row: Mapping[str, str | None], number: int, seen: set[tuple[str, str]]
) -> WhitelistRule | None:
    try:
        rule = rule_of(row)
    except ValidationError as error:
        looked.faults.append((number, " ".join(error.messages)))
        return None
    if (rule.kind, rule.pattern) in seen:
        looked.known.append((number, str(rule)))
        return None
    seen.add((rule.kind, rule.pattern))
    looked.new.append(rule)
    return rule


def rule_of(row: Mapping[str, str | None]) -> WhitelistRule:
    """The rule of a line. Raises ValidationError with the reasons."""
    cells = {name: plain((row.get(name) or "").strip()) for name in COLUMNS}
    if None in row:
        raise ValidationError("The line has more cells than the first line has names.")
    if cells["enabled"].lower() not in YES + NO:
        raise ValidationError("Enabled is yes or no.")
    rule = WhitelistRule(
        kind=cells["kind"],
        pattern=cells["pattern"],
        owner=cells["owner"],
        note=cells["note"],
        enabled=cells["enabled"].lower() in YES,
        expires_at=_moment(cells["expires"]),
    )
    rule.full_clean(validate_unique=False, validate_constraints=False)
    return rule


def _moment(text: str) -> datetime | None:
    try:
        day = parse_date(text)
        moment = datetime(day.year, day.month, day.day) if day else parse_datetime(text)
    except ValueError:
        moment = None
    if text and moment is None:
        raise ValidationError("Write the end as 2027-12-31.")
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _doubt(looked: Looked, numbers: Mapping[tuple[str, str], int]) -> None:
    enabled = [rule for rule in looked.new if rule.enabled]
    bad = malicious_before(enabled)
    for rule in enabled:
        number = numbers[rule.kind, rule.pattern]
        looked.doubts.extend((number, words) for words in too_wide(rule))
        if rule.pattern in bad:
            looked.doubts.append((number, f"It would have skipped {bad[rule.pattern]}, which is malicious."))


@transaction.atomic
def keep(looked: Looked, actor: str) -> int:
    """Keep the new rules, all or none, each with a line in the audit; how many they are.

    Raises IntegrityError when somebody added one of them meanwhile.
    """
    for rule in looked.new:
        rule.save()
        rule.tell("imported", actor)
    return len(looked.new)
