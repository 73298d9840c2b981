"""Who a reported mail says it is from, and what speaks for and against that, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

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
        words = gettext(
            "not available: the mail was forwarded as text; forwarded as an attachment it keeps its headers"
        )
        return Origin([], [], words, [])
    results = facts.get("authentication_results") or []
    own = next((one for one in results if trusted and one.get("by") == trusted), None)
    claimed = own or next(iter(results), None)
    source = gettext("from our own server %s") % trusted if own else gettext("as the mail itself claims")
    return Origin(
        oddities=oddities(mail, facts),
        checks=[check(method, claimed or {}) for method in METHODS],
        source=source if claimed else gettext("no server has noted any result"),
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
    for name, field in (("reply_to", "Reply-To"), ("return_path", "Return-Path")):
        other = _domain(str(facts.get(name) or ""))
        if own and other and other != own:
            found.append(gettext("%s leads to %s, not %s") % (field, other, own))
    shown = display_name(sender)
    if "@" in shown and _domain(shown) not in ("", own):
        found.append(gettext("The name shows %s, the address is at %s") % (_domain(shown), own))
    found += [gettext("The field %s stands there more than once") % name for name in facts.get("doubled") or ()]
    return found


def _domain(text: str) -> str:
    address = single_address((text,)) or text.strip(" <>\"'")
    host = address.rpartition("@")[2].strip(" <>\"'").lower()
    return registered_domain(host) if "@" in address else ""
