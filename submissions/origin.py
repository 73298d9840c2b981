"""Who a reported mail says it is from, and what speaks for and against that. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from submissions.extraction.addresses import display_name, single_address
from submissions.extraction.hosts import registered_domain

METHODS = ("spf", "dkim", "dmarc", "arc")
GOOD = ("pass", "bestguesspass")
BAD = ("fail", "softfail", "permerror")


@dataclass(frozen=True)
class Check:
    """One check of a mail's origin: `key` is the colour of its result."""

    method: str
    result: str
    key: str


@dataclass(frozen=True)
class Origin:
    """`oddities` in words; `checks` as `source` says them; `hops` oldest first."""

    oddities: list[str]
    checks: list[Check]
    source: str
    hops: list[dict[str, Any]]


def origin(mail: Mapping[str, Any], trusted: str) -> Origin:
    """What the facts of a reported mail say. `trusted` is the id under which our own server writes results."""
    facts = mail.get("facts") or {}
    if not facts or facts.get("not_available"):
        words = "not available: the mail was forwarded as text; forwarded as an attachment it keeps its headers"
        return Origin([], [], words, [])
    results = facts.get("authentication_results") or []
    own = next((one for one in results if trusted and one.get("by") == trusted), None)
    claimed = own or next(iter(results), None)
    source = f"from our own server {trusted}" if own else "as the mail itself claims"
    return Origin(
        oddities=oddities(mail, facts),
        checks=[check(method, claimed or {}) for method in METHODS],
        source=source if claimed else "no server has noted any result",
        hops=facts.get("hops") or [],
    )


def check(method: str, results: Mapping[str, Any]) -> Check:
    found = next((one["result"] for one in results.get("results", ()) if one.get("method") == method), "none")
    key = "clean" if found in GOOD else "malicious" if found in BAD else "unknown"
    return Check(method.upper(), found, key)


def oddities(mail: Mapping[str, Any], facts: Mapping[str, Any]) -> list[str]:
    """What does not fit together, in words."""
    sender = str(mail.get("from", ""))
    own = _domain(sender)
    found = []
    for name, words in (("reply_to", "Reply-To leads to"), ("return_path", "Return-Path leads to")):
        other = _domain(str(facts.get(name) or ""))
        if own and other and other != own:
            found.append(f"{words} {other}, not {own}")
    shown = display_name(sender)
    if "@" in shown and _domain(shown) not in ("", own):
        found.append(f"The name shows {_domain(shown)}, the address is at {own}")
    found += [f"The field {name} stands there more than once" for name in facts.get("doubled") or ()]
    return found


def _domain(text: str) -> str:
    address = single_address((text,)) or text.strip(" <>\"'")
    host = address.rpartition("@")[2].strip(" <>\"'").lower()
    return registered_domain(host) if "@" in address else ""
