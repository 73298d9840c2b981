"""What is odd about a URL by itself, each oddity under an id with its meaning in words."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from submissions.extraction.brands import BRANDS, SHORTENERS
from submissions.extraction.hosts import (
    INVISIBLE,
    canonical,
    has_public_suffix,
    ipv4,
    readable,
    registered_domain,
)
from submissions.extraction.url_parts import WITH_HOST, Parts, split

ODDITIES = {
    "address-in-url": "an e-mail address is carried in the URL, as pages do that greet their victim by name",
    "disguised-ip": "the host is an IP address spelled as a number, in octal or in hexadecimal",
    "encoded-host": "the host is percent-encoded, or holds characters that stand for others or that nobody sees",
    "executable-path": "the path ends in the name of a file that runs when opened",
    "file-share": "the link opens a file share, which hands the reader's password hash to its host",
    "ip-host": "the host is an IP address",
    "long": "the URL has more than 1,000 characters",
    "look-alike": "the host resembles a well-known name that it is not",
    "mixed-script": "one label of the host mixes alphabets",
    "odd-port": "the port is none that web sites use",
    "open-redirect": "a parameter holds the URL of another site",
    "protocol-handler": "the link starts a program on the reader's machine instead of a browser",
    "punycode": "the host is spelled in another alphabet than Latin",
    "shortener": "the link was shortened, so its target is not to be seen",
    "text-mismatch": "the text of the link shows another host than the link leads to",
    "userinfo": "a user name stands before the host and may be taken for it",
}

LONG = 1000
USUAL_PORTS = frozenset({"80", "443", "8080", "8443", "21"})
RUNS_WHEN_OPENED = re.compile(
    r"\.(?:exe|scr|pif|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|lnk|msi|msix|appx|appinstaller|jar|cpl|dll|iso|img|vhdx?"
    r"|chm|reg|xll|xlam|iqy|one|apk|dmg|pkg|url|library-ms|search-ms|application)$",
    re.IGNORECASE,
)
INNER_URL = re.compile(r"[=&?#/](?:https?|ftp)(?::|%3a)(?:/|%2f){2}([^/&?#%\s\\]{1,255})", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+\-]{1,64}(?:@|%40)[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,5}", re.IGNORECASE)
# Of ASCII every fourth letter of base64 is one of the first 32, which most words that are none break soon.
BASE64_OF_ASCII = re.compile(
    r"(?<![A-Za-z0-9+/_\-])(?:[A-Za-f][A-Za-z0-9+/_\-]{3}){3,50}[A-Za-z0-9+/_\-]{0,3}={0,2}(?![A-Za-z0-9+/_\-])"
)
SHOWN_HOST = re.compile(
    r"(?:^|[\s(<\"'\[/@])((?:[^\s/?#@:<>()\[\]\"',;.|]{1,63}\.){1,8}[^\s/?#@:<>()\[\]\"',;.|0-9]{2,24})\.?(?=[/?#:\s<>()\[\]\"',;|]|$)"
)
TWINS = str.maketrans(
    "аеорсхуіјѕԁһӏԛԝвмткп" + "ανορτυχικ" + "ıłđøɑɡℓ" + "0135$i",
    "aeopcxyijsdhlqwbmtkn" + "avoptuxik" + "ildoagl" + "olessl",
)
_BAIT = (
    "account accounts alert auth billing client confirm customer help id info invoice login mail notice office online"
    " pay payment portal recover recovery secure security service services signin support team unlock update"
    " verification verify wallet web"
)
BAIT = frozenset(_BAIT.split())
OWN_DOMAINS = frozenset(domain for own in BRANDS.values() for domain in own)
BRAND_IN_FRONT = re.compile(rf"\.(?:{'|'.join(map(re.escape, sorted(OWN_DOMAINS)))})\.")


def oddities(url: str, shown: str = "") -> tuple[str, ...]:
    """The ids of what is odd, sorted; `shown` is the text that the reader saw as the link. Never raises.

    Pass the URL as it was spelled: the identity form has lost an address in disguise and an escaped host.
    """
    parts = split(url)
    host = canonical(parts.host)
    return tuple(sorted({*_of_host(parts, host), *_of_rest(url, parts, host), *_of_text(host, shown)}))


def _of_host(parts: Parts, host: str) -> Iterator[str]:
    if parts.userinfo:
        yield "userinfo"
    if parts.port and parts.port.lstrip("0") not in USUAL_PORTS:
        yield "odd-port"
    if parts.host.strip(".") != host and ipv4(host):
        yield "disguised-ip"
    if "%" in parts.host or (not parts.host.isascii() and _shown(parts.host) != parts.host):
        yield "encoded-host"
    yield from _of_name(host)


def _shown(host: str) -> str:
    return unicodedata.normalize("NFKC", host.translate(INVISIBLE))


@lru_cache(maxsize=4096)
def _of_name(host: str) -> tuple[str, ...]:
    return tuple(_oddities_of_name(host))


def _oddities_of_name(host: str) -> Iterator[str]:
    if ipv4(host) or host.startswith("["):
        yield "ip-host"
    if "xn--" in host:
        yield "punycode"
    if any(len(_scripts(label)) > 1 for label in readable(host).split(".")):
        yield "mixed-script"
    if _resembles_a_brand(host):
        yield "look-alike"
    if registered_domain(host) in SHORTENERS:
        yield "shortener"


def _of_rest(url: str, parts: Parts, host: str) -> Iterator[str]:
    if len(url) > LONG:
        yield "long"
    if parts.scheme == "file":
        yield "file-share"
    elif parts.scheme not in WITH_HOST | {"", "mailto", "tel", "cid"}:
        yield "protocol-handler"
    if parts.host and RUNS_WHEN_OPENED.search(parts.path):
        yield "executable-path"
    rest = f"{parts.path}?{parts.query or ''}#{parts.fragment or ''}"
    lowered = rest.lower()
    inner_urls = INNER_URL.findall(rest) if "http" in lowered or "ftp" in lowered else ()
    if any(_is_other_site(inner, host) for inner in inner_urls):
        yield "open-redirect"
    if _holds_an_address(rest):
        yield "address-in-url"


def _of_text(host: str, shown: str) -> Iterator[str]:
    shown_hosts = {canonical(found) for found in SHOWN_HOST.findall(shown[:1000].strip())} if "." in shown else set()
    named = {found for found in shown_hosts if has_public_suffix(found)}
    if host and named and registered_domain(host) not in map(registered_domain, named):
        yield "text-mismatch"


def _is_other_site(inner: str, host: str) -> bool:
    other = canonical(inner.rpartition("@")[2].partition(":")[0])
    return "." in other and registered_domain(other) != registered_domain(host)


def _holds_an_address(rest: str) -> bool:
    if ("@" in rest or "%40" in rest) and ADDRESS.search(rest):
        return True
    words = BASE64_OF_ASCII.findall(unquote(rest) if "%" in rest else rest)
    return any(ADDRESS.fullmatch(_from_base64(word)) for word in words)


def _from_base64(word: str) -> str:
    word = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(word + "=" * (-len(word) % 4))
    except binascii.Error:
        return ""
    return content.decode("ascii") if content.isascii() else ""


def _scripts(label: str) -> set[str]:
    """The alphabets of a label; Japanese and Korean writing count as one, for they mix by nature."""
    if label.isascii():
        return set()
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
    eastern = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA"}
    return (names - eastern) | ({"EASTERN"} if names & eastern else set())


def _resembles_a_brand(host: str) -> bool:
    domain = registered_domain(host)
    if domain in OWN_DOMAINS:
        return False
    labels = readable(host).split(".")
    return _is_twin(readable(domain).partition(".")[0]) or _is_in_front(host, domain) or any(map(_is_bait, labels))


def _is_twin(name: str) -> bool:
    return _folded(name) in FOLDED_BRANDS and name not in BRANDS


def _is_in_front(host: str, domain: str) -> bool:
    """`paypal.com.evil.example`: a whole domain of a brand as a part of somebody else's."""
    return BRAND_IN_FRONT.search("." + host.removesuffix(domain)) is not None


def _is_bait(label: str) -> bool:
    """`paypal-login`: a brand and a word that makes people type."""
    words = set(label.split("-"))
    return "-" in label and not words.isdisjoint(BAIT) and any(_folded(word) in FOLDED_BRANDS for word in words)


def _folded(name: str) -> str:
    """One spelling for all names that look the same."""
    decomposed = unicodedata.normalize("NFKD", name.translate(TWINS))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return letters.translate(TWINS).replace("rn", "m").replace("vv", "w")


FOLDED_BRANDS = frozenset(map(_folded, BRANDS))
