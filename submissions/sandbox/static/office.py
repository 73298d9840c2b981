"""Office documents in the ZIP formats (Office Open XML, OpenDocument): what they load, start and carry."""

import html
import re
import zipfile
from collections.abc import Iterator

from olefile import MAGIC

from submissions.extraction.zip_parts import open_zip, read_part
from submissions.sandbox.static.embedded import embedded_object
from submissions.sandbox.static.excel4 import sheet_signs
from submissions.sandbox.static.fields import field_signs
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.macros import macro_signs

_PART = 4 * 1024 * 1024
_PROJECT = 32 * 1024 * 1024
_PROJECT_STREAM = "_VBA_PROJECT".encode("utf-16-le")
_MOST_PARTS = 500
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b([^<>]{1,8192})>")
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_EMBEDDED = re.compile(r"(?:^|/)(?:embeddings|objects?)/|oleobject\d*\.bin$|(?:^|/)object \d+$", re.IGNORECASE)
_TEXTS = re.compile(
    r"(?:word/(?:document|header|footer|footnotes|comments)\w*\.xml|xl/sharedStrings\.xml|xl/worksheets/[^/]+\.xml"
    r"|xl/externalLinks/[^/]+\.xml|ppt/slides/[^/]+\.xml|content\.xml)$",
    re.IGNORECASE,
)
_ACTION = re.compile(rb"\baction\s*=\s*[\"']ppaction://program\b", re.IGNORECASE)
_MACRO_SHEET = re.compile(r"xl/(?:macrosheets|intlmacrosheets)/[^/]+\.(?:xml|bin)$", re.IGNORECASE)
_WEB = re.compile(r"^\s*(?:https?|ftp):", re.IGNORECASE)
_SHARE = re.compile(r"^\s*(?:file:///?(?=\\\\|//)|file:(?=//[^/\\])|(?=\\\\|//))[\\/]*(?![a-z]:)[\w.-]", re.IGNORECASE)
_EXPLOIT = re.compile(
    r"^\s*(?:mhtml:|ms-[a-z-]+:|search-ms:|script:|javascript:|vbscript:|x-usc:)|!x-usc:|\.html?!", re.IGNORECASE
)
_WEB_SHARE = re.compile(r"[\\/]{2}[\w.-]+@(?:ssl|\d+)[\\/@]", re.IGNORECASE)
# Pictures and frames on a share are loaded unasked; templates and linked tables on one are usual in offices.
_LOADED_UNASKED = ("image", "frame", "subdocument")
_QUIET = (
    "hyperlink", "image", "video", "audio", "media", "pivotcachedefinition", "externallinkpath", "xlpathmissing",
    "xlstartup", "xlalternatestartup", "xllibrary",
)  # fmt: skip
_ODF_MACROS = re.compile(
    r"^(?:Basic/(?!script-lc\.xml)[^/]+/(?!script-lb\.xml).+\.xml|Scripts/.+\.(?:py|js|bsh|java))$"
)
_ODF_EVENT = re.compile(
    rb"<script:event-listener\b[^<>]{0,400}(?:dom:load|office:load|on-load|view-created|start-app)[^<>]{0,400}>"
)


def office_document(exam: FileExam) -> Iterator[Finding]:
    """Macros, remote parts, embedded objects and fields of one document."""
    opened = open_zip(exam.content)
    if opened is None:
        yield Finding("unreadable", "its parts cannot be listed")
        return
    with opened:
        names = opened.namelist()
        if len(names) > _MOST_PARTS * 10:
            yield Finding("not-all-checked", f"{len(names)} parts")
        if any(entry.flag_bits & 1 for entry in opened.infolist()):
            yield Finding("locked")
        yield from _macros(opened, names)
        yield from _parts(opened, names)
        yield from _open_document(opened, names)


def _macros(opened: zipfile.ZipFile, names: list[str]) -> Iterator[Finding]:
    """Macro projects under any name; each is opened by itself, for oletools gives up where Office does not."""
    for name in names[: _MOST_PARTS * 10]:
        if read_part(opened, name, len(MAGIC)) == MAGIC:
            project = read_part(opened, name, _PROJECT)
            if _PROJECT_STREAM in project:
                yield from macro_signs(project, name)


def _parts(opened: zipfile.ZipFile, names: list[str]) -> Iterator[Finding]:
    for name in names[: _MOST_PARTS * 10]:
        if name.lower().endswith(".rels"):
            yield from relationship_signs(read_part(opened, name, _PART))
        elif _MACRO_SHEET.search(name):
            yield from sheet_signs(opened, name)
        elif _TEXTS.search(name):
            yield from _text_signs(read_part(opened, name, _PART))
        elif _EMBEDDED.search(name) and not name.endswith("/"):
            yield from embedded_object(read_part(opened, name, _PART), name, in_sheet=name.startswith("xl/"))
        elif "activex" in name.lower() and name.lower().endswith(".xml"):
            yield from _control(read_part(opened, name, _PART))


def _text_signs(part: bytes) -> Iterator[Finding]:
    yield from field_signs(part)
    if _ACTION.search(part):
        yield Finding("action-program")


def relationship_signs(part: bytes) -> Iterator[Finding]:
    """What the relationships of a part load from elsewhere (ECMA-376 part 2, section 6.5)."""
    for found in _RELATIONSHIP.finditer(part):
        values = {
            key.lower().decode(): html.unescape((double or single).decode("utf-8", "replace"))
            for key, double, single in _ATTRIBUTE.findall(found[1])
        }
        if values.get("targetmode", "").lower() == "external":
            yield from _remote(values.get("type", "").rpartition("/")[2].lower(), values.get("target", ""))


def _remote(kind: str, target: str) -> Iterator[Finding]:
    if _EXPLOIT.search(target) and not target.lower().startswith(("ms-word:", "ms-excel:", "ms-powerpoint:")):
        yield Finding("exploit-address", target)
    elif _SHARE.search(target) and (kind in _LOADED_UNASKED or _WEB_SHARE.search(target)):
        yield Finding("remote-share", target)
    elif not _WEB.search(target) or kind in _QUIET:
        if kind == "image" and _WEB.search(target):
            yield Finding("remote-picture", target)
    elif kind == "attachedtemplate":
        yield Finding("remote-template", target)
    elif kind == "frame":
        yield Finding("remote-frame", target)
    else:
        yield Finding("remote-object", f"{kind} {target}")


def _control(part: bytes) -> Iterator[Finding]:
    if b"D27CDB6E-AE6D-11CF-96B8-444553540000" in part.upper():
        yield Finding("flash")
    elif b"classid" in part.lower():
        yield Finding("activex")


def _open_document(opened: zipfile.ZipFile, names: list[str]) -> Iterator[Finding]:
    """Macros of OpenDocument files stand in folders of their own (ODF 1.2 part 3)."""
    macros = [name for name in names if _ODF_MACROS.match(name)]
    if macros:
        yield Finding("macro", macros[0])
    for name in ("content.xml", "settings.xml"):
        if name in names and _ODF_EVENT.search(read_part(opened, name, _PART)):
            yield Finding("macro-auto-run", "event listener")
    manifest = read_part(opened, "META-INF/manifest.xml", _PART) if "META-INF/manifest.xml" in names else b""
    if b"encryption-data" in manifest:
        yield Finding("locked")
