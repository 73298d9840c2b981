"""The MIME tree of a mail as a flat list of its leaves (RFC 2045, 2046), from any bytes, in bounded time.

Our own walk instead of Python's `email.parser`: that one loses parts after an early close, text around the
parts, encoded attached mails and data after padding, recurses without a limit and is a third as fast.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from submissions.extraction import boundaries, parameters, transfer
from submissions.extraction.boundaries import Segment
from submissions.extraction.headers import Headers, read_block
from submissions.extraction.parameters import Parameters
from submissions.extraction.types import Limits, Problem

_STANDARD_PREAMBLE = re.compile(rb"\s*This is a (?:multi-?part|cryptographically signed) message[^<>:]{0,100}\s*")
_LOOKS_HTML = re.compile(rb"<(?:html|body|div|a|table|p|meta|script|form)[\s>]", re.IGNORECASE)
_NONE = Parameters("")
_UNTYPED = Parameters("text/plain")
_UNTYPED_MAIL = Parameters("message/rfc822")


class Part(NamedTuple):
    """One leaf of the tree. `path` is its IMAP part number; `content` has its transfer encoding undone.

    `other` is a second reading of the bytes when the encoding is in doubt. `within` is the type of the
    multipart around it. `kind` is part, preamble, epilogue, or unparsed (a limit kept it whole). `names` are all
    file names the part claims, in the order in which clients prefer them.
    """

    path: str
    type: str
    content: bytes
    headers: Headers = Headers()
    parameters: Parameters = _NONE
    disposition: Parameters = _NONE
    within: str = ""
    kind: str = "part"
    other: bytes = b""
    notes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def charset(self) -> str:
        return self.parameters.get("charset")


@dataclass(slots=True)
class Walk:
    """What one extraction may still spend on parts, and what went wrong so far."""

    limits: Limits
    parts: int = 0
    problems: list[Problem] = field(default_factory=list)

    def leaves(self, mail: bytes, headers: Headers, path: str = "") -> Iterator[Part]:
        """The leaves of a mail whose headers were read; `path` is the part number of the mail itself."""
        yield from self._entity(headers, mail[headers.body_at :], _Place(path, is_root=True))

    def _entity(self, headers: Headers, body: bytes, place: "_Place") -> Iterator[Part]:
        for code in headers.problems:
            self.problems.append(Problem(code, place.path))
        readings = _types(headers)
        multiparts = [reading for reading in readings if reading.main.startswith("multipart")]
        if multiparts:
            yield from self._multipart(headers, multiparts[:1] + readings, body, place)
        else:
            yield self._leaf(headers, readings, body, place)

    def _multipart(self, headers: Headers, readings: list[Parameters], body: bytes, place: "_Place") -> Iterator[Part]:
        """`readings` of its type, first the one that makes it a multipart."""
        boundary = _boundary(readings, body)
        if boundary and b"--" + boundary not in body:
            body = _undo_transfer(headers, body)
        segments = boundaries.split(body, boundary, max(self.limits.parts - self.parts, 1))
        notes: tuple[str, ...] = ()
        if not segments:
            guessed = boundaries.guess(body)
            segments = boundaries.split(body, guessed, max(self.limits.parts - self.parts, 1))
            notes = ("wrong-boundary",)
        if not segments:
            yield self._shapeless(headers, body, place)
            return
        if place.depth >= self.limits.part_depth:
            yield self._unparsed("limit-depth", body, place)
            return
        yield from self._segments(segments, readings[0].main, place, notes)

    def _segments(
        self, segments: list[Segment], within: str, place: "_Place", notes: tuple[str, ...]
    ) -> Iterator[Part]:
        number = 0
        for kind, content in segments:
            if not content or content.isspace():
                continue
            if kind == "rest" or (kind == "part" and self.parts >= self.limits.parts):
                yield self._unparsed("limit-parts", content, place)
            elif kind == "part":
                number += 1
                child = _Place(place.child(number), place.depth + 1, within=within, notes=notes)
                headers = read_block(content, self.limits)
                yield from self._entity(headers, content[headers.body_at :], child)
            else:
                yield from self._around(kind, content, within, place)

    def _around(self, kind: str, content: bytes, within: str, place: "_Place") -> Iterator[Part]:
        """Text before and after the parts, which clients hide and scanners forget; whole parts may stand there."""
        if len(content) < 400 and _STANDARD_PREAMBLE.fullmatch(content):
            return
        guessed = boundaries.guess(content)
        inner = boundaries.split(content, guessed, max(self.limits.parts - self.parts, 1)) if guessed else []
        if inner and place.depth < self.limits.part_depth:
            hidden = _Place(place.named(kind), place.depth + 1)
            yield from self._segments(inner, within, hidden, ("outside-boundary",))
            return
        looks = "text/html" if _LOOKS_HTML.search(content) else "text/plain"
        yield Part(place.path, looks, content, within=within, kind=kind)

    def _leaf(self, headers: Headers, readings: list[Parameters], body: bytes, place: "_Place") -> Part:
        self.parts += 1
        likely = [reading for reading in readings if "/" in reading.main] or readings
        kind = likely[0] if likely else _UNTYPED_MAIL if place.within == "multipart/digest" else _UNTYPED
        decoded = transfer.decode(body, headers.raw_values("content-transfer-encoding"))
        disposition = _disposition(headers, kind)
        names = disposition.get_all("filename") + kind.get_all("name")
        return Part(
            path=place.leaf_path,
            type=kind.main,
            content=decoded.content,
            headers=headers,
            parameters=kind,
            disposition=disposition,
            within=place.within,
            other=decoded.other,
            notes=place.notes + decoded.notes + (("two-types",) if len(readings) > 1 else ()),
            names=tuple(dict.fromkeys(filter(None, names))) if names else (),
        )

    def _shapeless(self, headers: Headers, body: bytes, place: "_Place") -> Part:
        """A multipart without any boundary line is one text, or one file when it says so."""
        self.parts += 1
        decoded = transfer.decode(body, headers.raw_values("content-transfer-encoding"))
        kind = "text/html" if _LOOKS_HTML.search(decoded.content) else "text/plain"
        return Part(place.leaf_path, kind, decoded.content, headers, within=place.within, notes=("no-boundary",))

    def _unparsed(self, code: str, content: bytes, place: "_Place") -> Part:
        self.problems.append(Problem(code, place.path))
        return Part(place.path or "1", "application/octet-stream", content, kind="unparsed", within=place.within)


class _Place(NamedTuple):
    path: str
    depth: int = 0
    is_root: bool = False
    within: str = ""
    notes: tuple[str, ...] = ()

    def child(self, number: int) -> str:
        return self.named(str(number))

    def named(self, name: str) -> str:
        """A mail out of an archive has a file path, below which its parts are numbered."""
        mark = "/" if self.is_root and "/" in self.path else "."
        return f"{self.path}{mark}{name}" if self.path else name

    @property
    def leaf_path(self) -> str:
        return self.child(1) if self.is_root else self.path


def _types(headers: Headers) -> list[Parameters]:
    """Every reading of the content type: there may be several fields, of which clients pick different ones."""
    found = []
    for value in dict.fromkeys(headers.raw_values("content-type")):
        reading = parameters.parse(value)
        found.append(reading if reading.main else Parameters("text/plain", reading.values))
    return found


def _disposition(headers: Headers, kind: Parameters) -> Parameters:
    """What all fields say together; raw bytes in them are in the charset of the part."""
    values = headers.raw_values("content-disposition")
    readings = [parameters.parse(value, kind.get("charset")) for value in values]
    if len(readings) < 2:
        return readings[0] if readings else _NONE
    return Parameters(readings[0].main, tuple([value for reading in readings for value in reading.values]))


def _boundary(readings: list[Parameters], body: bytes) -> bytes:
    """The boundary that occurs in the body, of all that the headers name."""
    named = [name for reading in readings for name in reading.get_all("boundary") if name]
    candidates = [name.encode("utf-8", "surrogateescape") for name in dict.fromkeys(named)]
    return next((name for name in candidates if b"--" + name in body), candidates[0] if candidates else b"")


def _undo_transfer(headers: Headers, body: bytes) -> bytes:
    """A multipart must not be encoded (RFC 2045 section 6.4), but gateways do it."""
    return transfer.decode(body, headers.raw_values("content-transfer-encoding")).content
