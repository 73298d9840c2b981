"""What is known to be bad, and which rule says so. Pure.

Unlike the whitelist it reads an odd URL as browsers do rather than refuse it: userinfo or a strange port must not
save a known host.
"""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

from submissions.extraction.addresses import addresses, single_address
from submissions.extraction.hosts import canonical
from submissions.extraction.url_parts import split

SHA256 = re.compile(r"[0-9a-f]{64}")


class Rule(Protocol):
    """What a rule of the table looks like from here. `kind` is hash, host, domain, sender or sender-domain."""

    kind: str
    pattern: str


R = TypeVar("R", bound=Rule)


def file_rule(rules: Iterable[R], sha256: str) -> R | None:
    """The first rule against a file of this digest."""
    return next((rule for rule in rules if rule.kind == "hash" and rule.pattern == sha256), None)


def url_rule(rules: Iterable[R], url: str) -> R | None:
    """The first rule against the host of this URL."""
    host = canonical(split(url).host)
    return next((rule for rule in rules if host and _covers(rule, host, "host", "domain")), None)


def sender_rule(rules: Iterable[R], senders: Iterable[str]) -> R | None:
    """The first rule against one of these From fields; a field with several addresses is from each of them."""
    found = [address.lower() for field in senders for address in addresses(field)]
    domains = [canonical(address.rpartition("@")[2]) for address in found]
    for rule in rules:
        if rule.kind == "sender" and rule.pattern in found:
            return rule
        if any(_covers(rule, domain, "", "sender-domain") for domain in domains):
            return rule
    return None


def _covers(rule: Rule, host: str, exactly: str, below: str) -> bool:
    if rule.kind not in (exactly, below):
        return False
    return host == rule.pattern or (rule.kind == below and host.endswith(f".{rule.pattern}"))


def tidy(kind: str, pattern: str) -> str:
    """The pattern in the form in which it is compared. Raises ValueError with the reason in words."""
    pattern = pattern.strip()
    if kind == "hash":
        if not SHA256.fullmatch(pattern.lower()):
            raise ValueError("Give a sha256: 64 hexadecimal digits.")
        return pattern.lower()
    if kind == "sender":
        address = single_address((pattern,))
        if address is None:
            raise ValueError("Give one address such as billing@bad.example.")
        return address.lower()
    host = canonical(split(pattern if "://" in pattern else f"http://{pattern.lstrip('*.@')}").host)
    if "." not in host.strip("."):
        raise ValueError("Give a host such as bad.example.")
    return host
