"""Signs in the headers of a reported mail that somebody else wrote it than it says. They never lower a verdict."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from submissions.extraction.addresses import addresses, display_name, single_address
from submissions.extraction.hosts import registered_domain
from submissions.sandbox.base import Reason
from submissions.sandbox.static.findings import shown
from submissions.sandbox.static.hosting import FREE_MAIL
from submissions.sandbox.static.lookalikes import domain_resembles

SIGNS: dict[str, tuple[int, str]] = {
    "sender-forged": (60, "The mail says it is from this organisation, but the check of its origin failed"),
    "sender-look-alike": (60, "The domain of the sender resembles a domain of this organisation"),
    "sender-unclear": (30, "The mail names no single sender"),
    "name-shows-own": (50, "The name of the sender shows this organisation, but the address belongs elsewhere"),
    "name-shows-address": (30, "The name of the sender shows another address than the mail is from"),
    "reply-look-alike": (60, "Answers go to a domain that resembles a domain of this organisation"),
    "reply-leaves-own": (50, "The mail says it is from this organisation, but answers go elsewhere"),
    "reply-to-free-mail": (30, "Answers go to a free mail account that belongs to another domain than the sender's"),
    "reply-elsewhere": (10, "Answers go to another domain than the sender's"),
    "authentication-failed": (30, "A mail server found that the mail is not from where it says"),
    "fields-doubled": (15, "A field that a mail has once stands there twice"),
}
_FAILED = ("fail", "softfail", "permerror")
_IN_NAME = re.compile(
    r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)|\b((?:[\w-]{1,63}\.)+[a-z]{2,24})\b", re.IGNORECASE
)


def mail_signs(mail: Mapping[str, Any], own_domains: Sequence[str]) -> tuple[Reason, ...]:
    """The reasons, the heaviest first, each id once.

    `mail` is a reported mail as it is stored: `from` and `facts` as `extraction.reported` makes them. A mail
    that was forwarded as text has no facts beside its sender. `own_domains` are those of the organisation.
    """
    facts = mail.get("facts") or {}
    own = tuple(domain.lower().strip(".") for domain in own_domains if domain.strip("."))
    sender = str(mail.get("from") or "")
    found: dict[str, Reason] = {}
    for sign, detail in (*_sender(sender, own), *_reply(sender, facts, own), *_checks(sender, facts, own)):
        points, words = SIGNS[sign]
        found.setdefault(sign, Reason(sign, f"{words}: {shown(detail)}", points))
    return tuple(sorted(found.values(), key=lambda reason: -reason.points))


def _sender(sender: str, own: Sequence[str]) -> Iterator[tuple[str, str]]:
    if not sender.strip():
        return
    address = single_address((sender,))
    if address is None and len(addresses(sender)) != 1:
        yield "sender-unclear", sender
    domain = _domain(sender)
    look_alike = _resembled(domain, own)
    if look_alike:
        yield "sender-look-alike", f"{domain} is not {look_alike}"
    yield from _name(display_name(sender), domain, own)


def _name(name: str, domain: str, own: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A display name that shows an address or a domain: many mail programs show nothing else."""
    for match in _IN_NAME.finditer(name):
        named = (match[1] or match[2]).lower().strip(".")
        if _is_own(named, own) and not _is_own(domain, own):
            yield "name-shows-own", f"{name} <{domain}>"
        elif match[1] and registered_domain(named) != registered_domain(domain):
            yield "name-shows-address", f"{name} <{domain}>"


def _reply(sender: str, facts: Mapping[str, Any], own: Sequence[str]) -> Iterator[tuple[str, str]]:
    origin, target = _domain(sender), _domain(str(facts.get("reply_to") or ""))
    if not origin or not target or registered_domain(origin) == registered_domain(target):
        return
    look_alike = _resembled(target, own)
    if look_alike:
        yield "reply-look-alike", f"{target} is not {look_alike}"
    elif _is_own(origin, own) and not _is_own(target, own):
        yield "reply-leaves-own", target
    elif registered_domain(target) in FREE_MAIL:
        yield "reply-to-free-mail", f"{target}, not {origin}"
    else:
        yield "reply-elsewhere", f"{target}, not {origin}"


def _checks(sender: str, facts: Mapping[str, Any], own: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Failed checks count whoever noted them, for nobody forges a failure; passed ones prove nothing here."""
    failed = [words for field in facts.get("authentication_results") or () for words in _failures(field)]
    if failed:
        yield "authentication-failed", ", ".join(dict.fromkeys(failed))
        if _is_own(_domain(sender), own):
            yield "sender-forged", ", ".join(dict.fromkeys(failed))
    doubled = facts.get("doubled") or ()
    if doubled:
        yield "fields-doubled", ", ".join(map(str, doubled))


def _failures(field: Mapping[str, Any]) -> list[str]:
    """SPF, DKIM and DMARC (RFC 8601 section 2.7); one valid DKIM signature makes up for a broken one."""
    results = [(str(one.get("method")), str(one.get("result"))) for one in field.get("results") or ()]
    if ("dmarc", "pass") in results:
        return []
    failed = [
        (method, result) for method, result in results if result in _FAILED and method in ("spf", "dkim", "dmarc")
    ]
    return [f"{method} {result}" for method, result in failed if method != "dkim" or ("dkim", "pass") not in results]


def _domain(value: str) -> str:
    address = single_address((value,)) or next(iter(addresses(value)), "")
    return address.rpartition("@")[2]


def _is_own(domain: str, own: Sequence[str]) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in own)


def _resembled(domain: str, own: Sequence[str]) -> str:
    """The own domain that a strange one may be taken for, or nothing."""
    if not domain or _is_own(domain, own):
        return ""
    registered = registered_domain(domain)
    return next((one for one in own if domain_resembles(registered, one) or f".{one}." in f".{domain}."), "")
