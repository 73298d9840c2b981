"""Outlook .msg files: one message in an OLE compound file, embedded messages in storages of their own ([MS-OXMSG])."""

import re
from collections import defaultdict

import olefile

from submissions.extraction import mapi
from submissions.extraction.mapi import Properties
from submissions.extraction.ole_objects import packed_file, read_stream, stream_paths
from submissions.extraction.outlook import EMBEDDED_MESSAGE, OutlookMessage, as_inside, as_mail
from submissions.extraction.type_of_ole import open_ole
from submissions.extraction.types import Inside, Link, Member
from submissions.extraction.unpacking import Container, Unpacking

_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})", re.IGNORECASE)
_FIXED = "__properties_version1.0"
_EMBEDDED = "__substg1.0_3701000d"
_URL = re.compile(r"https?://\S+", re.IGNORECASE)

# Bytes before the entries of a property stream: of a message file, of an embedded message, of anything else.
_TOP_HEADER, _EMBEDDED_HEADER, _PART_HEADER = 32, 24, 8

Path = tuple[str, ...]


def open_msg(container: Container) -> Inside | None:
    """The message and its attachments; embedded messages as mails. None when the compound file cannot be read."""
    opened = open_ole(container.content)
    if opened is None:
        return None
    with opened:
        reader = _Reader(opened, container)
        message = reader.message((), _TOP_HEADER, container.limits.mail_depth)
    return as_inside(message, container.limits.text_bytes)


class _Reader:
    """The storages and streams of one file, by the storage they stand in (names in lower case)."""

    def __init__(self, opened: olefile.OleFileIO, container: Container) -> None:
        self._opened = opened
        self._unpacking = Unpacking(container)
        self._streams: dict[Path, list[list[str]]] = defaultdict(list)
        self._storages: dict[Path, dict[str, None]] = defaultdict(dict)
        for path in stream_paths(opened):
            lowered = tuple(part.lower() for part in path)
            self._streams[lowered[:-1]].append(path)
            for depth in range(len(lowered) - 1):
                self._storages[lowered[:depth]][lowered[depth]] = None

    def message(self, place: Path, header: int, depth: int) -> OutlookMessage:
        message = OutlookMessage(self._properties(place, header))
        for name in self._storages[place]:
            if name.startswith("__recip_version1.0"):
                charset = message.properties.own_charset()
                message.recipients.append(self._properties((*place, name), _PART_HEADER, charset))
            elif name.startswith("__attach_version1.0"):
                if not self._unpacking.next_entry():
                    break
                self._attachment(message, (*place, name), depth)
        message.problems += self._unpacking.problems if not place else []
        return message

    def _attachment(self, message: OutlookMessage, place: Path, depth: int) -> None:
        properties = self._properties(place, _PART_HEADER, message.properties.own_charset())
        name = properties.text(mapi.FILE_NAME, mapi.SHORT_FILE_NAME, mapi.NAME)
        linked = _URL.search(properties.text(mapi.LONG_PATH))
        if linked:
            message.links.append(Link(linked[0], "attachment"))
        if _EMBEDDED in self._storages[place]:
            member = self._embedded((*place, _EMBEDDED), name, depth)
            message.attachments += [member] if member else []
        elif mapi.DATA in properties.values:
            message.attachments.append(Member(name, properties.binary(mapi.DATA)))
        elif not linked:
            self._unpacking.problem("broken", name, "an attachment without content")

    def _embedded(self, place: Path, name: str, depth: int) -> Member | None:
        """An embedded message as a mail; an embedded OLE object as the file that it wraps."""
        if any(path[-1].lower() == _FIXED for path in self._streams[place]):
            if depth <= 0:
                self._unpacking.problem("limit-depth", name, "messages in messages, deeper than allowed")
                return None
            inner = self.message(place, _EMBEDDED_HEADER, depth - 1)
            title = name or inner.properties.text(mapi.SUBJECT) or "message"
            return Member(f"{title}.eml", as_mail(inner), notes=(EMBEDDED_MESSAGE,))
        for path in self._streams[place]:
            for member in packed_file(path, read_stream(self._opened, path)):
                return member
        self._unpacking.problem("unsupported", name, "an embedded object of an unknown kind")
        return None

    def _properties(self, place: Path, header: int, charset: str = "") -> Properties:
        properties = Properties(charset=charset)
        for path in self._streams[place]:
            match = _STREAM.fullmatch(path[-1])
            if match:
                stream = read_stream(self._opened, path)
                self._unpacking.spend(len(stream), "/".join(path))
                properties.add(int(match[1], 16), int(match[2], 16), stream)
            elif path[-1].lower() == _FIXED:
                self._fixed(properties, read_stream(self._opened, path)[header:])
        return properties

    def _fixed(self, properties: Properties, entries: bytes) -> None:
        """Entries of 16 bytes: type, id, flags, value ([MS-OXMSG] 2.4.2)."""
        for position in range(0, len(entries) - 15, 16):
            kind = int.from_bytes(entries[position : position + 2], "little")
            if kind in (mapi.INTEGER_TYPE, mapi.TIME_TYPE):
                identifier = int.from_bytes(entries[position + 2 : position + 4], "little")
                properties.add(identifier, kind, entries[position + 8 : position + 16])
