"""TNEF (winmail.dat): bodies, files and embedded messages that Outlook packs into one attachment ([MS-OXTNEF]).

An own reader: the usual library counts to a number that the sender chose (4 billion rounds for 20 bytes), copies
the rest of the file for every attribute and adds padding to the files it hands out.
"""

from collections.abc import Iterator

from submissions.extraction import mapi
from submissions.extraction.mapi import Properties
from submissions.extraction.outlook import EMBEDDED_MESSAGE, OutlookMessage, as_inside, as_mail
from submissions.extraction.types import Inside, Member
from submissions.extraction.unpacking import Container, Unpacking

SIGNATURE = b"\x78\x9f\x3e\x22"

# Attributes, section 2.1.3.2: the low half of the identifier.
_SUBJECT, _DATE_SENT, _MESSAGE_ID, _BODY = 0x8004, 0x8005, 0x8009, 0x800C
_FILE_DATA, _FILE_TITLE, _NEW_FILE = 0x800F, 0x8010, 0x9002
_PROPERTIES, _RECIPIENTS, _FILE_PROPERTIES, _CODE_PAGE = 0x9003, 0x9004, 0x9005, 0x9007
_AS_PROPERTY = {_SUBJECT: mapi.SUBJECT, _BODY: mapi.BODY}

_MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")
_FIXED_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x00, 0x0D, 0x1E, 0x1F, 0x102})
_MULTIPLE = 0x1000
_NAMED = 0x8000


def open_tnef(container: Container) -> Inside | None:
    """The message in a winmail.dat. None when it does not begin like one."""
    if not container.content.startswith(SIGNATURE):
        return None
    unpacking = Unpacking(container)
    message = _read(container.content, unpacking, container.limits.mail_depth)
    message.problems += unpacking.problems
    return as_inside(message, container.limits.text_bytes)


def _read(content: bytes, unpacking: Unpacking, depth: int) -> OutlookMessage:
    message = OutlookMessage()
    files: list[Properties] = []
    for attribute, data in _attributes(content, unpacking):
        if attribute == _CODE_PAGE:
            message.properties.charset = f"cp{int.from_bytes(data[:4], 'little')}"
        elif attribute == _PROPERTIES:
            _gather(message.properties, data)
        elif attribute == _RECIPIENTS:
            message.recipients += _recipients(data, message.properties.charset)
        elif attribute in _AS_PROPERTY:
            message.properties.add(_AS_PROPERTY[attribute], mapi.STRING_TYPE, data)
        elif attribute == _NEW_FILE:
            if not unpacking.next_entry():
                break
            files.append(Properties(charset=message.properties.charset))
        elif files and attribute == _FILE_DATA:
            files[-1].add(mapi.DATA, mapi.BINARY_TYPE, data)
        elif files and attribute == _FILE_TITLE:
            files[-1].add(mapi.SHORT_FILE_NAME, mapi.STRING_TYPE, data)
        elif files and attribute == _FILE_PROPERTIES:
            _gather(files[-1], data)
    message.attachments += [member for file in files for member in _member(file, unpacking, depth)]
    return message


def _attributes(content: bytes, unpacking: Unpacking) -> Iterator[tuple[int, bytes]]:
    """Each attribute: level (1 byte), id (4), length (4), data, checksum (2; broken ones are read all the same)."""
    position = 6
    while position + 9 <= len(content):
        if content[position] not in (1, 2):
            unpacking.problem("broken", "", "something else stands where an attribute should begin")
            return
        attribute = int.from_bytes(content[position + 1 : position + 3], "little")
        length = int.from_bytes(content[position + 5 : position + 9], "little")
        data = content[position + 9 : position + 9 + length]
        if len(data) < length:
            unpacking.problem("broken", "", "ends in the middle of an attribute")
        yield attribute, data
        position += 11 + length


def _member(file: Properties, unpacking: Unpacking, depth: int) -> Iterator[Member]:
    name = file.text(mapi.FILE_NAME, mapi.SHORT_FILE_NAME, mapi.NAME)
    data = file.binary(mapi.DATA)
    is_object = file.values.get(mapi.DATA, (0, b""))[0] == mapi.OBJECT_TYPE
    if not is_object or len(data) < len(_MESSAGE_OBJECT):
        if mapi.DATA in file.values:
            yield Member(name, data)
        return
    inner = data[len(_MESSAGE_OBJECT) :]
    if not inner.startswith(SIGNATURE):
        yield Member(name, inner)
    elif depth <= 0:
        unpacking.problem("limit-depth", name, "messages in messages, deeper than allowed")
    else:
        message = _read(inner, unpacking, depth - 1)
        title = name or message.properties.text(mapi.SUBJECT) or "message"
        yield Member(f"{title}.eml", as_mail(message), notes=(EMBEDDED_MESSAGE,))


def _recipients(data: bytes, charset: str) -> list[Properties]:
    """Rows of property lists, one behind the other, without lengths."""
    rows: list[Properties] = []
    position = 4
    while position < len(data):
        row = Properties(charset=charset)
        position = _gather(row, data, position)
        rows.append(row)
    return rows


def _gather(properties: Properties, data: bytes, position: int = 0) -> int:
    """Read one list of properties (section 2.1.3.4) and return where it ends; it stops at the end of the data."""
    count = int.from_bytes(data[position : position + 4], "little")
    position += 4
    while count and position + 4 <= len(data):
        count -= 1
        kind = int.from_bytes(data[position : position + 2], "little")
        identifier = int.from_bytes(data[position + 2 : position + 4], "little")
        position += 4
        if identifier >= _NAMED:
            position = _after_name(data, position)
        base = kind & ~_MULTIPLE
        values = 1
        if base in _VARIABLE or kind & _MULTIPLE:
            values = int.from_bytes(data[position : position + 4], "little")
            position += 4
        elif base not in _FIXED_SIZES:
            return len(data)
        while values and position < len(data):
            values -= 1
            value, position = _value(data, position, base)
            properties.add(identifier, base, value)
    return position


def _value(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    """One value and where the next begins: values are padded to 4 bytes."""
    if kind in _FIXED_SIZES:
        size = _FIXED_SIZES[kind]
    else:
        size = int.from_bytes(data[position : position + 4], "little")
        position += 4
    return data[position : position + size], position + (size + 3 & ~3)


def _after_name(data: bytes, position: int) -> int:
    """Behind the name of a named property: a GUID, a kind, then a number or a padded string."""
    if int.from_bytes(data[position + 16 : position + 20], "little") == 0:
        return position + 24
    length = int.from_bytes(data[position + 20 : position + 24], "little")
    return position + 24 + (length + 3 & ~3)
