"""Office documents in the OLE format (.doc, .xls, .ppt, .pub, .vsd) and encrypted ones of any format."""

import io
import re
import struct
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from submissions.extraction import file_types
from submissions.extraction.type_of_ole import OLE_ERRORS, open_ole
from submissions.sandbox.static.embedded import ole_object_signs, stream_paths
from submissions.sandbox.static.excel4 import workbook_signs
from submissions.sandbox.static.fields import old_field_signs
from submissions.sandbox.static.findings import FileExam, Finding
from submissions.sandbox.static.macros import macro_signs
from submissions.sandbox.static.office import office_document

# What msoffcrypto raises on damaged documents (found by fuzzing).
_CRYPT_ERRORS = (
    *OLE_ERRORS, DecryptionError, FileFormatError, InvalidKeyError, ParseError, struct.error,
    AssertionError, RuntimeError, ExpatError,
)  # fmt: skip
# Excel opens a workbook with this password without asking ([MS-OFFCRYPTO] section 2.3.6.1).
_DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105
# Office itself writes 100,000; a document may ask for ten million to keep whoever checks it busy.
_SPINS = re.compile(rb'spinCount="(\d+)"')
_MOST_SPINS = 500_000
_STREAM = 16 * 1024 * 1024


def old_office_document(exam: FileExam) -> Iterator[Finding]:
    """Signs in one document; an encrypted one is opened when a password is known."""
    opened = open_ole(exam.content)
    if opened is None:
        yield Finding("unreadable", "it is no sound OLE file")
        return
    with opened:
        if exam.type == "application/encrypted" or is_encrypted(exam.content):
            yield from _encrypted(exam)
            return
        yield from _streams(opened)
    yield from macro_signs(exam.content, exam.name)


def is_encrypted(content: bytes) -> bool:
    """Whether a password is needed; false for files that are too damaged to tell."""
    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(content)).is_encrypted())
    except _CRYPT_ERRORS:
        return False


def _encrypted(exam: FileExam) -> Iterator[Finding]:
    for password in (exam.password, _DEFAULT_PASSWORD):
        plain = _decrypted(exam.content, password) if password else b""
        if plain:
            if password == _DEFAULT_PASSWORD:
                yield Finding("opened-with-default-password")
            yield from _opened(FileExam(plain, file_types.detect(plain, exam.name), exam.name, None, exam.notes))
            return
    yield Finding("locked")


def _decrypted(content: bytes, password: str) -> bytes:
    if any(len(spins) > 9 or int(spins) > _MOST_SPINS for spins in _SPINS.findall(content)):
        return b""
    plain = io.BytesIO()
    try:
        document = msoffcrypto.OfficeFile(io.BytesIO(content))
        document.load_key(password=password)
        document.decrypt(plain)
    except _CRYPT_ERRORS:
        return b""
    return plain.getvalue()


def _opened(exam: FileExam) -> Iterator[Finding]:
    """A decrypted document: what it is inside decides who looks at it."""
    if exam.content.startswith(b"PK"):
        yield from office_document(exam)
        return
    opened = open_ole(exam.content)
    if opened is None:
        yield Finding("unreadable", "it was decrypted, but is no sound OLE file")
        return
    with opened:
        yield from _streams(opened)
    yield from macro_signs(exam.content, exam.name)


def _streams(opened: olefile.OleFileIO) -> Iterator[Finding]:
    for path in stream_paths(opened) or ():
        name = path[-1].lower()
        if name in ("workbook", "book"):
            yield from workbook_signs(_read(opened, path))
        elif name in ("worddocument", "1table", "0table"):
            yield from old_field_signs(_read(opened, path))
    yield from ole_object_signs(opened)


def _read(opened: olefile.OleFileIO, path: list[str]) -> bytes:
    try:
        with opened.openstream(path) as stream:
            return bytes(stream.read(_STREAM))
    except OLE_ERRORS:
        return b""
