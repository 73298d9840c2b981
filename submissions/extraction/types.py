"""What an extraction takes and gives: limits in, frozen values out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a mail is looked at. A limit that is hit becomes a `Problem`, never an exception.

    Sizes are bytes, `url_length` is characters, `image_pixels` is width times height.
    """

    mail_bytes: int = 50 * MEBIBYTE
    header_block: int = 256 * 1024
    header: int = 16 * 1024
    headers: int = 1000
    parts: int = 500
    part_depth: int = 30
    mail_depth: int = 5
    files: int = 100
    file_bytes: int = 50 * MEBIBYTE
    urls: int = 200
    url_length: int = 2048
    text_bytes: int = 4 * MEBIBYTE
    archive_depth: int = 3
    archive_entries: int = 1000
    archive_bytes: int = 200 * MEBIBYTE
    archive_ratio: int = 100
    passwords: int = 20
    image_pixels: int = 60_000_000
    pdf_pages: int = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be looked at, or only in part, and where.

    `code` is one of a closed list of lower-case words such as `limit-depth`, `locked`, `broken`.
    `incomplete` is true when content may have been missed: such a mail can never be called clean.
    """

    code: str
    path: str
    detail: str = ""
    incomplete: bool = True


class Reported(NamedTuple):
    """A mail that somebody reported: where it was found and what its headers say.

    `how` is attached, inline, msg, tnef or itself. `facts` holds further header facts by name.
    """

    path: str
    how: str
    subject: str = ""
    sender: str = ""
    to: str = ""
    date: str = ""
    message_id: str = ""
    facts: Mapping[str, object] = {}


class Url(NamedTuple):
    """One link in its final form.

    `seen_as` are the rewritten forms it was unwrapped from, outermost first; `found_in` are places
    such as `2.1 text/html a[href]`; `notes` are oddities such as `text-mismatch`.
    """

    url: str
    seen_as: tuple[str, ...] = ()
    found_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One file, at any depth. `path` leads to it: `2.2/invoice.zip/invoice.xlsm`.

    `type` is a MIME type detected from the content. `password` opened it, or the container it came from.
    `names` are all names the mail gives the file, as written; `name` is the one to show, cleaned.
    """

    name: str
    size: int
    sha256: str
    type: str
    path: str
    password: str | None = None
    notes: tuple[str, ...] = ()
    content: bytes = field(default=b"", repr=False)
    names: tuple[str, ...] = ()


class ExtractedMail(NamedTuple):
    """Everything found in one mail. `words` is the beginning of what its sender wrote, in whatever language."""

    reported: tuple[Reported, ...] = ()
    urls: tuple[Url, ...] = ()
    files: tuple[File, ...] = ()
    problems: tuple[Problem, ...] = ()
    words: str = ""


class Link(NamedTuple):
    """A link as one place shows it, before it is unwrapped and merged into a `Url`.

    `place` is the tail of `found_in`: `a[href]`, `text`, `annotation`, `qr`. `notes` as in `Url`.
    """

    url: str
    place: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a container. `name` is as stored, hostile characters and all."""

    name: str
    content: bytes = field(repr=False)
    password: str | None = None
    notes: tuple[str, ...] = ()


class Picture(NamedTuple):
    """What a picture shows on white paper: `pixels` row by row, a byte of grey each."""

    width: int
    height: int
    pixels: bytes


class Inside(NamedTuple):
    """What one file of a known kind holds: members, links, further text, notes on the file itself.

    `html` and `text` are bodies that the caller searches for links and forwards (of a .msg, a TNEF,
    a PDF page). `mail` are headers of a message inside (of a .msg), lower-case names, decoded values.
    `password` opened the file itself. `picture` is set when it may be a piece of a code (`split_codes`).
    """

    members: tuple[Member, ...] = ()
    links: tuple[Link, ...] = ()
    text: str = ""
    html: str = ""
    mail: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    password: str | None = None
    picture: Picture | None = None
