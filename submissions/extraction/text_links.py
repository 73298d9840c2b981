"""Finds the links in plain text as a reader sees them."""

import re
from collections.abc import Iterator

from submissions.extraction import wrapped_lines
from submissions.extraction.bare_hosts import (
    GLUED_SCRIPT,
    HOST,
    SCRIPT_CHANGE,
    UNSPACED_SIGN,
    is_meant_as_link,
    without_glued_words,
)
from submissions.extraction.disguised_text import is_defanged, undisguised
from submissions.extraction.types import Link

LONGEST = 8192
INNER_URLS_AT_MOST = 4

# The first letters by themselves rule most places out.
SCHEMED = re.compile(
    r"(?=[hfsm])(?:(?:https?|ftps?|file|smb):(?:[/\\]\s?){1,3}|https?:(?=www\.)|(?:ms-[a-z\-]{2,24}|search-ms):(?=\S))",
    re.IGNORECASE,
)
SCHEME_CUE = re.compile(r":[/\\wW]")
ANY_SCHEME_CUE = re.compile(r":\S")
# How far `SCHEMED` reaches before its colon (`ms-` and 24 letters) and behind it (three slashes with blanks).
BEFORE_COLON, FROM_COLON = 27, 7
# The end of a host, with the rest of the word.
HOST_CUE = re.compile(r"\.(?:[^\W\d_]{2}|[0-9]{1,3}[/:])\S*+")
# The end of a host; a capital after a full stop is the next sentence, glued to it where a block ended.
LINK_CUE = re.compile(r"\.(?:[a-z]{2}|[A-Z]{2}|[0-9]|Com|Net|Org)")
SHARE = re.compile(r"(?<![\\\w])\\\\[a-zA-Z0-9.\-_@]{2,255}\\[^\s<>\"|*?]{1,1024}")
BODY = re.compile(
    r"""[^\s<>"\x00-\x1f\x7f\u00ab\u00bb\u2018-\u201f\u2026\u2028\u2029\u2039\u203a\u3000-\u3003\u3008-\u3011\uff01\uff02\uff08\uff09\uff0c\uff1a\uff1b\uff1c\uff1e\uff1f\uff5c\uff5f-\uff65\ufffc\ufffd]++"""
)
AUTHORITY = re.compile(r"[^/?#\\\s<>\"]*")
GLUED_SCHEME = re.compile(r"https?:$", re.IGNORECASE)
TRAILING = ".,:;!?'*`~|\u00b7\u2022\u3001\u0387^"
CLOSERS = {")": "(", "]": "[", "}": "{"}
BRACKETS = re.compile(r"[()\[\]{}]")
MARKUP_SPELLED_OUT = re.compile("&(?:lt|gt|quot);")
POSSESSIVE = re.compile(r"['\u2019]s$")
PLAUSIBLE_HOST = re.compile(r"(?:[^\W_]|[^\x00-\x7f]|\[[0-9a-fA-F:.]+\]|%[0-9a-fA-F]{2}|\S*@\S)")


def text_links(text: str) -> list[Link]:
    """Every link of a text, in the order of the text, each spelled with its scheme and only once.

    Reads through disguises (`hxxp`, `[.]`, zero-width and full-width characters), joins wrapped lines, gives
    a bare host `http://`, leaves trailing punctuation, brackets and mail addresses out. Linear in the length.
    """
    text = undisguised(text)
    if "." not in text and ":" not in text and "\\\\" not in text:
        return []
    return [Link(url, "text") for url in dict.fromkeys(_urls(text))]


def may_hold_links(text: str) -> bool:
    """Whether `text_links` could find anything: a quick look, for most blocks of text hold no link."""
    return (
        "://" in text
        or ":\\\\" in text
        or "p:/" in text
        or "ms-" in text
        or LINK_CUE.search(text) is not None
        or "\\\\" in text
        or not text.isascii()
        or is_defanged(text)
    )


def _urls(text: str) -> Iterator[str]:
    rest: list[str] = []
    position = 0
    for scheme in _schemes(text):
        if scheme.start() < position:
            continue
        url, end = _schemed(text, scheme)
        if url:
            yield url
            rest.append(text[position : scheme.start()])
            position = end
    rest.append(text[position:])
    between = " \ufffc ".join(rest)
    if not text.isascii() and HOST_CUE.search(between) and UNSPACED_SIGN.search(between):
        between = SCRIPT_CHANGE.sub(" ", between)
    if "\\\\" in between:
        yield from map(_share, SHARE.finditer(between))
    yield from _bare(between)


def _schemes(text: str) -> Iterator[re.Match[str]]:
    """Matches of `SCHEMED`, looked for around each colon that may stand in one, for the pattern is slow on prose."""
    end = 0
    for cue in _scheme_cue(text).finditer(text):
        colon = cue.start()
        scheme = SCHEMED.search(text, max(end, colon - BEFORE_COLON), colon + FROM_COLON)
        if scheme and scheme.start() < colon:
            end = scheme.end()
            yield scheme


def _scheme_cue(text: str) -> re.Pattern[str]:
    """Slashes follow all schemes but those by which Windows hands over to its own programs."""
    lowered = text.lower()
    return ANY_SCHEME_CUE if "ms-" in lowered or "-ms:" in lowered else SCHEME_CUE


def _schemed(text: str, scheme: re.Match[str]) -> tuple[str, int]:
    start, end = scheme.span()
    body = BODY.match(text, end, _farthest_end(text, end))
    if body is None:
        return "", end
    in_brackets = wrapped_lines.in_brackets(text, start, body.end())
    if in_brackets:
        return _checked(scheme[0], in_brackets[end - start :]), body.end()
    whole, end = wrapped_lines.continued(text, start, body.end())
    url = _checked(scheme[0], whole[len(scheme[0]) :])
    if not whole.startswith(url):
        return url, end
    return url, end if len(whole) == len(url) else min(end, start + len(url))


def _farthest_end(text: str, start: int) -> int:
    """Before the host of a URL glued to this one; a few URLs may stand inside it, after its host."""
    authority = AUTHORITY.match(text, start, start + LONGEST)
    end = authority.end() if authority else start
    glued = GLUED_SCHEME.search(text, max(start, end - 6), end) if text[end : end + 2] in ("//", "\\\\") else None
    if glued:
        return glued.start()
    for _ in range(INNER_URLS_AT_MOST):
        end = text.find("://", end + 3, start + LONGEST)
        if end < 0:
            return start + LONGEST
    return end


def _checked(scheme: str, body: str) -> str:
    """The URL made of both when a host can be read in it, else nothing."""
    scheme = "".join(scheme.split())
    if not scheme.endswith(("/", "\\")):
        return scheme + ("//" if body.startswith("www.") else "") + trimmed(body) if trimmed(body) else ""
    authority = AUTHORITY.match(body)
    host = authority[0] if authority else ""
    cut = without_glued_words(host)
    body = trimmed(cut if cut != host else body[: len(host)] + _without_glued_tail(body[len(host) :]))
    return scheme + body if PLAUSIBLE_HOST.match(body) or scheme.lower().startswith("file") else ""


def _without_glued_tail(path: str) -> str:
    """Cut at words of a language without blanks, unless they are a path segment of their own to the end."""
    glued = None if path.isascii() else GLUED_SCRIPT.search(path)
    if glued is None or (path[glued.start() - 1] in "/=_-" and glued.end() == len(path) and glued.start() > 1):
        return path
    if glued.end() - glued.start() == 1 and glued.end() == len(path):
        return path
    return path[: glued.start()]


def trimmed(body: str) -> str:
    """Without the punctuation, closing brackets and escaped markup that belong to the sentence around the link."""
    if "&" in body:
        body = MARKUP_SPELLED_OUT.split(body, maxsplit=1)[0]
    open_brackets: list[str] = []
    for bracket in BRACKETS.finditer(body):
        if bracket[0] not in CLOSERS:
            open_brackets.append(bracket[0])
        elif CLOSERS[bracket[0]] in open_brackets[-1:]:
            open_brackets.pop()
        else:
            body = body[: bracket.start()]
            break
    body = POSSESSIVE.sub("", body.rstrip(TRAILING))
    return body.rstrip("([{" + TRAILING)


def _share(found: re.Match[str]) -> str:
    return found[0].rstrip(TRAILING + ")]}")


def _hosts(text: str) -> Iterator[re.Match[str]]:
    """Matches of `HOST` in the words that hold the end of one, for the pattern is slow on prose."""
    end = 0
    for cue in HOST_CUE.finditer(text):
        start = max(text.rfind(" ", end, cue.start()), text.rfind("\n", end, cue.start()), end)
        end = cue.end()
        yield from HOST.finditer(text, start, end)


def _bare(text: str) -> Iterator[str]:
    position = 0
    for host in _hosts(text):
        if host.start() < position or not is_meant_as_link(host, text):
            continue
        path = BODY.match(text, host.end(), host.end() + LONGEST) if host[4] else None
        tail = trimmed(_without_glued_tail(path[0])) if path else ""
        position = host.end() + len(tail)
        yield f"http://{host[2]}{host[3] or ''}{tail}"
