"""Whether the receiving server proved who sent a mail: Authentication-Results (RFC 8601), read strictly. Pure.

Only the topmost header of the configured server counts. A server that judges every mail always stands above
what a sender wrote into the mail himself; a mail that it did not judge is not proven.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from publicsuffixlist import PublicSuffixList

from notifications.addresses import domain_of

EXCHANGE_ONLINE = "exchange-online"
LONGEST = 8000
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;="()]+|[;=]|\s+')
KEYWORD = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True)
class Result:
    """One method's outcome with its properties: `dkim`, `pass`, {"header.d": "corp.example"}."""

    method: str
    outcome: str
    properties: dict[str, str]


class Malformed(ValueError):
    """The header is not of the grammar; then it proves nothing."""


def is_proven(headers: Sequence[tuple[str, str]], *, domain: str, authserv_id: str) -> bool:
    """Whether the server says that the mail comes from `domain`: DMARC passed, or SPF or DKIM in its name."""
    value = topmost(headers, authserv_id)
    if value is None:
        return False
    try:
        found = list(results(value, authserv_id))
    except Malformed:
        return False
    if any(one.method == "dmarc" and one.outcome in ("fail", "permerror", "temperror") for one in found):
        return False
    return any(proves(one, domain) for one in found)


def topmost(headers: Sequence[tuple[str, str]], authserv_id: str) -> str | None:
    for name, value in headers:
        if name.lower() == "authentication-results" and len(value) <= LONGEST:
            try:
                serves = server(value)
            except Malformed:
                continue
            if serves == ("" if authserv_id.lower() == EXCHANGE_ONLINE else authserv_id.lower()):
                return value
    return None


def server(value: str) -> str:
    """The authserv-id; empty for Exchange Online, which writes its results without one."""
    first = statements(value)[0]
    return "" if "=" in first else first[0].strip('"').lower() if first else ""


def results(value: str, authserv_id: str) -> Iterator[Result]:
    """The results of the header. Raises Malformed."""
    whole = statements(value)
    for statement in whole if authserv_id.lower() == EXCHANGE_ONLINE else whole[1:]:
        if statement and [word.lower() for word in statement] != ["none"]:
            yield result(statement)


def statements(value: str) -> list[list[str]]:
    """The words between semicolons, comments and blanks left out."""
    text = without_comments(value)
    found: list[list[str]] = [[]]
    end = 0
    for match in TOKEN.finditer(text):
        if match.start() != end:
            raise Malformed(value)
        end = match.end()
        if match[0] == ";":
            found.append([])
        elif not match[0].isspace():
            found[-1].append(match[0])
    if end != len(text):
        raise Malformed(value)
    return found


def without_comments(value: str) -> str:
    """The text without `(...)`, which may nest and hold escaped parentheses. Raises Malformed."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if not (letter.isprintable() or letter in "\t\r\n "):
            raise Malformed(value)
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
            continue
        elif letter == ")" and not quoted:
            depth -= 1
            kept.append(" ")
            if depth < 0:
                raise Malformed(value)
            continue
        if not depth:
            kept.append(letter)
    if depth or quoted or escaped:
        raise Malformed(value)
    return "".join(kept)


def result(statement: list[str]) -> Result:
    """`spf = pass smtp.mailfrom = corp.example` as a Result. Raises Malformed."""
    if len(statement) < 3 or len(statement) % 3 or statement[1::3] != ["="] * (len(statement) // 3):
        raise Malformed(" ".join(statement))
    names = [name.lower() for name in statement[0::3]]
    if not all(KEYWORD.fullmatch(name.split("/")[0]) for name in names) or len(set(names)) != len(names):
        raise Malformed(" ".join(statement))
    values = [value.strip('"') for value in statement[2::3]]
    return Result(names[0].split("/")[0], values[0].lower(), dict(zip(names[1:], values[1:], strict=True)))


def proves(one: Result, domain: str) -> bool:
    if one.outcome != "pass":
        return False
    if one.method == "dmarc":
        return domain_of(one.properties.get("header.from", "")) == domain
    if one.method == "spf":
        return aligned(one.properties.get("smtp.mailfrom", ""), domain)
    signer = one.properties.get("header.d") or one.properties.get("header.i", "")
    return one.method == "dkim" and aligned(signer, domain)


@cache
def public_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def aligned(found: str, domain: str) -> bool:
    """Whether both stand under the same registered domain (RFC 7489 3.1, relaxed)."""
    other = domain_of(found)
    if not other or not domain:
        return False
    own = public_suffixes().privatesuffix(domain)
    return other == domain or (own is not None and own == public_suffixes().privatesuffix(other))
