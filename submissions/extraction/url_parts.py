"""Takes a URL apart the way browsers do, forgiving what they forgive (WHATWG URL Standard 4.4)."""

import re
from functools import lru_cache
from typing import NamedTuple

WITH_HOST = frozenset({"http", "https", "ftp", "ws", "wss", "file"})
EDGES = "".join(map(chr, range(0x21))) + "\x7f\xa0\ufeff"
INNER_BLANKS = dict.fromkeys(map(ord, "\t\n\r\0"))

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*+):")
HOST_AND_PORT = re.compile(r"[0-9]{1,5}(?:[/?#]|$)")
BARE_HOST = re.compile(r"[^\s/?#@:\\]*\.[^\s/?#@:\\.]+\.?(?:[:/?#]|$)")
AFTER_PATH = re.compile(r"[?#]")
AUTHORITY_END = re.compile(r"[/?#]")


# What most links of mails look like; the rest is taken apart step by step.
USUAL = re.compile(r"(https?)://([a-zA-Z0-9.\-]+)(/[^?#\\]*)?(?:\?([^#]*))?(?:#(.*))?")


class Parts(NamedTuple):
    """A URL in pieces, as spelled. `port`, `query` and `fragment` are None when there is none, not even empty.

    `host` is empty for a URL that names none (`mailto:`, a relative reference); then all after the scheme is `path`.
    """

    scheme: str
    userinfo: str | None
    host: str
    port: str | None
    path: str
    query: str | None
    fragment: str | None


def tidy(url: str) -> str:
    """Without what browsers drop silently: blanks around it, tabs and line ends in it."""
    return url.strip() if url.isprintable() else url.strip(EDGES).translate(INNER_BLANKS)


@lru_cache(maxsize=256)
def split(url: str) -> Parts:
    """Read `http:\\\\host`, `http:/host`, `//host`, `\\\\host\\share` and `host.example/path` alike. Never raises."""
    url = tidy(url)
    if usual := USUAL.fullmatch(url):
        scheme, host, path, query, fragment = usual.groups()
        return Parts(scheme, None, host, None, path or "", query, fragment)
    if url.startswith("\\\\"):
        return _with_host("file", url)
    found = SCHEME.match(url)
    if found and not HOST_AND_PORT.match(url, found.end()):
        scheme, rest = found[1].lower(), url[found.end() :]
        return _with_host(scheme, rest) if scheme in WITH_HOST else _opaque(scheme, rest)
    if url.startswith("//") or BARE_HOST.match(url) or found:
        return _with_host("http", url)
    return _opaque("", url)


def _opaque(scheme: str, rest: str) -> Parts:
    rest, _, fragment = rest.partition("#") if scheme != "data" else (rest, "", "")
    return Parts(scheme, None, "", None, rest, None, fragment or None)


def _with_host(scheme: str, rest: str) -> Parts:
    path_end = AFTER_PATH.search(rest)
    end = path_end.start() if path_end else len(rest)
    rest = rest[:end].replace("\\", "/") + rest[end:]
    slashes = len(rest) - len(rest.lstrip("/"))
    if scheme == "file" and slashes in (0, 1, 3):
        authority, tail = "", "/" + rest[slashes:]
    else:
        rest = rest[slashes:]
        authority_end = AUTHORITY_END.search(rest)
        cut = authority_end.start() if authority_end else len(rest)
        authority, tail = rest[:cut], rest[cut:]
    userinfo, at, host_and_port = authority.rpartition("@")
    host, port = _host_and_port(host_and_port)
    tail, hash_sign, fragment = tail.partition("#")
    path, question_mark, query = tail.partition("?")
    return Parts(
        scheme,
        userinfo if at else None,
        host,
        port,
        path,
        query if question_mark else None,
        fragment if hash_sign else None,
    )


def _host_and_port(spelled: str) -> tuple[str, str | None]:
    host, colon, port = spelled.rpartition(":")
    if not colon or "]" in port or (":" in host and not host.startswith("[")):
        return spelled, None
    return host, port
