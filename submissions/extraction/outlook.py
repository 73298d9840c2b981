"""A message in Outlook's own terms, from a .msg or a TNEF file: its headers, bodies and attachments.

An embedded message is handed on as a mail (.eml) that is built from it: the same reader then finds everything
in it, at any depth, and a sandbox can open it. Its bytes are ours, so the same message gives the same digest.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.header import Header
from email.utils import formataddr

from submissions.extraction import encoded_words, mapi
from submissions.extraction.mapi import Properties
from submissions.extraction.rtf_compression import decompress_rtf
from submissions.extraction.rtf_text import read_rtf
from submissions.extraction.types import Inside, Link, Member, Problem

EMBEDDED_MESSAGE = "embedded-message"

_RTF_BYTES = 16 * 1024 * 1024
_UNFOLDED = re.compile(r"\r?\n[ \t]+")
_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*)$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_STRUCTURE = ("content-", "mime-version")
_URL = re.compile(r"(?:https?|ftp|file)://[^\s\"<>]+|mailto:[^\s\"<>]+", re.IGNORECASE)
_FACTS = (
    "subject", "from", "to", "cc", "date", "message-id", "reply-to", "return-path", "authentication-results",
    "dkim-signature", "arc-seal",
)  # fmt: skip


@dataclass(slots=True)
class OutlookMessage:
    """One message being gathered. `recipients` are the properties of each addressee."""

    properties: Properties = field(default_factory=Properties)
    recipients: list[Properties] = field(default_factory=list)
    attachments: list[Member] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def as_inside(message: OutlookMessage, limit: int) -> Inside:
    """The message for the search: headers, both bodies (cut at `limit` characters), attachments."""
    text, page = bodies(message.properties)
    fields = headers(message)
    hops = [value for name, value in fields if name.lower() == "received"]
    mail = {"received": "\n".join(hops)} if hops else {}
    for name, value in fields:
        if name.lower() in _FACTS and value:
            mail.setdefault(name.lower(), encoded_words.decode(value.encode("utf-8", "replace")))
    return Inside(
        members=tuple(message.attachments),
        links=tuple(message.links),
        text=text[:limit],
        html=page[:limit],
        mail=mail,
        problems=tuple(message.problems),
    )


def as_mail(message: OutlookMessage) -> bytes:
    """The message as the bytes of a mail (RFC 5322, multipart/mixed, everything in base64)."""
    text, page = bodies(message.properties)
    parts = [_part("text/plain; charset=utf-8", text.encode("utf-8", "replace"))] if text else []
    parts += [_part("text/html; charset=utf-8", page.encode("utf-8", "replace"))] if page else []
    parts += [_attachment(member) for member in message.attachments]
    boundary = "=_" + hashlib.sha256(b"".join(parts)).hexdigest()[:32]
    lines = [f"{name}: {_encoded(value)}" for name, value in headers(message)]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', "", ""]
    mark = b"--" + boundary.encode("ascii")
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return "\r\n".join(lines).encode("utf-8", "replace") + body + mark + b"--\r\n"


def bodies(properties: Properties) -> tuple[str, str]:
    """Plain text and HTML; the HTML may be wrapped in RTF, and links of an RTF mail stand in its fields."""
    text, page = properties.text(mapi.BODY), properties.html()
    compressed = properties.binary(mapi.RTF)
    if compressed and not page.strip():
        read = read_rtf(decompress_rtf(compressed, _RTF_BYTES))
        page, text = read.html, text or read.text.rstrip("\x00")
        if not page:
            targets = dict.fromkeys(url for code in read.fields for url in _URL.findall(code))
            page = "".join(f'<a href="{html.escape(url)}">{html.escape(url)}</a><br>\n' for url in targets)
    return text, page


def headers(message: OutlookMessage) -> list[tuple[str, str]]:
    """The headers the message came with; for what they lack, headers made of its properties."""
    properties = message.properties
    found = list(_transport_headers(properties.text(mapi.TRANSPORT_HEADERS)))
    known = {name.lower() for name, _ in found}
    made = (
        ("From", _sender(properties)),
        ("To", ", ".join(_addresses(message.recipients)) or properties.text(mapi.DISPLAY_TO)),
        ("Cc", properties.text(mapi.DISPLAY_CC)),
        ("Subject", properties.text(mapi.SUBJECT)),
        ("Date", properties.date(mapi.SENT_AT, mapi.RECEIVED_AT)),
        ("Message-ID", properties.text(mapi.MESSAGE_ID)),
    )
    return found + [(name, _one_line(value)) for name, value in made if value and name.lower() not in known]


def _transport_headers(text: str) -> Iterator[tuple[str, str]]:
    block = re.split(r"\r?\n\r?\n", text.strip(), maxsplit=1)[0]
    for line in _UNFOLDED.sub(" ", block).splitlines():
        match = _FIELD.match(line)
        if (
            match
            and not match[1].lower().startswith(_STRUCTURE)
            and match[1] != "Microsoft Mail Internet Headers Version"
        ):
            yield match[1], _one_line(match[2])


def _sender(properties: Properties) -> str:
    name = properties.text(mapi.AUTHOR_NAME, mapi.SENDER_NAME)
    address = properties.text(mapi.AUTHOR_SMTP, mapi.SENDER_SMTP, mapi.AUTHOR_ADDRESS, mapi.SENDER_ADDRESS)
    return _mailbox(name, address)


def _addresses(recipients: Sequence[Properties]) -> list[str]:
    return [_mailbox(one.text(mapi.NAME), one.text(mapi.SMTP_ADDRESS, mapi.ADDRESS)) for one in recipients]


def _mailbox(name: str, address: str) -> str:
    """`Name <address>`; Exchange's own addresses (/O=...) are no mail addresses and are left out."""
    name, address = _one_line(name), _one_line(address)
    if "@" not in address:
        return name
    return formataddr((name if name != address else "", address), charset="utf-8") if address.isascii() else address


def _one_line(value: str) -> str:
    return _CONTROL.sub(" ", value).strip()


def _encoded(value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=76).encode(linesep="\r\n")


def _part(content_type: str, content: bytes, disposition: str = "") -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{disposition}\r\n"
    return head.encode("utf-8", "replace") + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _attachment(member: Member) -> bytes:
    """An attachment as a part. Its name is percent-encoded (RFC 2231): it may hold anything."""
    name = "".join(
        character if (character.isascii() and character.isalnum()) or character in "._-" else _percent(character)
        for character in member.name
    )
    disposition = f"Content-Disposition: attachment; filename*=utf-8''{name}\r\n"
    kind = "message/rfc822" if EMBEDDED_MESSAGE in member.notes else "application/octet-stream"
    return _part(kind, member.content, disposition)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))
