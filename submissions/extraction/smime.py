"""The content of an S/MIME message that is signed but not encrypted (CMS SignedData, RFC 5652 section 5.1).

No library here gives the content back without verifying: this reads just the BER frame around it, also in
the indefinite-length form that streaming signers write.
"""

from dataclasses import dataclass

SIGNED = bytes.fromhex("2a864886f70d010702")
ENVELOPED = bytes.fromhex("2a864886f70d010703")
COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
_DEEPEST = 12
_MOST_ELEMENTS = 10_000


class NotCms(Exception):
    """The bytes are no CMS message."""


@dataclass(frozen=True, slots=True)
class Cms:
    """`kind` is signed, detached, encrypted or other; `content` is what was signed."""

    kind: str
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    end: int
    after: int


def read(content: bytes) -> Cms:
    """What the CMS message holds; raises `NotCms`."""
    outer = _Reader(content)
    info = outer.expect(0, 0x30)
    kind = outer.expect(info.start, 0x06)
    identifier = content[kind.start : kind.end]
    if identifier == ENVELOPED:
        return Cms("encrypted")
    if identifier != SIGNED:
        return Cms("other")
    signed = outer.expect(outer.expect(kind.after, 0xA0).start, 0x30)
    version = outer.expect(signed.start, 0x02)
    digests = outer.expect(version.after, 0x31)
    inner = outer.expect(digests.after, 0x30)
    inner_kind = outer.expect(inner.start, 0x06)
    if inner_kind.after >= inner.end or content[inner_kind.after] != 0xA0:
        return Cms("detached")
    wrapped = outer.expect(inner_kind.after, 0xA0)
    return Cms("signed", outer.octets(outer.element(wrapped.start), 0))


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.elements = 0

    def expect(self, offset: int, tag: int) -> _Element:
        found = self.element(offset)
        if found.tag != tag:
            raise NotCms
        return found

    def element(self, offset: int, depth: int = 0) -> _Element:
        self.elements += 1
        if offset + 2 > len(self.content) or depth > _DEEPEST or self.elements > _MOST_ELEMENTS:
            raise NotCms
        tag, first = self.content[offset], self.content[offset + 1]
        if first < 0x80:
            start, end = offset + 2, offset + 2 + first
        elif first == 0x80:
            return self._indefinite(tag, offset + 2, depth)
        else:
            start = offset + 2 + (first & 0x7F)
            end = start + int.from_bytes(self.content[offset + 2 : start][:8], "big")
        if start > len(self.content) or first > 0x88:
            raise NotCms
        end = min(end, len(self.content))
        return _Element(tag, start, end, end)

    def _indefinite(self, tag: int, start: int, depth: int) -> _Element:
        """Up to the two zero bytes that end it; a message that was cut off ends with the bytes."""
        position = start
        while self.content[position : position + 2] not in (b"\x00\x00", b""):
            position = self.element(position, depth + 1).after
        return _Element(tag, start, position, position + 2)

    def octets(self, found: _Element, depth: int) -> bytes:
        """The bytes of an octet string, which may come in pieces."""
        if found.tag == 0x04:
            return self.content[found.start : found.end]
        if found.tag != 0x24 or depth > _DEEPEST:
            raise NotCms
        pieces, position = [], found.start
        while position < found.end:
            piece = self.element(position)
            pieces.append(self.octets(piece, depth + 1))
            position = piece.after
        return b"".join(pieces)
