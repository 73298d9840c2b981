"""Signs in a link, found by reading it: nothing is looked up, nothing is opened."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from submissions.extraction.brands import BRANDS
from submissions.extraction.file_types import extension
from submissions.extraction.hosts import has_public_suffix, readable, registered_domain
from submissions.extraction.url_parts import split
from submissions.extraction.urls import host, oddities
from submissions.sandbox.static import hosting
from submissions.sandbox.static.findings import Finding
from submissions.sandbox.static.lookalikes import domain_resembles, resembles
from submissions.sandbox.static.names import RUNS_BY_NAME
from submissions.sandbox.static.settings import Settings

# Notes that the extraction leaves at a link, and the rule that each becomes.
BY_NOTE: dict[str, str] = {
    "ip-host": "link-ip-host",
    "disguised-ip": "link-disguised-ip",
    "look-alike": "link-look-alike",
    "mixed-script": "link-mixed-script",
    "punycode": "link-punycode",
    "encoded-host": "link-encoded-host",
    "odd-port": "link-odd-port",
    "shortener": "link-shortener",
    "text-mismatch": "link-text-differs",
    "open-redirect": "link-redirects",
    "address-in-url": "link-names-reader",
    "html-smuggling": "link-smuggles-file",
}
_DEEP = 6
_ENDINGS = frozenset("com net org gov de at ch eu fr it es nl pl uk".split())  # noqa: SIM905
_HYPHENS = 3
_LONGEST = 4096
_WEB = ("http", "https", "ftp", "ws", "wss", "")
# A script of a page ends in .js, a page may end in .com or .app: none of them is a program to a browser.
_PROGRAMS = (RUNS_BY_NAME - {"com", "app", "command", "application", "js", "theme"}) | {"iso", "img", "vhd", "vhdx"}
_WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)?")
_KIT_PATHS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in hosting.KIT_PATHS)
_ADDRESS = re.compile(
    r"[\w.+\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63})+|^[A-Za-z0-9+/_-]{16,}={0,2}$", re.IGNORECASE
)
_VOWELS = frozenset("aeiouy")


def link_findings(url: str, notes: tuple[str, ...], settings: Settings) -> Iterator[Finding]:
    """Every finding on one link. `notes` are what the extraction noted where the link stood."""
    url = url.strip()[:_LONGEST]
    for note in dict.fromkeys((*notes, *oddities(url))):
        if note in BY_NOTE:
            yield Finding(BY_NOTE[note], host(url))
    parts = split(url)
    if parts.scheme not in _WEB:
        yield from _other_scheme(parts.scheme, url)
        return
    if parts.userinfo:
        yield Finding("link-user-name", parts.userinfo, points=None if "." in parts.userinfo else 15)
    name = host(url)
    if not name:
        yield Finding("unreadable", "the link names no host")
        return
    yield from _host_signs(name, settings)
    yield from _path_signs(url, name)


def _other_scheme(scheme: str, url: str) -> Iterator[Finding]:
    if scheme in ("mailto", "tel", "sms", "cid", "mid"):
        return
    if scheme == "file":
        if host(url):
            yield Finding("link-file-share", url)
    elif scheme == "data":
        yield Finding("link-smuggles-file")
    elif scheme in hosting.DANGEROUS_HANDLERS:
        yield Finding("link-starts-program", url)
    else:
        yield Finding("link-app", f"{scheme}:")


def _host_signs(name: str, settings: Settings) -> Iterator[Finding]:
    domain = registered_domain(name)
    if _is_in(name, hosting.TUNNELS):
        yield Finding("link-tunnel", name)
    elif _is_in(name, hosting.IPFS):
        yield Finding("link-ipfs", name)
    elif _is_in(name, hosting.FREE_HOSTING):
        yield Finding("link-free-hosting", name)
    if name.rpartition(".")[2] in hosting.RARE_ENDINGS:
        yield Finding("link-rare-ending", f".{name.rpartition('.')[2]}")
    if name.count(".") >= _DEEP:
        yield Finding("link-deep-host", name)
    label = domain.partition(".")[0]
    if label.count("-") >= _HYPHENS and not label.startswith("xn--"):
        yield Finding("link-many-hyphens", domain)
    if _names_another(_chosen(name, domain)):
        yield Finding("link-host-in-host", name)
    if _is_random(label):
        yield Finding("link-random-host", domain)
    yield from _borrowed(name, domain, settings)


def _borrowed(name: str, domain: str, settings: Settings) -> Iterator[Finding]:
    """Names of brands and of the organisation itself, where they do not belong."""
    own = next((own for own in settings.own_domains if domain == own or name.endswith(f".{own}")), "")
    real = any(domain in domains for domains in BRANDS.values())
    if own or real:
        return
    for own in settings.own_domains:
        if domain_resembles(domain, own) or re.search(rf"[.\-]{re.escape(own)}\.", f".{name}."):
            yield Finding("link-own-look-alike", f"{name} is not {own}")
            return
    label = readable(domain).partition(".")[0]
    brands = (*BRANDS, *(brand.lower() for brand in settings.brands))
    near = next((brand for brand in brands if resembles(label, brand)), "")
    if near:
        yield Finding("link-look-alike", f"{domain} is not {near}")
        return
    chosen = _chosen(name, domain)
    inside = next((brand for brand in brands if brand in re.split(r"[.\-]", chosen) and brand != label), "")
    if inside:
        yield Finding("link-brand-elsewhere", f"{inside} in {name}")


def _chosen(name: str, domain: str) -> str:
    """The part of the host that its owner chose: without the ending, which may be that of a provider (`github.io`)."""
    ending = domain.partition(".")[2] if has_public_suffix(name) else name.rpartition(".")[2]
    return name.removesuffix(f".{ending}")


def _names_another(chosen: str) -> bool:
    """Whether it holds another host (`bank.com.evil`), or is made to be read as one (`bank.de-login`)."""
    labels = chosen.split(".")
    inside = any(label in _ENDINGS for label in labels[1:])
    return inside or (len(labels) > 1 and labels[-2] != "www" and labels[-1].partition("-")[0] in _ENDINGS)


def _path_signs(url: str, name: str) -> Iterator[Finding]:
    rest = unquote(url.partition("://")[2].partition("/")[2])
    path, _, fragment = rest.partition("#")
    path = path.partition("?")[0]
    ending = extension(path.rpartition("/")[2])
    if ending in _PROGRAMS:
        yield Finding("link-program", f".{ending}")
    if "//" in path.replace("://", ""):
        yield Finding("link-double-slash")
    if any(pattern.search("/" + path) for pattern in _KIT_PATHS):
        yield Finding("link-kit-path", "/" + path)
    words = set(_WORDS.findall(f"{name} {path}".lower().replace("_", " ").replace(".", " ")))
    words |= {half for word in words for half in word.split("-")}
    telling = sorted(words & hosting.CREDENTIAL_WORDS)
    if telling and not any(registered_domain(name) in domains for domains in BRANDS.values()):
        yield Finding("link-credential-words", ", ".join(telling[:3]))
    if _ADDRESS.search(fragment):
        yield Finding("link-address-in-fragment", fragment)


def _is_in(name: str, domains: frozenset[str]) -> bool:
    labels = name.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels) - 1))


def _is_random(label: str) -> bool:
    """Long and without the vowels or with the digits that no word has."""
    if len(label) < 12 or label.startswith("xn--") or "-" in label:
        return False
    digits = sum(char.isdigit() for char in label)
    vowels = sum(char in _VOWELS for char in label)
    return (digits >= 4 and digits < len(label) - 3) or vowels * 6 < len(label)
