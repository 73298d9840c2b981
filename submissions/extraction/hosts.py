"""Host names and addresses as browsers read them (WHATWG URL Standard 3.5), and the domain somebody registered."""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from unicodedata import normalize
from urllib.parse import unquote

import idna
from publicsuffixlist import PublicSuffixList

DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})
INVISIBLE = dict.fromkeys(
    [0xAD, 0x034F, 0x061C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
)
LONGEST = 1000
FORBIDDEN = re.compile(r"[\x00-\x20/?#@<>^|\\%]")
NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


@lru_cache(maxsize=1)
def public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=4096)
def canonical(host: str) -> str:
    """The host in its one ASCII form: lower case, IDNA 2008 with UTS 46 mapping, numbers as an address.

    A name that no registry would allow (an emoji, an underscore) is encoded label by label. Never raises.
    """
    spelled = host.strip().lower()
    if len(host) > LONGEST:
        return spelled
    host = unquote(host).translate(DOTS).translate(INVISIBLE).strip().lower()
    if not host or FORBIDDEN.search(host):
        return spelled
    if host.startswith("["):
        return _ipv6(host)
    if not host.isascii():
        host = _ascii(host)
    if FORBIDDEN.search(host):
        return spelled
    host = host.rstrip(".") or host
    return ipv4(host) or host


def _ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ".".join(map(_ascii_label, normalize("NFKC", host).lower().translate(DOTS).split(".")))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    return "xn--" + label.encode("punycode", "replace").decode("ascii")


def _ipv6(host: str) -> str:
    try:
        return f"[{IPv6Address(host.strip('[]'))}]"
    except AddressValueError:
        return host


def ipv4(host: str) -> str:
    """The dotted address that a browser makes of `host` (`0x7f.1`, `2130706433`, `0177.0.0.1`), or nothing."""
    numbers = host.split(".")
    if len(numbers) > 4 or len(host) > 60 or not all(NUMBER.fullmatch(number) for number in numbers):
        return ""
    try:
        *head, last = map(_number, numbers)
    except ValueError:
        return ""
    if any(number > 255 for number in head) or last >= 256 ** (4 - len(head)):
        return ""
    return str(IPv4Address(sum(number << 8 * (3 - place) for place, number in enumerate(head)) + last))


def _number(spelled: str) -> int:
    if spelled[:2] in ("0x", "0X"):
        return int(spelled[2:] or "0", 16)
    return int(spelled, 8) if len(spelled) > 1 and spelled.startswith("0") else int(spelled)


def readable(host: str) -> str:
    """The canonical host with its punycode labels in their own script; what cannot be decoded stays."""
    return ".".join(map(_readable_label, host.split("."))) if "xn--" in host else host


def _readable_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


@lru_cache(maxsize=4096)
def registered_domain(host: str) -> str:
    """The part of a canonical host that somebody registered (`a.b.co.uk` gives `b.co.uk`), else the host."""
    return public_suffixes().privatesuffix(host) or host


@lru_cache(maxsize=4096)
def public_suffix(host: str) -> str:
    """The suffix of the public suffix list under which a canonical host lies or that it is, or nothing."""
    return public_suffixes().publicsuffix(host) or ""


def has_public_suffix(host: str) -> bool:
    """Whether a canonical host lies below a suffix that exists in the public suffix list."""
    return public_suffix(host) not in ("", host)
