"""Which links, files and mails need no analysis, and which rule says so. Pure."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import idna
import re2

from submissions.extraction.addresses import single_address

SHA256 = re.compile(r"[0-9a-f]{64}")
REGEX_BEGINS = ("https://", "http://", "https?://")


class Rule(Protocol):
    """A rule of the table as it looks from here. `kind` is host, domain, prefix, wildcard, regex, hash or sender."""

    kind: str
    pattern: str


R = TypeVar("R", bound=Rule)


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
    return _spelled_like(rule, _canonical(url)) and ".." not in url and "%2e" not in url.lower()


def _spelled_like(rule: Rule, url: str) -> bool:
    if rule.kind == "prefix":
        return url.startswith(rule.pattern)
    if rule.kind == "wildcard":
        pieces = (re2.escape(piece) for piece in rule.pattern.split("*"))
        return bool(_compiled("[^?#]*".join(pieces)).fullmatch(url))
    return rule.kind == "regex" and bool(_compiled(rule.pattern).fullmatch(url))


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> "re2._Regexp":
    """RE2 reads any text in linear time, whatever the pattern. Raises re2.error for a pattern that is none."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def deciding_on_file(rules: Iterable[Rule], sha256: str) -> Rule | None:
    """The first rule that covers a file of this digest."""
    return next((rule for rule in rules if rule.kind == "hash" and rule.pattern == sha256), None)


def deciding(rules: Iterable[Rule], url: str) -> Rule | None:
    """The first rule that covers the URL, or None: then the link is analysed."""
    return next((rule for rule in rules if matches(rule, url)), None)


def deciding_on_mail(rules: Iterable[R], mail: Mapping[str, Any], trusted: str) -> R | None:
    """The first rule that covers a reported mail by its sender, whom our own server `trusted` has proven.

    `mail` is a reported mail as a submission keeps it. Only one that was attached whole proves anything:
    what a forward quotes, anybody can write. See docs/decisions/0022.
    """
    address = proven_sender(mail, trusted)
    return next((rule for rule in rules if address and sends(rule, address)), None)


def sends(rule: Rule, address: str) -> bool:
    """Whether the rule names this address or its very domain; subdomains need a rule of their own."""
    return rule.kind == "sender" and rule.pattern in (address, address.rpartition("@")[2])


def proven_sender(mail: Mapping[str, Any], trusted: str) -> str:
    """The From address whose domain passed DMARC at our own server, or an empty text."""
    facts = mail.get("facts") or {}
    address = (single_address((str(mail.get("from", "")),)) or "").lower()
    newest: Mapping[str, Any] = next(iter(facts.get("authentication_results") or ()), {})
    if not trusted or mail.get("how") != "attached" or facts.get("doubled") or newest.get("by") != trusted:
        return ""
    said = [one for one in newest.get("results", ()) if one.get("method") == "dmarc"]
    if len(said) != 1 or said[0].get("result") != "pass":
        return ""
    domain = str(said[0].get("properties", {}).get("header.from", "")).lower()
    return address if domain and domain == address.rpartition("@")[2] else ""


def tidy(kind: str, pattern: str) -> str:
    """The pattern in the form in which it is compared. Raises ValueError with the reason in words."""
    pattern = pattern.strip()
    if kind == "hash":
        if not SHA256.fullmatch(pattern.lower()):
            raise ValueError("Give a sha256: 64 hexadecimal digits.")
        return pattern.lower()
    if kind == "regex":
        return _tidy_regex(pattern)
    if kind == "sender":
        return _tidy_sender(pattern)
    if kind == "wildcard" and ("*" not in pattern or "*" in urlsplit(pattern).netloc):
        raise ValueError("Put the star into the path: https://corp.example/*/news")
    if kind in ("prefix", "wildcard"):
        if not host_of(pattern) or urlsplit(pattern).path == "":
            raise ValueError("A prefix begins with https:// and goes at least to the slash after the host.")
        return _canonical(pattern)
    host = host_of(pattern) if "://" in pattern else host_of(f"https://{pattern.lstrip('*.')}/")
    if "." not in host or "/" in pattern.split("://")[-1].rstrip("/"):
        raise ValueError("Give a host such as corp.example, without a path.")
    return host


def _tidy_sender(pattern: str) -> str:
    address = single_address((pattern if "@" in pattern.lstrip("@") else f"any@{pattern.lstrip('@')}",))
    if address is None or "." not in address.rpartition("@")[2]:
        raise ValueError("Give an address such as news@corp.example, or a domain.")
    return address.lower() if "@" in pattern.lstrip("@") else address.lower().rpartition("@")[2]


def _tidy_regex(pattern: str) -> str:
    if not pattern.startswith(REGEX_BEGINS):
        raise ValueError("Begin with https:// and the host; the whole link has to match.")
    try:
        _compiled(pattern)
    except re2.error as error:
        raise ValueError(f"This is no regular expression: {error}") from error
    return pattern


def _canonical(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host_of(url)}{parts.path}{query}"
