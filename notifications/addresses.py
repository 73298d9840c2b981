"""The address of a recipient: whether it can be written to, and how limits count it. Pure."""

import re

from idna import IDNAError, encode

LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,20}")
DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


def domain_of(address: str) -> str:
    """The domain in lower case and ASCII; an empty text for what has none."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        return encode(domain, uts46=True).decode()
    except (IDNAError, UnicodeError):
        return ""


def deliverable(address: str) -> str:
    """The address as it goes on the wire, an empty text when it is none that a mail can be sent to."""
    local, at, _ = address.strip().rpartition("@")
    domain = domain_of(address)
    good = at and LOCAL.fullmatch(local) and len(local) <= 64 and DOMAIN.fullmatch(domain) and len(domain) <= 253
    return f"{local}@{domain}" if good else ""


def counted(address: str) -> str:
    """One name for all spellings of an address: lower case, without what stands behind a plus."""
    local, _, _ = address.rpartition("@")
    return f"{local.split('+')[0]}@{domain_of(address)}".lower()
