"""Objects embedded in documents by OLE: what is packed in them, as files of their own."""

from collections.abc import Iterator

import olefile

from submissions.extraction.type_of_ole import OLE_ERRORS, open_ole
from submissions.extraction.types import Member

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM_BYTES = 50 * 1024 * 1024
_NATIVE = "\x01ole10native"
_CONTENTS = ("package", "contents", "embeddedodf")


def embedded_objects(content: bytes, name: str) -> Iterator[Member]:
    """The files in one embedded object; the object itself when it is no wrapper."""
    if not content.startswith(_OLE_SIGNATURE):
        if content:
            yield Member(name, content)
        return
    opened = open_ole(content)
    packed = list(packed_files(opened)) if opened else []
    yield from packed or [Member(name, content)]


def packed_files(opened: olefile.OleFileIO) -> Iterator[Member]:
    """The files of every packager stream of a compound file, at any depth."""
    for path in stream_paths(opened):
        if path[-1].lower() in (_NATIVE, *_CONTENTS):
            yield from packed_file(path, read_stream(opened, path))


def packed_file(path: list[str], stream: bytes) -> Iterator[Member]:
    """The file in one stream that the object packager or an embedded document wrote ([MS-OLEDS] 2.3.6)."""
    kind = path[-1].lower()
    if kind == _NATIVE:
        yield from native_file(stream)
    elif kind in _CONTENTS and (stream[:4] in (b"PK\x03\x04", b"%PDF") or stream.startswith(_OLE_SIGNATURE)):
        yield Member("/".join(path[:-1]) or path[-1], stream)


def native_file(stream: bytes) -> Iterator[Member]:
    """The file that the object packager stored: label, path and bytes; raw native data when it has no such header."""
    if len(stream) < 4:
        return
    parsed = _packaged(stream)
    if parsed:
        yield parsed
    elif len(stream) > 8:
        yield Member("native-data", stream[4:])


def _packaged(stream: bytes) -> Member | None:
    """Layout of an Ole10Native stream: size, 2, label, path, 0, 3, temporary path, data (all strings end with 0)."""
    if stream[4:6] != b"\x02\x00":
        return None
    label, position = _zero_ended(stream, 6)
    path, position = _zero_ended(stream, position)
    position += 4
    length = int.from_bytes(stream[position : position + 4], "little")
    position += 4 + length
    size = int.from_bytes(stream[position : position + 4], "little")
    data = stream[position + 4 : position + 4 + size]
    if not data:
        return None
    return Member(label or path.replace("\\", "/").rpartition("/")[2] or "package", data)


def read_stream(opened: olefile.OleFileIO, path: list[str]) -> bytes:
    """One stream, b"" when it is broken."""
    try:
        with opened.openstream(path) as stream:
            return bytes(stream.read(_STREAM_BYTES))
    except OLE_ERRORS:
        return b""


def stream_paths(opened: olefile.OleFileIO) -> list[list[str]]:
    """The paths of all streams; none when the directory is broken or nests without end."""
    try:
        return list(opened.listdir(streams=True, storages=False))
    except (*OLE_ERRORS, RecursionError):
        return []


def _zero_ended(data: bytes, position: int) -> tuple[str, int]:
    end = data.find(b"\x00", position)
    end = len(data) if end < 0 else end
    return data[position:end].decode("cp1252", "replace"), end + 1
