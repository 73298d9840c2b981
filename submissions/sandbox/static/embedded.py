"""Objects embedded in Office documents: attached files, links, the old equation editor."""

import re
from collections.abc import Iterator

import olefile

from submissions.extraction import file_types
from submissions.extraction.file_types import extension
from submissions.extraction.type_of_ole import OLE_ERRORS, open_ole
from submissions.sandbox.static.findings import Finding
from submissions.sandbox.static.names import RUNS_BY_NAME

_STREAM = 4 * 1024 * 1024
_NATIVE = "\x01ole10native"
_EQUATION = "equation native"
_EQUATION_CLASSES = ("0002CE02-", "0002CE03-", "0004A6B0-")
_ACTIVE_TYPES = (
    "application/x-dosexec", "application/x-ms-", "application/hta", "text/javascript", "text/vbscript",
    "text/x-powershell", "text/x-msdos-batch", "text/x-ms-", "application/java-archive", "application/x-msi",
)  # fmt: skip
# MTEF: a font record (8) whose name runs over the 40 bytes that the editor keeps for it (CVE-2017-11882),
# or a matrix record (5) of impossible size (CVE-2018-0798).
_LONG_FONT = re.compile(rb"\x08[\x00-\xff]{2}[^\x00]{40,}", re.DOTALL)


def embedded_object(content: bytes, name: str, *, in_sheet: bool = False) -> Iterator[Finding]:
    """Signs in one embedded part: an OLE object, or a file as it is."""
    if content.startswith(olefile.MAGIC):
        opened = open_ole(content)
        if opened is None:
            yield Finding("unreadable", f"embedded object {name}")
            return
        with opened:
            yield from ole_object_signs(opened, in_sheet=in_sheet)
    elif content:
        yield from carried_file(content, name)


def ole_object_signs(opened: olefile.OleFileIO, *, in_sheet: bool = False) -> Iterator[Finding]:
    """Signs in the streams of an OLE object, wherever in the document it stands."""
    is_equation = str(opened.root.clsid).startswith(_EQUATION_CLASSES)
    paths = stream_paths(opened)
    if paths is None:
        yield Finding("unreadable", "its streams cannot be listed")
    for path in paths or ():
        name = path[-1]
        lowered = name.lower()
        if lowered == _NATIVE:
            yield from _native(_read(opened, path))
            if name not in ("\x01Ole10Native", "\x01OLE10Native", "\x01Ole10native"):
                yield Finding("stream-name-disguised", name)
        elif lowered == _EQUATION:
            is_equation = True
            yield from _equation(_read(opened, path))
            if name != "Equation Native":
                yield Finding("stream-name-disguised", name)
    if is_equation:
        yield Finding("equation-object", points=40 if in_sheet else None)


def stream_paths(opened: olefile.OleFileIO) -> list[list[str]] | None:
    """The paths of all streams, None for a directory that turns in circles."""
    try:
        return list(opened.listdir(streams=True, storages=False))
    except RecursionError:
        return None


def _native(stream: bytes) -> Iterator[Finding]:
    """An attached file with its name and two paths ([MS-OLEDS] section 2.3.6 and the Object Packager)."""
    if stream[4:6] != b"\x02\x00":
        if _LONG_FONT.search(stream[4:400]) and b"\x1c\x00" in stream[:16]:
            yield Finding("equation-exploit")
        return
    label, _, rest = stream[6:].partition(b"\x00")
    source, _, rest = rest.partition(b"\x00")
    carried = _carried(rest)
    shown = label or source
    yield from carried_file(carried, shown.decode("cp1252", "replace"))


def _carried(rest: bytes) -> bytes:
    """The attached bytes behind the packager's second path."""
    length = int.from_bytes(rest[4:8], "little")
    after_path = 8 + length
    size = int.from_bytes(rest[after_path : after_path + 4], "little")
    return rest[after_path + 4 : after_path + 4 + size]


def carried_file(content: bytes, name: str) -> Iterator[Finding]:
    """A file that the document carries: a program or script, or something that is only noted."""
    file_type = file_types.detect(content, name)
    if extension(name) in RUNS_BY_NAME or file_type.startswith(_ACTIVE_TYPES):
        yield Finding("embedded-program", name or file_type)
    elif not file_type.startswith(("application/vnd.", "application/msword", "image/", "application/octet-stream")):
        yield Finding("embedded-file", f"{name} {file_type}".strip())
    else:
        yield Finding("embedded-object", name)


def _equation(stream: bytes) -> Iterator[Finding]:
    if _LONG_FONT.search(stream[28:400]):
        yield Finding("equation-exploit", "font name too long")


def _read(opened: olefile.OleFileIO, path: list[str]) -> bytes:
    try:
        with opened.openstream(path) as stream:
            return bytes(stream.read(_STREAM))
    except OLE_ERRORS:
        return b""
