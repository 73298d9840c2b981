"""Finds every link of an HTML body: by its tree, by its text, and by its source, because each alone misses some."""

import re
from collections.abc import Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from submissions.extraction.html_source import VOCABULARIES, comments, source_urls
from submissions.extraction.link_addresses import absolute
from submissions.extraction.rewriters import unwrap
from submissions.extraction.script_strings import script_strings
from submissions.extraction.style_links import style_addresses
from submissions.extraction.text_links import may_hold_links, text_links
from submissions.extraction.types import Link
from submissions.extraction.url_oddities import oddities
from submissions.extraction.visible_text import parsed, text_of

DOCUMENTS_DEEP = 4
LONGEST_SHOWN = 2000

_ONE_ADDRESS = (
    "href src action formaction poster background data cite longdesc lowsrc dynsrc xlink:href o:href codebase manifest"
    " profile usemap icon movie filename archive code pluginspage data-src data-href data-url data-original datasrc"
)
ONE_ADDRESS = frozenset(_ONE_ADDRESS.split())
# What most attributes of a mail are: they lead nowhere and must cost next to nothing.
LOOKS = frozenset(
    [
        "class",
        "id",
        "width",
        "height",
        "align",
        "valign",
        "border",
        "cellpadding",
        "cellspacing",
        "bgcolor",
        "color",
        "size",
        "face",
    ]
)
MANY_ADDRESSES = {"srcset": ",", "imagesrcset": ",", "ping": " ", "data-srcset": ","}
SPECIAL = frozenset(["style", "srcdoc", "content", "value", *MANY_ADDRESSES])
VOCABULARY = frozenset({"itemtype", "itemid", "vocab", "typeof", "property", "prefix"})
REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?[\"']?([^\"']*)", re.IGNORECASE)
TEMPLATE = re.compile(r"(</?)template\b", re.IGNORECASE)
# What takes a look of its own; most mails hold next to none of it, and one search finds out.
SPECIAL_TAGS = re.compile("<(?:template|base|script|style|!--)")


def html_links(html: str) -> list[Link]:
    """Every link of an HTML body with the place that shows it, in the order of tree, text, comments, source.

    Relative links count where a `base` makes them absolute. A link whose text shows another host than it
    leads to is noted `text-mismatch`. `data:` and scripts' files are the matter of `smuggling`. Linear in the length.
    """
    return list(_links(html, 0))


def _links(html: str, depth: int) -> dict[Link, None]:
    html = html.replace("\0", "")
    special = set(SPECIAL_TAGS.findall(html.lower()))
    tree = parsed(TEMPLATE.sub(r"\1section", html) if "<template" in special else html)
    base = _base(tree) if "<base" in special else ""
    found = dict.fromkeys(_of_elements(tree, base, depth))
    if special & {"<script", "<style"}:
        found.update(dict.fromkeys(_of_scripts(tree)))
    found.update(dict.fromkeys(_of_text(tree)))
    if "<!--" in special and depth < DOCUMENTS_DEEP:
        found.update(_links_of_comments(html, depth))
    known = {link.url for link in found}
    found.update(dict.fromkeys(Link(url=url, place="source") for url in source_urls(html, known)))
    return found


def _base(tree: LexborHTMLParser) -> str:
    for node in tree.css("base[href]"):
        address = absolute(node.attributes["href"] or "")
        if address:
            return address
    return ""


def _of_elements(tree: LexborHTMLParser, base: str, depth: int) -> Iterator[Link]:
    if tree.root is None:
        return
    for node in tree.root.traverse():
        attributes = node.attributes
        if not attributes:
            continue
        for name, value in attributes.items():
            if not value or name in LOOKS:
                continue
            if name in ONE_ADDRESS:
                url = absolute(value, base)
                if url:
                    tag = node.tag or ""
                    yield Link(url, f"{tag}[{name}]", _notes(node, url) if tag in ("a", "area") else ())
            elif _may_hold_address(name, value):
                yield from _of_other_attribute(node.tag or "", name, value, base, depth)


def _may_hold_address(name: str, value: str) -> bool:
    if name == "style":
        return "(" in value or "\\" in value
    return name in SPECIAL or "//" in value or name.startswith("on")


def _notes(node: LexborNode, url: str) -> tuple[str, ...]:
    shown = node.text()
    return _mismatch(url, shown) if "." in shown and len(shown) <= LONGEST_SHOWN else ()


@lru_cache(maxsize=1024)
def _mismatch(url: str, shown: str) -> tuple[str, ...]:
    return ("text-mismatch",) if "text-mismatch" in oddities(unwrap(url).url, shown) else ()


def _of_other_attribute(tag: str, name: str, value: str, base: str, depth: int) -> Iterator[Link]:
    place = f"{tag}[{name}]"
    if name == "srcdoc":
        if depth < DOCUMENTS_DEEP:
            yield from _links(value, depth + 1)
        return
    if name == "style":
        addresses: list[str] = list(style_addresses(value))
        place = "style url()"
    elif name in MANY_ADDRESSES:
        addresses = [part.strip().partition(" ")[0] for part in value.split(MANY_ADDRESSES[name])]
    elif name == "content" and tag == "meta":
        refresh = REFRESH.match(value)
        if value.partition("://")[2].startswith(VOCABULARIES):
            return
        addresses = [refresh[1]] if refresh and ("url" in value.lower() or ";" in value[:6]) else [value]
        place = "meta refresh" if addresses[0] != value else place
    elif name.startswith("on"):
        addresses = [link.url for text in script_strings(value) for link in links_of_string(text)]
    elif name.startswith("xmlns") or name in VOCABULARY:
        return
    else:
        addresses = [link.url for link in text_links(value)] if "//" in value else []
    yield from (Link(url, place) for url in (absolute(address, base) for address in addresses) if url)


def _of_scripts(tree: LexborHTMLParser) -> Iterator[Link]:
    for node in tree.css("script,style"):
        content = node.text()
        if node.tag == "style":
            urls = (absolute(address) for address in style_addresses(content))
            yield from (Link(url, "style url()") for url in urls if url)
        elif content:
            for text in script_strings(content):
                yield from (Link(link.url, "script") for link in links_of_string(text))


def links_of_string(text: str) -> Iterator[Link]:
    """Links of one string of a script: an address, text with links in it, or HTML to be written."""
    if "//" in text or "www." in text or ":\\" in text or text.startswith("\\\\"):
        url = absolute(text) if " " not in text and "<" not in text else ""
        yield from [Link(url, "script")] if url else text_links(text)


def _of_text(tree: LexborHTMLParser) -> Iterator[Link]:
    tree.strip_tags(["script", "style", "title", "head"])
    text = tree.root.text(separator="") if tree.root else ""
    if may_hold_links(text):
        yield from text_links(text_of(tree))


def _links_of_comments(html: str, depth: int) -> dict[Link, None]:
    inside = "\n".join(comment for comment in comments(html) if "=" in comment or "://" in comment)
    return _links(inside, depth + 1) if inside else {}
