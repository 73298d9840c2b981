"""HTML smuggling: files and pages that an HTML document carries in itself and builds in the reader's browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from submissions.extraction.data_uris import DataUri, data_uri, data_uris, lenient_base64
from submissions.extraction.html_links import html_links
from submissions.extraction.html_source import comments
from submissions.extraction.script_strings import script_strings, unescaped
from submissions.extraction.types import Inside, Link, Member, Problem
from submissions.extraction.visible_text import parsed

SMUGGLING = "html-smuggling"
DATA_URI = "data-uri"

DOCUMENTS_DEEP = 4
PAYLOADS_AT_MOST = 100
SHORTEST_ENCODED = 40

# Each begins with plain letters, not with a choice: that keeps the search fast.
HANDLER = re.compile(r"on(?<![a-z\-]on)[a-z]{2,30}\s{0,9}=")
SPELLED_LETTER = re.compile(
    r"&(?:#x0*(?:[46][1-9a-f]|[57][0-9a]|3a)|#0*(?:58|6[5-9]|[789]\d|1[01]\d|12[0-2])|colon|tab|newline)"
)
BUILDS_A_FILE = re.compile(r"new\s+(?:window\.)?(?:Blob|File)\s*\(|msSave(?:OrOpen)?Blob|MSBlobBuilder|saveAs\s*\(")
HANDS_IT_OVER = re.compile(r"\bdownload\b|createObjectURL|msSave|saveAs\s*\(|\.click\s*\(")
FILE_NAME = re.compile(
    r"""(?:\.download\s{0,9}=|setAttribute\(\s{0,9}["']download["']\s{0,9},|(?:saveAs|Blob|File)\([^,;()]{1,200},)\s{0,9}
    (?:["'`]([^"'`\n]{1,255})["'`]|([A-Za-z_$][\w$]{0,99}))""",
    re.VERBOSE,
)
MAGIC = (
    (b"PK\x03\x04", ".zip"),
    (b"MZ", ".exe"),
    (b"%PDF", ".pdf"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf", ".7z"),
    (b"\xd0\xcf\x11\xe0", ".ole"),
    (b"\x1f\x8b\x08", ".gz"),
    (b"MSCF", ".cab"),
    (b"L\x00\x00\x00\x01\x14\x02", ".lnk"),
    (b"\xe4R\\{", ".one"),
    (b"{\\rtf", ".rtf"),
    (b"\x7fELF", ".elf"),
    (b"\x89PNG", ".png"),
)
ISO_MARK, ISO_AT = b"CD001", 0x8001
BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{40,}={0,2}\s*")
HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}){20,}")
PERCENT = re.compile(r"%(?:u00)?3c", re.IGNORECASE)
HTML = re.compile(
    r"<(?:!doctype|html|head|body|script|iframe|form|meta|input|a|img|svg|object|embed|div|table)\b", re.IGNORECASE
)


def smuggled(html: str) -> Inside:
    """The files inside an HTML document, links of the documents inside it, and `html-smuggling` among its notes.

    Members are the payloads of `data:` URIs (note `data-uri`) and of scripts (`atob`, byte arrays, `unescape`,
    hexadecimal), named as the document would save them. Documents among them are searched in turn, four deep.
    """
    found = _Found()
    if _may_carry(html.lower()):
        _search(html, found, 0)
    return Inside(
        members=tuple(found.members.values()),
        links=tuple(found.links),
        notes=(SMUGGLING,) if found.smuggles else (),
        problems=tuple(found.problems),
    )


def _may_carry(lowered: str) -> bool:
    if "data:" in lowered or ("script" in lowered and _may_hold_script(lowered)):
        return True
    return HANDLER.search(lowered) is not None or SPELLED_LETTER.search(lowered) is not None


def _may_hold_script(lowered: str) -> bool:
    """Whether `script` is more than a part of a word, such as of `subscription`."""
    is_markup = "<script" in lowered or "script:" in lowered
    return is_markup or any("script" in comment for comment in comments(lowered))


@dataclass
class _Found:
    members: dict[bytes, Member] = field(default_factory=dict)
    links: dict[Link, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    smuggles: bool = False

    def add(self, name: str, content: bytes, *notes: str) -> bool:
        """Whether the content is new and there is room for it."""
        self.smuggles = self.smuggles or SMUGGLING in notes
        if not content or content in self.members:
            return False
        if len(self.members) == PAYLOADS_AT_MOST:
            self.problems[Problem("limit-files", "", "more payloads in an HTML document than are looked at")] = None
            return False
        name = self._without_beginning_of(content) or name
        self.members[content] = Member(name, content, notes=notes)
        return True

    def _without_beginning_of(self, content: bytes) -> str:
        """Drop the first piece of a file that a script put together piece by piece; the name it went by."""
        for piece, member in self.members.items():
            if len(piece) < len(content) and SMUGGLING in member.notes and content.startswith(piece):
                return self.members.pop(piece).name
        return ""


def _search(html: str, found: _Found, depth: int) -> None:
    tree = parsed(html.replace("\0", ""))
    for uri, name in _of_attributes(tree):
        _take_data_uri(uri, name, found, depth)
    for script in _scripts(tree, html):
        _search_script(script, found, depth)
    for uri in data_uris(html):
        _take_data_uri(uri, "", found, depth)


def _of_attributes(tree: LexborHTMLParser) -> Iterator[tuple[DataUri, str]]:
    """The `data:` URIs of attributes, each with the name under which its element saves it."""
    if tree.root is None:
        return
    for node in tree.root.traverse():
        attributes = node.attributes
        for value in attributes.values():
            uri = data_uri(value) if value and "data:" in value[:40].lower() else None
            if uri:
                yield uri, attributes.get("download") or ""


def _take_data_uri(uri: DataUri, name: str, found: _Found, depth: int) -> None:
    notes = (DATA_URI, SMUGGLING) if uri.is_active or name else (DATA_URI,)
    is_new = found.add(name or f"data-{len(found.members) + 1}{uri.extension}", uri.content, *notes)
    if is_new and (uri.is_document or HTML.search(uri.content[:2000].decode("latin-1"))):
        _search_document(uri.content.decode("utf-8", "replace"), "data:", found, depth)


def _search_document(html: str, place: str, found: _Found, depth: int) -> None:
    if html in found.documents:
        return
    found.documents.add(html)
    if depth == DOCUMENTS_DEEP or len(found.documents) > PAYLOADS_AT_MOST:
        found.problems[Problem("limit-depth", "", "documents in documents in an HTML document")] = None
        return
    found.links.update(dict.fromkeys(Link(link.url, f"{place} {link.place}", link.notes) for link in html_links(html)))
    _search(html, found, depth + 1)


def _scripts(tree: LexborHTMLParser, html: str) -> Iterator[str]:
    for node in tree.css("script"):
        yield node.text()
    if tree.root is not None:
        for node in tree.root.traverse():
            for name, value in node.attributes.items():
                if value and (name.startswith("on") or value.lstrip()[:11].lower() == "javascript:"):
                    yield value
    yield from (comment for comment in comments(html) if "script" in comment.lower())


def _search_script(script: str, found: _Found, depth: int) -> None:
    name = _file_name(script)
    if BUILDS_A_FILE.search(script) and HANDS_IT_OVER.search(script):
        found.smuggles = True
    for text in script_strings(script):
        if "data:" in text[:9].lower() and (uri := data_uri(text)):
            _take_data_uri(uri, name, found, depth)
        elif len(text) >= SHORTEST_ENCODED or HTML.search(text):
            _take_string(text, script, name, found, depth)


def _take_string(text: str, script: str, name: str, found: _Found, depth: int) -> None:
    """A string of a script that is a file, a page, or either of them encoded."""
    for content in _readings(text):
        extension = _extension(content)
        page = HTML.search(content[:2000].decode("latin-1")) is not None
        if not extension and not page:
            continue
        was_hidden = content != text.encode("utf-8", "replace") or text not in script
        if was_hidden and found.add(
            name or f"script-{len(found.members) + 1}{extension or '.html'}", content, SMUGGLING
        ):
            name = ""
        if page and not extension:
            _search_document(content.decode("utf-8", "replace"), "script", found, depth)
        return


def _readings(text: str) -> Iterator[bytes]:
    """What a string may mean: bytes as they are, then base64, hexadecimal, percent escapes."""
    yield text.encode("latin-1") if max(text, default="") < "\u0100" else text.encode("utf-8", "replace")
    if BASE64.fullmatch(text):
        yield lenient_base64(text.encode("ascii"))
    if HEXADECIMAL.fullmatch(text):
        yield bytes.fromhex(text)
    if PERCENT.search(text):
        yield unescaped(text).encode("utf-8", "replace")


def _extension(content: bytes) -> str:
    if content[ISO_AT : ISO_AT + 5] == ISO_MARK:
        return ".iso"
    return next((extension for magic, extension in MAGIC if content.startswith(magic)), "") if len(content) > 15 else ""


def _file_name(script: str) -> str:
    """The name under which a script saves what it builds, spelled there or held by a variable."""
    found = FILE_NAME.search(script)
    if found is None:
        return ""
    if found[1]:
        return found[1]
    held = re.search(rf"\b{re.escape(found[2])}\s{{0,9}}=\s{{0,9}}[\"'`]([^\"'`\n]{{1,255}})", script)
    return held[1] if held else ""
