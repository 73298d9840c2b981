"""Office documents of the old kind (OLE compound files): links, macros, embedded objects, passwords."""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format.ooxml import OOXMLFile

from submissions.extraction.ole_objects import packed_files, read_stream, stream_paths
from submissions.extraction.type_of_ole import OLE_ERRORS, open_ole
from submissions.extraction.types import Inside, Link, Member
from submissions.extraction.unpacking import Container, Unpacking

# What msoffcrypto raises on damaged files and wrong passwords (found by fuzzing).
CRYPTO_ERRORS = (
    DecryptionError,
    FileFormatError,
    InvalidKeyError,
    ParseError,
    *OLE_ERRORS,
    RuntimeError,
    LookupError,
    AssertionError,
    ExpatError,
    zlib.error,
)

# A file that asks for 50 million rounds of hashing per password is made to stall us.
_MOST_KEY_ROUNDS = 1_000_000
_SPIN_COUNT = re.compile(rb"spinCount\s*=\s*\"(\d{1,12})\"")

_STREAM_BYTES = 16 * 1024 * 1024
_NARROW_URL = re.compile(rb"(?:https?|ftp)://[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x7e]{3,2048}", re.IGNORECASE)
_WIDE_URL = re.compile(
    rb"h\x00t\x00t\x00p\x00(?:s\x00)?:\x00/\x00/\x00(?:[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x7e]\x00){3,2048}",
    re.IGNORECASE,
)
_DDE = re.compile(rb"\bDDE(?:AUTO)?\b|D\x00D\x00E\x00(?:A\x00U\x00T\x00O\x00)?")
_MACRO_STORAGES = frozenset({"vba", "_vba_project", "_vba_project_cur", "macros"})
# Namespaces and producers' addresses in every document: nobody can click on them.
_BOILERPLATE = re.compile(
    r"https?://(?:schemas\.(?:microsoft|openxmlformats)\.(?:com|org)|www\.w3\.org|ns\.adobe\.com|purl\.org)\b"
)


def open_ole_document(container: Container) -> Inside | None:
    """Links, objects and marks of a .doc, .xls, .ppt or similar; None when the compound file cannot be read."""
    opened = open_ole(container.content)
    if opened is None:
        return None
    with opened:
        if _is_encrypted(container):
            return decrypted(container)
        unpacking = Unpacking(container)
        notes: dict[str, None] = {}
        links: dict[Link, None] = {}
        for path in stream_paths(opened):
            if not unpacking.next_entry("/".join(path)):
                break
            stream = read_stream(opened, path)[:_STREAM_BYTES]
            unpacking.spend(len(stream), "/".join(path))
            notes.update(dict.fromkeys(_marks(path, stream)))
            links.update(dict.fromkeys(Link(url, "document") for url in addresses(stream)))
        for member in packed_files(opened):
            unpacking.take(member.name, [member.content], notes=("embedded",))
    found = unpacking.inside(tuple(notes))
    return Inside(members=found.members, links=tuple(links), notes=found.notes, problems=found.problems)


def decrypted(container: Container) -> Inside:
    """An encrypted document becomes a member of its own when a password opens it."""
    unpacking = Unpacking(container)
    rounds = _SPIN_COUNT.search(container.content)
    if rounds and int(rounds[1]) > _MOST_KEY_ROUNDS:
        unpacking.problem("locked", "", f"asks for {int(rounds[1])} rounds of hashing")
        return unpacking.inside(("encrypted",))
    for password in ("VelvetSweatshop", *container.passwords):
        content = _opened_with(container.content, password)
        if content:
            member = Member(container.name, content, password=password, notes=("decrypted",))
            return Inside(members=(member,), notes=("encrypted",), password=password)
    unpacking.problem("locked", "", "encrypted, and no password found opens it")
    return unpacking.inside(("encrypted",))


def addresses(data: bytes) -> Iterator[str]:
    """The web addresses in binary data, in 8-bit and in UTF-16 letters."""
    for match in _NARROW_URL.finditer(data):
        yield from _not_boilerplate(match[0].decode("ascii"))
    for match in _WIDE_URL.finditer(data):
        yield from _not_boilerplate(match[0].decode("utf-16-le"))


def _not_boilerplate(url: str) -> Iterator[str]:
    if not _BOILERPLATE.match(url):
        yield url


def _is_encrypted(container: Container) -> bool:
    if container.type == "application/encrypted":
        return True
    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(container.content)).is_encrypted())
    except CRYPTO_ERRORS:
        return False


def _opened_with(content: bytes, password: str) -> bytes:
    opened = io.BytesIO()
    try:
        document = msoffcrypto.OfficeFile(io.BytesIO(content))
        if isinstance(document, OOXMLFile):
            document.load_key(password=password, verify_password=True)
        else:
            document.load_key(password=password)
        document.decrypt(opened)
    except CRYPTO_ERRORS:
        return b""
    return opened.getvalue()


def _marks(path: list[str], stream: bytes) -> Iterator[str]:
    if any(part.lower() in _MACRO_STORAGES for part in path):
        yield "macros"
    if path[-1].lower() in ("workbook", "book") and _has_macro_sheet(stream):
        yield "macros"
    if path[-1].lower() == "worddocument" and _DDE.search(stream):
        yield "dde"


def _has_macro_sheet(stream: bytes) -> bool:
    """Whether a workbook has an Excel 4.0 macro sheet: BoundSheet8 with sheet type 1 ([MS-XLS] 2.4.28)."""
    position = 0
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        if kind == 0x85 and size >= 6 and stream[position + 9] == 1:
            return True
        position += 4 + size
    return False
