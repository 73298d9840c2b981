"""One form for one URL, so that the same link found twice is one artifact (RFC 3986 section 6, WHATWG URL)."""

import re
from urllib.parse import quote

from submissions.extraction.hosts import canonical
from submissions.extraction.url_oddities import ODDITIES, oddities
from submissions.extraction.url_parts import WITH_HOST, Parts, split, tidy

__all__ = ["ODDITIES", "host", "normalise", "oddities"]

DEFAULT_PORTS = {"http": "80", "https": "443", "ftp": "21", "ws": "80", "wss": "443"}
ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")
# What most links of mails are already: no port, no escape, no dot segment, a host of plain labels.
NORMAL = re.compile(r"(?:https?|ftp)://(?:[a-z0-9\-]{1,63}\.){1,9}[a-z]{2,63}/[!#$&-;=?-\[\]_a-~]*")
NEEDS_HOST = WITH_HOST - {"file"}
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
NEVER_BARE = re.compile(r"[^!#-;=?-_a-~]+")


def normalise(url: str) -> str:
    """The identity of a URL: equal for two spellings that every browser takes to the same place.

    Scheme and host are lower case and ASCII, an address in disguise is written out, the default port goes,
    dot segments are resolved, escapes are upper case and gone where they are needless, blanks and other
    alphabets are escaped. Userinfo, query and fragment stay: phishing pages read all three. A bare host
    gets `http://`, a UNC path `file://`. Never raises: what is no URL comes back tidied.
    """
    if NORMAL.fullmatch(url) and "/." not in url:
        return url
    parts = split(url)
    if not parts.scheme or (not parts.host and parts.scheme in NEEDS_HOST):
        return tidy(url)
    if parts.scheme not in WITH_HOST:
        return f"{parts.scheme}:{_escaped(parts.path)}{_tail(parts)}"
    path = _resolved(_escaped(parts.path)) or "/"
    return f"{parts.scheme}://{_authority(parts)}{path}{_tail(parts)}"


def host(url: str) -> str:
    """The canonical host of a URL, without port, or nothing for one that names none."""
    return _host(split(url))


def _host(parts: Parts) -> str:
    """A host that cannot be decoded keeps its escapes, in their normal form."""
    return _escaped(canonical(_escaped(parts.host)))


def _authority(parts: Parts) -> str:
    userinfo = "" if parts.userinfo is None else _escaped(parts.userinfo).replace("@", "%40") + "@"
    port = (parts.port or "").lstrip("0") or ("0" if parts.port else "")
    if not port or port == DEFAULT_PORTS.get(parts.scheme):
        port = ""
    return f"{userinfo}{_host(parts)}{':' if port else ''}{_escaped(port)}"


def _tail(parts: Parts) -> str:
    query = "" if parts.query is None else "?" + _escaped(parts.query)
    fragment = "" if parts.fragment is None else "#" + _escaped(parts.fragment)
    return query + fragment


def _escaped(text: str) -> str:
    if "%" in text:
        text = ESCAPED.sub(_plain_escape, text)
    return NEVER_BARE.sub(lambda found: quote(found[0], safe="%", errors="surrogatepass"), text)


def _plain_escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in UNRESERVED else found[0].upper()


def _resolved(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
