"""Turns what an attribute, a style or a script holds into the absolute URL it leads to, if it is worth judging."""

import re
from urllib.parse import urljoin

from submissions.extraction.bare_hosts import PLAIN_SUFFIXES
from submissions.extraction.hosts import canonical, public_suffix
from submissions.extraction.url_parts import SCHEME, split, tidy

_JUDGED = (
    "http https ftp ftps sftp file smb ws wss search search-ms ldap ldaps shell jnlp jnlps webcal webcals intent"
    " view-source"
)
JUDGED = frozenset(_JUDGED.split())
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
HOST_FIRST = re.compile(r"[a-zA-Z0-9][\w\-]*(?:\.[\w\-]+)+(?=[/?#:]|$)")


def absolute(value: str, base: str = "") -> str:
    """The URL that `value` means in a document with that base, or nothing: for `mailto:`, `cid:`, `#top`, `data:`.

    Reads what browsers read: blanks and line ends inside, `http:\\\\`, `//host`, `\\\\host\\share`; a host without a
    scheme counts when nothing else can be meant (`www.`, a plain suffix).
    """
    url = INVISIBLE.sub("", tidy(value)) if not value.isascii() else tidy(value)
    scheme = SCHEME.match(url)
    if scheme:
        return url if _is_judged(scheme[1].lower()) and url[scheme.end() :].strip("/\\") else ""
    if url.startswith("\\\\"):
        return url if len(url) > 4 else ""
    if url.startswith(("//", "/\\")):
        return f"{base.partition(':')[0] or 'http'}:{url}" if split("http:" + url).host.strip(".") else ""
    if _starts_with_host(url):
        return "http://" + url
    return _joined(url, base) if base and url and not url.startswith("#") else ""


def _is_judged(scheme: str) -> bool:
    return scheme in JUDGED or scheme.startswith("ms-")


def _starts_with_host(url: str) -> bool:
    found = HOST_FIRST.match(url)
    if found is None or (url.isascii() and not url[0].isalnum()):
        return False
    host = canonical(found[0])
    return host.startswith("www.") or (public_suffix(host) in PLAIN_SUFFIXES and "/" in url)


def _joined(url: str, base: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return base.rstrip("/") + "/" + url.lstrip("/")
