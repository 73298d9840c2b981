"""Excel 4.0 macros (XLM), in old workbooks record by record and in new ones by their sheets."""

import re
import struct
import zipfile
from collections.abc import Iterator

from submissions.extraction.zip_parts import read_part
from submissions.sandbox.static.findings import Finding

_PART = 4 * 1024 * 1024
_MOST_RECORDS = 200_000

# [MS-XLS] section 2.4: the records that matter here.
_FORMULA, _BOUND_SHEET, _NAME, _FILE_PASS, _SUP_BOOK = 0x0006, 0x0085, 0x0018, 0x002F, 0x01AE
_OLD_NAMES = (0x0018, 0x0218)
_MACRO_SHEET, _BASIC_MODULE = 1, 6
_BUILT_IN = 0x20
_AUTO_NAMES = {1: "Auto_Open", 2: "Auto_Close"}

# [MS-XLS] section 2.5.198.17 (Ftab): functions that only macros have and that reach outside the workbook.
_CALLS = {53: "GOTO", 94: "ACTIVE.CELL", 110: "EXEC", 149: "REGISTER", 150: "CALL", 132: "FOPEN", 136: "FWRITELN"}
_OUTSIDE = {110, 149, 150, 132, 136}
_OUTSIDE_WORDS = re.compile(
    rb"(?i)\b(?:EXEC|CALL|REGISTER(?:\.ID)?|FOPEN|FWRITELN?|URLDownloadToFile\w*|FORMULA(?:\.FILL)?|ShellExecute\w*|RUN)\s*\("
)
_AUTO_WORDS = re.compile(rb"(?i)_xlnm\.Auto_(?:Open|Close|Activate)|\bAuto_?Open\w*")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]{0,1000}>")
_COMMAND = re.compile(rb"(?i)\b(?:cmd|powershell|mshta|rundll32|regsvr32|msexcel)(?:\.exe)?[\x03|]")


def workbook_signs(stream: bytes) -> Iterator[Finding]:
    """Signs in the Workbook or Book stream of an .xls file."""
    is_macro = False
    for number, (kind, data) in enumerate(_records(stream)):
        if number > _MOST_RECORDS:
            yield Finding("not-all-checked", "too many records")
            return
        if kind == _FILE_PASS:
            return
        if kind == _BOUND_SHEET and len(data) > 5 and data[5] == _BASIC_MODULE:
            yield Finding("macro", "a module of Excel 5")
        elif kind == _BOUND_SHEET and len(data) > 5 and data[5] == _MACRO_SHEET:
            is_macro = True
            yield Finding("macro-xlm")
            if data[4] & 3:
                yield Finding("macro-xlm-hidden")
        elif kind in _OLD_NAMES and is_macro:
            yield from _auto_name(data)
        elif kind == _FORMULA and is_macro:
            yield from _outside_calls(data)
        elif kind == _SUP_BOOK and _COMMAND.search(data.replace(b"\x00", b"")):
            yield Finding("formula-runs-program", data.replace(b"\x00", b"")[3:].decode("latin-1"))


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + size]
        position += 4 + size


def _auto_name(data: bytes) -> Iterator[Finding]:
    """A built-in name, or one that is spelled out ([MS-XLS] section 2.4.150)."""
    if len(data) < 16:
        return
    flags = int.from_bytes(data[:2], "little")
    text = data[14 : 16 + data[3]]
    built_in = next((_AUTO_NAMES[byte] for byte in text[:2] if byte in _AUTO_NAMES), "")
    if flags & _BUILT_IN and built_in:
        yield Finding("macro-xlm-auto-run", built_in)
    elif b"auto_open" in text.replace(b"\x00", b"").lower():
        yield Finding("macro-xlm-auto-run", "Auto_Open")


def _outside_calls(data: bytes) -> Iterator[Finding]:
    """A call of a function by its number: token PtgFuncVar (0x22, 0x42, 0x62) or PtgFunc (0x21, 0x41, 0x61)."""
    formula = data[22:]
    for match in re.finditer(rb"[\x22\x42\x62].(..)|[\x21\x41\x61](..)", formula, re.DOTALL):
        number = int.from_bytes(match[1] or match[2], "little") & 0x7FFF
        if number in _OUTSIDE:
            yield Finding("macro-xlm-calls", _CALLS[number])
            return


def sheet_signs(opened: zipfile.ZipFile, name: str) -> Iterator[Finding]:
    """Signs of a macro sheet in the ZIP formats, and of the workbook that it belongs to."""
    yield Finding("macro-xlm", name)
    sheet = read_part(opened, name, _PART)
    calls = _OUTSIDE_WORDS.search(sheet)
    if calls:
        yield Finding("macro-xlm-calls", calls[0].decode("ascii", "replace"))
    elif name.lower().endswith(".bin"):
        yield from _outside_calls(bytes(22) + sheet)
    workbook = read_part(opened, "xl/workbook.xml", _PART) or read_part(opened, "xl/workbook.bin", _PART)
    plain = workbook.replace(b"\x00", b"")
    auto = _AUTO_WORDS.search(plain)
    if auto:
        yield Finding("macro-xlm-auto-run", auto[0].decode("ascii", "replace"))
    if any(b"hidden" in found[0].lower() for found in _SHEET.finditer(workbook)):
        yield Finding("macro-xlm-hidden")
