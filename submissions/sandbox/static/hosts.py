"""Hosts of links, as far as the static engine needs them."""

from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def host(url: str) -> str:
    """The host of a URL in lower case, or nothing for one that names none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def registered_domain(name: str) -> str:
    """The part of a host that somebody registered (`a.b.co.uk` gives `b.co.uk`), else the host."""
    return _suffixes().privatesuffix(name) or name
