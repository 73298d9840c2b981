"""RTF documents: text, field links, remote templates, embedded objects."""

import re
from collections.abc import Iterator

from submissions.extraction.ole_objects import embedded_objects, native_file
from submissions.extraction.rtf_text import read_rtf
from submissions.extraction.types import Inside, Link, Member
from submissions.extraction.unpacking import Container, Unpacking

_OBJECT_DATA = re.compile(rb"\\objdata(?![a-zA-Z])-?\d{0,10}")
# Malware scatters control words, blanks and starred groups among the digits; Word skips them all.
_IN_OBJECT = re.compile(
    rb"([0-9a-fA-F]+)|\\bin(\d{1,9}) ?|(\{)|(\})"
    rb"|\\\*|\\'[0-9a-fA-F]{2}|\\[a-zA-Z]{1,32}-?\d{0,10} ?|\\.|[^0-9a-fA-F\\{}]+",
    re.DOTALL,
)
_STARRED_GROUP = re.compile(rb"\s*\\\*")
_OBJECT_TOKENS = 1_000_000
_OBJECTS = 100
_OLE1_STRINGS = 3

_URL = re.compile(r"(?:https?|ftp|file)://[^\s\"'{}<>]+|\\\\[\w.@-]+\\[^\s\"'{}<>]+", re.IGNORECASE)
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_PICTURE = re.compile(r"\bINCLUDE(?:PICTURE|TEXT)\b", re.IGNORECASE)


def open_rtf(container: Container) -> Inside:
    """Objects as members, field codes and the template as links, the visible text to be searched."""
    unpacking = Unpacking(container)
    read = read_rtf(container.content)
    if read.cut:
        unpacking.problem("limit-text-bytes", "", "the end of a very long text was not read")
    links = [Link(url, "template", ("remote-template",)) for text in read.templates for url in _URL.findall(text)]
    notes = ["remote-template"] if links else []
    for code in read.fields:
        links += [Link(url, "field") for url in _URL.findall(code.replace("\\\\", "\\"))]
        notes += ["dde"] if _DDE.search(code) else []
        notes += ["remote-object"] if _PICTURE.search(code) and _URL.search(code) else []
    for data in _objects(container.content, unpacking):
        for member in _object_files(data):
            unpacking.take(member.name, [member.content], notes=("embedded",))
    found = unpacking.inside(tuple(dict.fromkeys(notes)))
    return Inside(
        members=found.members,
        links=tuple(dict.fromkeys(links)),
        text=read.text[: container.limits.text_bytes],
        html=read.html[: container.limits.text_bytes],
        notes=found.notes,
        problems=found.problems,
    )


def _objects(content: bytes, unpacking: Unpacking) -> Iterator[bytes]:
    position, tokens = 0, _OBJECT_TOKENS
    for _ in range(_OBJECTS):
        match = _OBJECT_DATA.search(content, position)
        if not match or not unpacking.next_entry():
            return
        data, position, tokens = _object_data(content, match.end(), tokens)
        yield data
        if not tokens:
            unpacking.problem("limit-tokens", "", "objects made of very many pieces were read in part")
            return
    if _OBJECT_DATA.search(content, position):
        unpacking.problem("limit-entries", "", f"more than {_OBJECTS} embedded objects")


def _object_data(content: bytes, position: int, tokens: int) -> tuple[bytes, int, int]:
    """The bytes behind \\objdata until its group ends, where that is, and how many tokens are left."""
    digits: list[bytes] = []
    depth, unread_depth = 1, 0
    while tokens and depth and (token := _IN_OBJECT.match(content, position)):
        tokens -= 1
        position = token.end()
        hexadecimal, binary, opens, closes = token.groups()
        if hexadecimal and not unread_depth:
            digits.append(hexadecimal)
        elif binary:
            digits.append(content[position : position + int(binary)].hex().encode("ascii"))
            position += int(binary)
        elif opens:
            depth += 1
            if not unread_depth and _STARRED_GROUP.match(content, position):
                unread_depth = depth
        elif closes:
            unread_depth = 0 if depth == unread_depth else unread_depth
            depth -= 1
    joined = b"".join(digits)
    return bytes.fromhex(joined[: len(joined) & ~1].decode("ascii")), position, tokens


def _object_files(data: bytes) -> Iterator[Member]:
    """What an OLE 1 object holds ([MS-OLEDS] 2.2.5): version, format, class, topic, item, native data."""
    if data[:4] in (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"):
        yield from embedded_objects(data, "object")
        return
    names, position = [], 8
    for _ in range(_OLE1_STRINGS):
        length = int.from_bytes(data[position : position + 4], "little")
        names.append(data[position + 4 : position + 4 + length].rstrip(b"\x00").decode("cp1252", "replace"))
        position += 4 + length
    size = int.from_bytes(data[position : position + 4], "little")
    native = data[position + 4 : position + 4 + size]
    if not native:
        if data:
            yield Member("object-data", data)
    elif names[0].lower() == "package":
        yield from native_file(bytes(4) + native)
    else:
        yield from embedded_objects(native, names[0] or "object")
