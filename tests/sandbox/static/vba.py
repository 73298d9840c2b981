"""Writes VBA projects ([MS-OVBA]) for tests: source text only, as a storage of an OLE file."""

import struct

from tests.sandbox.static.compound import compound

_CHUNK = 4096


def compressed(text: bytes) -> bytes:
    """The container of section 2.4.1, all tokens literal."""
    packed = bytearray(b"\x01")
    for start in range(0, len(text), _CHUNK - 512):
        chunk = text[start : start + _CHUNK - 512]
        data = b"".join(b"\x00" + chunk[place : place + 8] for place in range(0, len(chunk), 8))
        packed += struct.pack("<H", (len(data) - 1) | 0xB000) + data
    return bytes(packed)


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _directory(modules: dict[str, str]) -> bytes:
    """The stream `dir` of section 2.3.4.2."""
    parts = [
        _record(0x01, struct.pack("<I", 1)), _record(0x02, struct.pack("<I", 0x409)),
        _record(0x14, struct.pack("<I", 0x409)), _record(0x03, struct.pack("<H", 1252)), _record(0x04, b"Project"),
        _record(0x05, b""), _record(0x40, b""), _record(0x06, b""), _record(0x3D, b""),
        _record(0x07, struct.pack("<I", 0)), _record(0x08, struct.pack("<I", 0)),
        struct.pack("<HIIH", 0x09, 4, 1, 1), _record(0x0C, b""), _record(0x3C, b""),
        _record(0x16, b"stdole"), _record(0x3E, "stdole".encode("utf-16-le")),
        _record(0x0D, struct.pack("<I", 3) + b"*\\G" + bytes(6)),
        _record(0x0F, struct.pack("<H", len(modules))), _record(0x13, struct.pack("<H", 0xFFFF)),
    ]  # fmt: skip
    for name in modules:
        raw, text = name.encode(), name.encode("utf-16-le")
        parts += [
            _record(0x19, raw), _record(0x47, text), _record(0x1A, raw), _record(0x32, text), _record(0x1C, b""),
            _record(0x48, b""), _record(0x31, struct.pack("<I", 0)), _record(0x1E, struct.pack("<I", 0)),
            _record(0x2C, struct.pack("<H", 0xFFFF)), _record(0x21, b""), _record(0x2B, b""),
        ]  # fmt: skip
    return b"".join(parts) + struct.pack("<HI", 0x10, 0)


def project_streams(modules: dict[str, str], storage: str = "") -> dict[str, bytes]:
    """The streams of a project below `storage`: source by module name."""
    prefix = f"{storage}/" if storage else ""
    lines = [f"Module={name}" for name in modules]
    streams = {
        f"{prefix}PROJECT": "\r\n".join(['ID="{0}"', *lines, 'Name="Project"']).encode(),
        f"{prefix}VBA/_VBA_PROJECT": b"\xcc\x61\xff\xff\x00\x00\x00",
        f"{prefix}VBA/dir": compressed(_directory(modules)),
    }
    for name, source in modules.items():
        text = f'Attribute VB_Name = "{name}"\r\n{source}'
        streams[f"{prefix}VBA/{name}"] = compressed(text.encode("cp1252"))
    return streams


def vba_project(source: str) -> bytes:
    """The part `vbaProject.bin` with one module."""
    return compound(project_streams({"Module1": source}))


def old_word(source: str) -> bytes:
    """A .doc file with one macro module and no text."""
    return compound({"WordDocument": bytes(4096), **project_streams({"Module1": source}, "Macros")})


def old_excel(source: str) -> bytes:
    """An .xls file with one macro module and an empty workbook."""
    book = struct.pack("<HH", 0x0809, 16) + bytes(16) + struct.pack("<HH", 0x000A, 0)
    return compound({"Workbook": book.ljust(4096, b"\0"), **project_streams({"Module1": source}, "_VBA_PROJECT_CUR")})
