"""What the value of a forwarded header can be: addresses, a date, or words. Any language, linear time."""

import re
from collections import deque

LONGEST_DATE = 120
LONGEST_ADDRESSES = 20_000

_MAILTO = re.compile(r"<?\[?\s*mailto:[^\s<>\[\]]{1,320}[>\]]?", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'|@]{1,64}@[^\s<>()\[\]:;,\"'|@]{1,255}")
_BRACKETED = re.compile(r"[<\[(]\s*(?:mailto:)?([^\s<>()\[\]:;,\"@]{1,64}@[^\s<>()\[\]:;,\"@]{1,255})", re.IGNORECASE)
_AFTER_ADDRESS = re.compile(r"[\s<>()\[\]:;,.\"'|]*")
_BEFORE_BARE = re.compile(r"[\s<(\[\"']*")
_TIME = re.compile(r"\d{1,2}\s?[:：h時时시]\s?\d{2}|(?<![\d.])\d{1,2}\.\d{2}(?![\d.])")
_DIGITS = re.compile(r"\d+")
_LABELLED = re.compile(r"[^\W\d_]{3,}\s?[:：]")
_LETTER = re.compile(r"[^\W\d_]")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_QUOTES = " \t\"'“”„«»‘’\u00a0"
_SPECIAL = re.compile(r"[()<>\[\]:;@\\,\"]")


def is_addresses(value: str) -> bool:
    """Whether the value is a list of addresses, with or without names, and nothing else."""
    if "@" not in value or len(value) > LONGEST_ADDRESSES:
        return False
    shown = _MAILTO.sub("", value) if "mailto:" in value.lower() else value
    found = deque(_ADDRESS.finditer(shown if "@" in shown else value), maxlen=1)
    last = found[0] if found else None
    if last is None or not _AFTER_ADDRESS.fullmatch(last.string, last.end()):
        return False
    start = last.start()
    if last.string[:start].rstrip().endswith(("<", "[", "(", '"', "'", ",", ";", ":")):
        return True
    return bool(_BEFORE_BARE.fullmatch(last.string, 0, start))


def date_likeness(value: str) -> int:
    """0 for what is no date, more the more it looks like one: a time, a year, few words."""
    if len(value) > LONGEST_DATE or "@" in value or "//" in value:
        return 0
    groups = len(_DIGITS.findall(value))
    if groups < 2:
        return 0
    words = sum(map(_has_letters, value.split()))
    has_time, has_year = bool(_TIME.search(value)), bool(_YEAR.search(value))
    if words > 12 or not (has_time or has_year or groups >= 3):
        return 0
    labelled = _LABELLED.search(value) is not None
    likeness = 40 * has_time + 30 * has_year + 10 * min(groups, 3) - 30 * labelled - 2 * words
    return max(likeness, 1)


def _has_letters(word: str) -> bool:
    return _LETTER.search(word) is not None


def sender_of(value: str) -> tuple[str, str]:
    """Name and address of the first mailbox in the value; either may be empty."""
    value = value[:1000].strip().rstrip(";,").strip()
    bracketed = _BRACKETED.search(value)
    bare = _ADDRESS.search(_MAILTO.sub("", value)) or _ADDRESS.search(value)
    if bracketed is None:
        return ("", _trimmed(bare[0])) if bare else (_bare_name(value), "")
    before = value[: bracketed.start()]
    name = _bare_name(before)
    address = _trimmed(bracketed[1])
    return ("" if name.lower() == address.lower() or "@" in name else name), address


def _trimmed(address: str) -> str:
    """The domain ends in a letter or digit, whatever punctuation stands around the address."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.strip('.').lower()}"


def _bare_name(text: str) -> str:
    return " ".join(text.strip(_QUOTES).replace("\\", "").split())[:200].strip(_QUOTES)


def mailbox(name: str, address: str) -> str:
    """`Name <address>` as a header writes it: a name with special characters in quotes (RFC 5322 section 3.2.3)."""
    if not address:
        return name
    if not name:
        return address
    shown = '"' + name.replace('"', "'") + '"' if _SPECIAL.search(name) else name
    return f"{shown} <{address}>"
