"""Which links need no analysis, and which rule says so. Pure."""

from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

import idna


class Rule(Protocol):
    """What a rule of the table looks like from here. `kind` is host, domain or prefix."""

    kind: str
    pattern: str


def host_of(url: str) -> str:
    """The host of an http(s) URL as browsers read it, in IDNA form; empty for anything else or odd.

    Odd is what is made to deceive: userinfo, a backslash, control characters. Such a URL matches no rule.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port not in (None, 80, 443):
        return ""
    if any(character in url for character in "\\\t\r\n\0 "):
        return ""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""


def matches(rule: Rule, url: str) -> bool:
    """Whether this rule covers the URL."""
    host = host_of(url)
    if not host:
        return False
    if rule.kind == "host":
        return host == rule.pattern
    if rule.kind == "domain":
        return host == rule.pattern or host.endswith(f".{rule.pattern}")
    return _canonical(url).startswith(rule.pattern) and ".." not in url and "%2e" not in url.lower()


def deciding(rules: Iterable[Rule], url: str) -> Rule | None:
    """The first rule that covers the URL, or None: then the link is analysed."""
    return next((rule for rule in rules if matches(rule, url)), None)


def tidy(kind: str, pattern: str) -> str:
    """The pattern in the form in which it is compared. Raises ValueError with the reason in words."""
    pattern = pattern.strip()
    if kind == "prefix":
        if not host_of(pattern) or urlsplit(pattern).path == "":
            raise ValueError("A prefix begins with https:// and goes at least to the slash after the host.")
        return _canonical(pattern)
    host = host_of(pattern) if "://" in pattern else host_of(f"https://{pattern.lstrip('*.')}/")
    if "." not in host or "/" in pattern.split("://")[-1].rstrip("/"):
        raise ValueError("Give a host such as corp.example, without a path.")
    return host


def _canonical(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host_of(url)}{parts.path}{query}"
