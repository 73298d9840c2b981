"""Reads the source of an HTML document for what its tree does not show: unclosed tags, comments, raw text."""

import html as entities
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from submissions.extraction.text_links import BODY, PLAUSIBLE_HOST, trimmed

LONGEST = 8192

TAIL = re.compile(r"""[^\s<>"'\\()\[\]{}`]{1,8192}+""")
SCHEME_BEFORE = re.compile(r"(https?|ftps?|file)$", re.IGNORECASE)
NAMESPACE_BEFORE = re.compile(
    r"(?:xmlns(?::\w+)?\s*=\s*[\"']?|<!DOCTYPE[^>]{0,200}|<!ENTITY[^>]{0,200})https?$", re.IGNORECASE
)
_NAMESPACES = (
    "www.w3.org/1999/xhtml www.w3.org/TR/html4/strict.dtd www.w3.org/TR/REC-html40 www.w3.org/2000/svg"
    " schemas.microsoft.com/office/2004/12/omml"
)
NAMESPACES = frozenset(_NAMESPACES.split())
# Names of kinds of things, spelled as addresses below a site that nobody else can write to.
VOCABULARIES = ("schema.org/", "schemas.openxmlformats.org/", "ogp.me/ns", "purl.org/dc/", "xmlns.com/foaf/")
ENTITY_END = re.compile(r"&(?:quot|gt|lt|nbsp|apos|#34|#39|#60|#62|#160);?", re.IGNORECASE)
ENTITY = re.compile(r"<!ENTITY\s+([\w.\-]{1,60})\s+(?:\"([^\"]{0,2000})\"|'([^']{0,2000})')")
REFERENCE = re.compile(r"&([\w.\-]{1,60});")
MOST_ENTITIES, LONGEST_ENTITY, LONGEST_WRITTEN = 100, 2000, 1_000_000
URL_GOES_ON = frozenset("/?#:&;=%.,@")


def source_urls(html: str, known: Iterable[str]) -> Iterator[str]:
    """The URLs in the source that are none of the `known` and no cut of one of them. XML namespaces are no links."""
    pieces = html.split("://")
    if len(pieces) < 2:
        return
    seen = {url.partition("://")[2] for url in known}
    longer = sorted(seen)
    for before, after in pairwise(pieces):
        tail = TAIL.match(after)
        if tail is None or tail[0] in seen:
            continue
        seen.add(tail[0])
        spelled = _spelled(tail[0])
        scheme = SCHEME_BEFORE.search(before[-5:])
        known_already = spelled != tail[0] and spelled in seen
        if scheme is None or not spelled or known_already or NAMESPACE_BEFORE.search(before[-240:]):
            continue
        seen.add(spelled)
        if not _is_cut_of_one(spelled, longer) and spelled not in NAMESPACES and not spelled.startswith(VOCABULARIES):
            yield f"{scheme[1].lower()}://{spelled}"


def _spelled(tail: str) -> str:
    if "&" in tail:
        end = ENTITY_END.search(tail)
        tail = entities.unescape(tail[: end.start()] if end else tail)
    body = BODY.match(tail)
    if body is None or not PLAUSIBLE_HOST.match(body[0]):
        return ""
    return trimmed(body[0])


def _is_cut_of_one(tail: str, longer: list[str]) -> bool:
    at = bisect_left(longer, tail)
    if at == len(longer) or not longer[at].startswith(tail):
        return False
    return longer[at] == tail or "/" in tail or longer[at][len(tail)] in URL_GOES_ON


def with_own_entities(markup: str) -> str:
    """XML with the entities filled in that it declares itself, as browsers do when they show an SVG; bounded."""
    found = list(islice(ENTITY.finditer(markup), MOST_ENTITIES))
    if not found:
        return markup
    declared = {entity[1]: entity[2] or entity[3] or "" for entity in found}
    declared = {name: _filled_in(text, declared, LONGEST_ENTITY) for name, text in declared.items()}
    end = found[-1].end()
    return markup[:end] + _filled_in(markup[end:], declared, LONGEST_WRITTEN)


def _filled_in(text: str, declared: dict[str, str], most: int) -> str:
    """The text with its references replaced, until `most` characters have come of them."""
    left = most

    def value(reference: re.Match[str]) -> str:
        nonlocal left
        known = declared.get(reference[1], reference[0])
        left -= len(known)
        return known if left > 0 else reference[0]

    return REFERENCE.sub(value, text)


def comments(html: str) -> Iterator[str]:
    """What stands in comments, conditional ones for Outlook above all; an unclosed one goes to the end."""
    for piece in html.split("<!--")[1:]:
        yield piece.partition("-->")[0]
