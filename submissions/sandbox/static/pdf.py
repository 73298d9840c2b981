"""PDF documents: what they do by themselves, what they carry, where they lead."""

import ctypes
import io
import re
import zlib
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from submissions.extraction import file_types
from submissions.extraction.file_types import extension
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.names import RUNS_BY_NAME

# What pypdfium2 raises on damaged documents (found by fuzzing); PdfiumError is a RuntimeError.
_ERRORS = (RuntimeError, ValueError, OSError, TypeError, IndexError, OverflowError, ctypes.ArgumentError)
_STREAM_BYTES = 4 * 1024 * 1024
_TOTAL_BYTES = 32 * 1024 * 1024
_MOST_STREAMS = 20_000
_LONGEST_DICTIONARY = 4000
_MOST_ATTACHMENTS = 50

# ISO 32000-1: names may be written with #xx (7.3.5), actions are dictionaries (12.6), scripts strings or streams.
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_OBJECT = re.compile(rb"(\d{1,9})\s{1,20}\d{1,5}\s{1,20}obj\b")
_PICTURE = re.compile(rb"/Subtype\s*/Image|/DCTDecode|/JPXDecode|/FontFile|/Length1\b|/CCITTFaxDecode")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPED_NAME = re.compile(rb"/[A-Za-z]*(?:#[0-9A-Fa-f]{2}[A-Za-z]*)+")
_TELLING_NAME = re.compile(
    rb"^/(?:JavaScript|JS|Launch|OpenAction|AA|URI|EmbeddedFiles?|ObjStm|RichMedia|SubmitForm|XFA)$"
)
_LITERAL = rb"\(((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\)){0,65536})\)"
_SCRIPT = re.compile(rb"/JS\s*(?:" + _LITERAL + rb"|<([0-9A-Fa-f\s]{0,200000})>|(\d{1,9})\s+\d{1,5}\s+R)", re.DOTALL)
_OPEN_ACTION = re.compile(rb"/OpenAction\s*(?:(\d{1,9})\s+\d{1,5}\s+R|<<((?:(?!endobj).){0,4000}))", re.DOTALL)
_LAUNCH = re.compile(rb"/S\s*/Launch\b")
_LAUNCH_TARGET = re.compile(rb"/(?:F|Win|P|UF)\s*(?:<<[^>]{0,400}?/F\s*)?" + _LITERAL, re.DOTALL)
_COMMAND = re.compile(rb"(?i)\b(?:cmd|powershell|mshta|wscript|cscript|rundll32|regsvr32|bash|sh)\b(?:\.exe)?")
_URI = re.compile(rb"/URI\s*" + _LITERAL, re.DOTALL)
_REMOTE = re.compile(
    rb"/S\s*/GoTo[RE]\b(?:(?!endobj).){0,400}?/F\s*(?:<<[^>]{0,400}?/F\s*)?\((\\\\\\\\[^)]{1,300}|(?:file:)?//[^)]{1,300})\)",
    re.DOTALL,
)
_HARMLESS_CODE = re.compile(
    r"\b(?:this\.)?(?:print|zoom\w*|pageNum|layout|AF(?:Number|Date|Time|Percent|Special|Simple|Range|Merge)\w*|calculateNow|getField)\b"
)
_RISKY_CODE = re.compile(
    r"\bunescape\s*\(|\beval\s*\(|String\.fromCharCode|\bexportDataObject\b|\bimportDataObject\b|\bapp\.launchURL\b|\bgetURL\s*\("
    r"|\bCollab\.\w+|\butil\.printf\s*\(|\bmedia\.newPlayer\b|\bspell\.customDictionaryOpen|\bgetAnnots?\s*\(|\bgetIcon\s*\("
    r"|\bsubmitForm\s*\(|\bopenDoc\s*\(|\bthis\.info\.\w+|\bapp\.doc\.syncAnnotScan|(?:%u[0-9a-fA-F]{4}){4}|\bSOAP\.|\bnet\.HTTP"
    r"|\bmailMsg\b|\bmailDoc\b|\bcreateDataObject\b|\bsaveAs\s*\(|\bActiveXObject\b",
    re.IGNORECASE,
)
_DROPS = re.compile(r"exportDataObject\s*\([^)]{0,300}nLaunch\s*:\s*[\"']?[12]", re.IGNORECASE)


def pdf_document(exam: FileExam) -> Iterator[Finding]:
    """Signs in one document; one that needs an unknown password is locked."""
    content = exam.content
    try:
        with pypdfium2.PdfDocument(content, password=exam.password) as document:
            if pdfium.FPDF_GetSecurityHandlerRevision(document) != -1:
                content = _without_encryption(document)
            yield from _attachments(document)
    except _ERRORS:
        yield Finding("locked") if b"/Encrypt" in content else Finding("unreadable", "no PDF reader opens it")
    yield from object_signs(content)


def _without_encryption(document: pypdfium2.PdfDocument) -> bytes:
    plain = io.BytesIO()
    document.save(plain, flags=pdfium.FPDF_REMOVE_SECURITY)
    return plain.getvalue()


def _attachments(document: pypdfium2.PdfDocument) -> Iterator[Finding]:
    count = document.count_attachments()
    if count > _MOST_ATTACHMENTS:
        yield Finding("not-all-checked", f"{count} attached files")
    for number in range(min(count, _MOST_ATTACHMENTS)):
        attachment = document.get_attachment(number)
        name = str(attachment.get_name())
        file_type = file_types.detect(bytes(attachment.get_data()), name)
        active = extension(name) in RUNS_BY_NAME or file_type.startswith(("application/x-dosexec", "application/x-ms-"))
        yield Finding("embedded-program" if active else "pdf-embedded-file", name)


def object_signs(content: bytes) -> Iterator[Finding]:
    """Signs in the objects of a file, read without a PDF reader: broken files and hidden actions included."""
    streams, is_complete = _streams(content)
    if not is_complete:
        yield Finding("not-all-checked", "too many streams")
    joined = b"\n".join([content, *streams.values()])
    disguised = [name for name in _ESCAPED_NAME.findall(joined) if _TELLING_NAME.match(_unescaped(name))]
    if disguised:
        yield Finding("pdf-disguised-names", disguised[0].decode("latin-1"))
        joined = _ESCAPED_NAME.sub(lambda match: _unescaped(match[0]), joined)
    if any(_is_program(stream) for stream in streams.values()):
        yield Finding("embedded-program", "a program in a stream")
    yield from _scripts(joined, streams)
    yield from _launches(joined)
    yield from _targets(joined)


def _streams(content: bytes) -> tuple[dict[int, bytes], bool]:
    """The unpacked streams by object number, without pictures and fonts; and whether these are all."""
    left = _TOTAL_BYTES
    found: dict[int, bytes] = {}
    for number, match in enumerate(_STREAM.finditer(content)):
        if number == _MOST_STREAMS or left <= 0:
            return found, False
        before = content[max(match.start() - _LONGEST_DICTIONARY, 0) : match.start()]
        header = next(reversed(list(_OBJECT.finditer(before))), None)
        dictionary = before[header.end() :] if header else before
        if header is None or _PICTURE.search(dictionary):
            continue
        unpacked = _unpacked(content, match.end(), dictionary, left)
        left -= len(unpacked)
        found[int(header[1])] = _numbered(unpacked, dictionary) if b"ObjStm" in dictionary else unpacked
    return found, True


def _unpacked(content: bytes, start: int, dictionary: bytes, left: int) -> bytes:
    """The stream's bytes, b"" for a filter that scripts are not stored with."""
    if b"/Filter" not in dictionary:
        end = content.find(b"endstream", start, start + _STREAM_BYTES)
        return content[start : end if end >= 0 else start + _STREAM_BYTES]
    packed = memoryview(content)[start:]
    try:
        return zlib.decompressobj().decompress(packed, min(_STREAM_BYTES, left))
    except zlib.error:
        return b""


def _numbered(unpacked: bytes, dictionary: bytes) -> bytes:
    """The objects of an object stream (ISO 32000-1, 7.5.7) as they would stand in the file."""
    first = re.search(rb"/First\s+(\d{1,9})", dictionary)
    start = int(first[1]) if first else 0
    numbers = [int(word) for word in unpacked[:start].split() if word.isdigit()]
    places = list(zip(numbers[::2], numbers[1::2], strict=False))
    ends = [offset for _, offset in places[1:]] + [len(unpacked)]
    objects = [
        b"%d 0 obj %s endobj" % (number, unpacked[start + offset : start + end])
        for (number, offset), end in zip(places, ends, strict=False)
    ]
    return b"\n".join(objects) if objects else unpacked


def _is_program(stream: bytes) -> bool:
    """Whether it is one, however the document names it or leads to it."""
    return stream.startswith(b"MZ") and file_types.detect(stream, "").startswith("application/x-dosexec")


def _unescaped(name: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), name)


def _scripts(joined: bytes, streams: dict[int, bytes]) -> Iterator[Finding]:
    code = "\n".join(_code(match, streams) for match in _SCRIPT.finditer(joined))
    if not code and not re.search(rb"/S\s*/JavaScript\b", joined):
        return
    yield Finding("pdf-javascript", code.strip()[:80])
    if any(b"/JavaScript" in one or b"/JS" in one for one in _open_actions(joined)) and not _is_harmless(code):
        yield Finding("pdf-javascript-on-open")
    risky = _RISKY_CODE.search(code)
    if risky:
        yield Finding("pdf-javascript-risky", risky[0])
    if _DROPS.search(code):
        yield Finding("pdf-drops-file")


def _code(match: re.Match[bytes], streams: dict[int, bytes]) -> str:
    literal, hexadecimal, reference = match.groups()
    if reference is not None:
        return _text(streams.get(int(reference), b""))
    if hexadecimal is not None:
        digits = re.sub(rb"\s", b"", hexadecimal).decode("ascii")
        return _text(bytes.fromhex(digits + "0" * (len(digits) % 2)))
    return _text(re.sub(rb"\\([()\\])", rb"\1", literal))


def _text(raw: bytes) -> str:
    if raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        return raw.decode("utf-16", "replace")
    return raw.decode("latin-1")


def _open_actions(joined: bytes) -> Iterator[bytes]:
    for match in _OPEN_ACTION.finditer(joined):
        action = match[2]
        if match[1]:
            found = re.search(rb"\b" + match[1] + rb"\s+\d{1,5}\s+obj\b(.{0,2000})", joined, re.DOTALL)
            action = found[1].partition(b"endobj")[0] if found else b""
        yield action


def _is_harmless(code: str) -> bool:
    """Code that only prints, zooms or turns to a page."""
    statements = [part for part in re.split(r"[;\n\r]+", code) if part.strip()]
    return bool(statements) and all(_HARMLESS_CODE.search(part) for part in statements) and not _RISKY_CODE.search(code)


def _launches(joined: bytes) -> Iterator[Finding]:
    for match in _LAUNCH.finditer(joined):
        around = joined[max(match.start() - 600, 0) : match.end() + 600]
        target = b" ".join(_LAUNCH_TARGET.findall(around))
        yield Finding("pdf-launch", target.decode("latin-1"))
        if _COMMAND.search(target):
            yield Finding("pdf-launch-command", target.decode("latin-1"))
            return


def _targets(joined: bytes) -> Iterator[Finding]:
    for match in _URI.finditer(joined):
        address = match[1].decode("latin-1")
        path = re.split(r"[?#]", address)[0]
        if "/" in path.partition("://")[2] and extension(path.rpartition("/")[2]) in RUNS_BY_NAME - {
            "com",
            "app",
            "command",
        }:
            yield Finding("pdf-link-to-program", address)
    opened = next((found for action in _open_actions(joined) if (found := _URI.search(action))), None)
    if opened:
        yield Finding("pdf-opens-address", opened[1].decode("latin-1"))
    remote = _REMOTE.search(joined)
    if remote:
        yield Finding("pdf-remote-share", remote[1].decode("latin-1"))
    if re.search(rb"/S\s*/SubmitForm\b", joined):
        yield Finding("pdf-submits-form")
    if re.search(rb"/Subtype\s*/(?:RichMedia|Screen|3D)\b|/RichMediaContent", joined):
        yield Finding("pdf-rich-media")
