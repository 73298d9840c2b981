"""Hosts that stand in a text without `http://`, and the question whether they are meant as links."""

import re

from submissions.extraction.hosts import canonical, has_public_suffix, ipv4, public_suffix

# Mail programs make links of these without more ado; under other suffixes a host needs a path, a port, www or a verb,
# for `sign.in`, `readme.md` and a full stop without a blank are no links.
_PLAIN_SUFFIXES = (
    "com net org edu gov mil info biz int eu de uk fr nl ru cn jp br ch au ca es se dk fi cz hu ro gr tr ua kr tw hk mx"
    " ar cl za nz ie tv xyz top shop online site club vip icu cyou buzz dev cloud tech store finance bank io co"
)
PLAIN_SUFFIXES = frozenset(_PLAIN_SUFFIXES.split())
_FILE_SUFFIXES = "zip mov py pl sh rs md ps cc pm app ai so name java"
FILE_SUFFIXES = frozenset(_FILE_SUFFIXES.split())

HOST = re.compile(
    r"(?<![\w@.\-/:\\=&%#?+])(//)?((?:[^\W_][\w\-]{0,62}+\.){1,20}(?:[^\W\d_]{2,24}+|xn--[a-z0-9\-]{1,59}+|[0-9]{1,3}+)(?![\w\-]))\.?+"
    r"(:[0-9]{1,5}+(?![0-9.]))?(?![@\w]|:[0-9])(?=([/?#][^\s<>\"]|/)?)"
)
# A bare name of four labels is a machine in a trace or a log, not a link.
MACHINE_NAME_DOTS = 3
UNSPACED = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u3040-\u30ff"
# Whether there is one at all is found faster without a repeat.
UNSPACED_SIGN = re.compile(f"[{UNSPACED}]")
GLUED_SCRIPT = re.compile(f"[{UNSPACED}]+")
SCRIPT_CHANGE = re.compile(f"(?<=[a-zA-Z0-9])(?=[{UNSPACED}])|(?<=[{UNSPACED}])(?=[a-zA-Z0-9])")
ASCII_HOST = re.compile(r"(?:[a-zA-Z0-9\-]+\.)+[a-zA-Z]{2,24}")
NETWORK = re.compile(r"/[0-9]{1,2}(?![\w/])")
VERB_BEFORE = re.compile(
    r"(?:visit|go\s?to|at|open|see|on|via|click|browse|link|url|website|site|web|besuchen(?:\ssie)?|unter|auf|visitez|sur"
    r"|visite|visita|bezoek|op|su|en|em)\s*:?\s*[\"'(<]?$"
)


def is_meant_as_link(host: re.Match[str], text: str) -> bool:
    """Whether a match of `HOST` in `text` is a link: by its suffix, its path, `www.` or the word before it."""
    name = canonical(host[2])
    if ipv4(name):
        return name == host[2] and bool(host[4] or host[3]) and not NETWORK.match(text, host.end())
    if not has_public_suffix(name):
        return False
    if host[4] or host[3] or name.startswith("www."):
        return not _is_file_name(name, bool(host[3] or host[4]))
    suffix = public_suffix(name)
    plain = suffix in PLAIN_SUFFIXES or suffix.startswith("xn--")
    plain = plain or ("." in suffix and suffix.rpartition(".")[2] in PLAIN_SUFFIXES)
    if suffix in FILE_SUFFIXES:
        return False
    plain = plain and name.count(".") < MACHINE_NAME_DOTS and "_" not in name
    return plain or bool(VERB_BEFORE.search(text[max(0, host.start() - 24) : host.start()].lower()))


def _is_file_name(name: str, has_path: bool) -> bool:
    return not has_path and not name.startswith("www.") and name.rpartition(".")[2] in FILE_SUFFIXES


def without_glued_words(host: str) -> str:
    """`example.com` of `example.comだよね.comtest`: words of a language without blanks are no part of a host.

    A name that exists below a public suffix, or that holds no ASCII host at all, stays as it is.
    """
    if host.isascii() or has_public_suffix(canonical(host)):
        return host
    first = ASCII_HOST.match(host)
    while first and not has_public_suffix(canonical(first[0])):
        first = ASCII_HOST.match(host[: first.end() - 1])
    return first[0] if first else host
