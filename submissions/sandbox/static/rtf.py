"""RTF documents: embedded objects, how they are disguised, and what they load."""

import re
import struct
from collections.abc import Iterator

from submissions.sandbox.static.embedded import carried_file, embedded_object
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.macros import rtfobj

# What oletools raises on damaged documents (found by fuzzing).
_ERRORS = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    AttributeError,
    TypeError,
    RuntimeError,
    struct.error,
    RecursionError,
)

_AUTO_UPDATE = re.compile(rb"\\objupdate\b|\\objautlink\b", re.IGNORECASE)
_TEMPLATE = re.compile(rb"\\\*\s*\\template\s+([^{}\\]{4,600})", re.IGNORECASE)
_WEB = re.compile(rb"^\s*(?:https?|ftp):|^\s*\\?\\\\?\\[\w.-]+@", re.IGNORECASE)
_DDE = re.compile(rb"\\fldinst[^{}]{0,60}(?:\{[^{}]{0,200})?\bDDE(?:AUTO)?\b([^{}]{0,300})", re.IGNORECASE)
_DATA_WORD = re.compile(rb"\\objdata\b", re.IGNORECASE)
# What Word reads though the parser may give up on the data: the class as a word, its name or id in hexadecimal.
_EQUATION_WORDS = re.compile(
    rb"(?i)\\objclass\s+equation\.[23]|4571756174696f6e2e3[23]|02ce020000000000c000000000000046"
)
_EQUATION = re.compile(rb"(?i)equation\.[23]|0200(?:00)?ce02|02ce020000000000c000000000000046")
# Class ids as they stand in the data: URL moniker, composite moniker, script moniker, "new" moniker, file moniker.
_LINKS = tuple(
    bytes.fromhex(text)
    for text in (
        "e0c9ea79f9bace118c8200aa004ba90b", "fc4a0609c9cd1a44a1e7a2d4b44f3b8a", "c6afabec197fd2119da700104b2a8ee3",
        "c7b0abec197fd211978e0000f8757e2a", "d87bb59ae100cf11a52000c04fc9bd42",
    )
)  # fmt: skip
_LINK_CLASSES = (b"ole2link", b"scriptletfile", b"htmlfile", b"mscomctllib", b"otkloadr")
_SCRAMBLED_SHARE = 0.15


def rtf_document(exam: FileExam) -> Iterator[Finding]:
    """Signs in the controls of the text and in each embedded object."""
    content = exam.content
    if not re.match(rb"\s*\{\\rtf1?(?![0-9])", content):
        yield Finding("rtf-malformed-start", content[:12].decode("latin-1"))
    template = _TEMPLATE.search(content)
    if template and _WEB.search(template[1]):
        yield Finding("remote-template", template[1].decode("latin-1"))
    dde = _DDE.search(content)
    if dde:
        yield Finding("dde", dde[1].decode("latin-1"))
    if not _DATA_WORD.search(content):
        return
    if _AUTO_UPDATE.search(content):
        yield Finding("rtf-auto-update")
    equation = _EQUATION_WORDS.search(content)
    if equation:
        yield Finding("rtf-equation", equation[0].decode("latin-1"))
    if _is_scrambled(content):
        yield Finding("rtf-scrambled")
    yield from _objects(content)


def _objects(content: bytes) -> Iterator[Finding]:
    try:
        parser = rtfobj.RtfObjParser(content)
        parser.parse()
    except _ERRORS as error:
        yield Finding("unreadable", f"embedded objects: {type(error).__name__}")
        return
    for found in parser.objects:
        yield Finding("rtf-object")
        yield from _object(found)


def _object(found: "rtfobj.RtfObject") -> Iterator[Finding]:
    raw = bytes(found.rawdata or b"")
    class_name = bytes(found.class_name or b"")
    if _EQUATION.search(class_name) or b"\x02\xce\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F" in raw:
        yield Finding("rtf-equation", class_name.decode("latin-1"))
    if class_name.lower().startswith(_LINK_CLASSES) or any(link in raw for link in _LINKS):
        yield Finding("rtf-link-object", class_name.decode("latin-1"))
    if found.is_package:
        data, name = found.olepkgdata, found.filename
        yield from carried_file(bytes(data or b""), name if isinstance(name, str) else "")
    elif found.is_ole and found.oledata:
        yield from embedded_object(bytes(found.oledata), class_name.decode("latin-1"))


def _is_scrambled(content: bytes) -> bool:
    """Whether control words or braces stand amid the hexadecimal data, which only attackers' tools write."""
    for start in list(_DATA_WORD.finditer(content))[:20]:
        data = re.split(rb"\}\s*(?:\}|\{\\result)", content[start.end() : start.end() + 2000])[0]
        strange = len(re.findall(rb"[^0-9A-Fa-f\s]", data))
        if strange > 8 and strange > len(data) * _SCRAMBLED_SHARE:
            return True
    return False
