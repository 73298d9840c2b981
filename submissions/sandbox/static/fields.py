"""Fields and cells of Office documents that ask other programs for data (DDE)."""

import re
from collections.abc import Iterator

from submissions.sandbox.static.findings import Finding

_PROGRAM = re.compile(
    rb"(?i)\b(?:cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|certutil|bitsadmin|msiexec|forfiles)\b"
)
_INSTRUCTION = re.compile(rb"<w:instrText\b[^<>]*>([^<]{0,4000})</w:instrText>|\bw:instr=\"([^\"]{0,4000})\"")
_DDE_FIELD = re.compile(rb"(?i)(?:^|\s)\s*\"?DDE(?:AUTO)?\b")
_DDE_LINK = re.compile(rb"<(?:\w+:)?ddeLink\b([^<>]{0,2000})>")
_FORMULA = re.compile(rb"<f\b[^<>]*>([^<]{0,2000})</f>")
_FORMULA_RUNS = re.compile(rb"(?i)\b(?:cmd|powershell|mshta|rundll32|regsvr32|msexcel|certutil)(?:\.exe)?\|")
_OLD_FIELD = re.compile(rb"\x13\s*(?:\x14|\s)*DDE(?:AUTO)?\s[^\x13\x15]{0,600}", re.IGNORECASE)
_LURE = re.compile(
    rb"(?i)(?:click|press|select|please)[^.<]{0,80}\benable (?:editing|content|macros)|inhalte? aktivieren"
    rb"|bearbeitung aktivieren|activer (?:le contenu|la modification)|habilitar (?:contenido|edici)"
    rb"|abilita (?:contenuto|modifica)"
)
_LURE_LENGTH = 256 * 1024
_TAGS = re.compile(rb"<[^<>]{0,2000}>")


def field_signs(part: bytes) -> Iterator[Finding]:
    """Signs in the XML of a document, a sheet or an external link.

    Word may cut one instruction into many elements, so they are read as one text.
    """
    instructions = b"".join(first or second for first, second in _INSTRUCTION.findall(part))
    if _DDE_FIELD.search(instructions) or re.search(rb"(?i)DDEAUTO", instructions):
        yield from _dde(instructions)
    for link in _DDE_LINK.finditer(part):
        yield Finding("dde-link", _words(link[1]))
        if _PROGRAM.search(link[1]):
            yield Finding("formula-runs-program", _words(link[1]))
    for formula in _FORMULA.finditer(part):
        if _FORMULA_RUNS.search(formula[1]):
            yield Finding("formula-runs-program", _words(formula[1]))
    if _LURE.search(_TAGS.sub(b"", part[:_LURE_LENGTH])):
        yield Finding("lure-text")


def old_field_signs(stream: bytes) -> Iterator[Finding]:
    """DDE fields in the text of a .doc file ([MS-DOC] section 2.8.25): 8-bit or UTF-16 between field marks."""
    for text in (stream, stream[::2] if stream.count(0) * 4 > len(stream) else b"", stream.replace(b"\x00", b"")):
        found = _OLD_FIELD.search(text)
        if found:
            yield from _dde(found[0])
            return


def _dde(instructions: bytes) -> Iterator[Finding]:
    yield Finding("dde", _words(instructions))
    if _PROGRAM.search(instructions):
        yield Finding("dde-program", _words(instructions))


def _words(raw: bytes) -> str:
    return raw.strip(b"\x13\x14\x15 ").decode("utf-8", "replace")
