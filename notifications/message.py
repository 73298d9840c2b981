"""The bytes of a mail: headers that parse back to what was meant, plain text first, HTML second."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime

from notifications.looks import LOGO_ID
from notifications.rendering import Rendered
from notifications.values import SUBJECT_LENGTH, one_line

MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
PLAIN = re.compile(r"(?!.*=\?)[!-~](?:[ -~]*[!-~])?")
UTF8 = Charset("utf-8")
UTF8.body_encoding = QP
LONGEST_REFERENCES = 20


@dataclass(frozen=True)
class Envelope:
    """What stands in the headers of one mail beside its subject."""

    message_id: str
    kind: str
    to: str
    sender: str
    sender_name: str
    date: datetime
    automatic: str
    reply_to: str = ""
    in_reply_to: str = ""
    references: str = ""
    topic: str = ""


def compose(mail: Rendered, envelope: Envelope) -> bytes:
    """The finished message with CRLF line ends; the same input gives the same bytes."""
    digest = re.sub(r"[^0-9a-zA-Z]", "", envelope.message_id)[-40:]
    body = MIMEMultipart("alternative", boundary=f"=_mm_{digest}", policy=compat32)
    body.attach(part("plain", mail.text))
    body.attach(illustrated(mail, digest) if mail.logo else part("html", mail.html))
    # Our own lines are written as they are: the library would fold a Message-ID away from its name.
    above = "".join(f"{name}: {value}\n" for name, value in headers(mail, envelope)).replace("\n", "\r\n")
    return above.encode("ascii") + body.as_bytes(policy=compat32.clone(linesep="\r\n"))


def illustrated(mail: Rendered, digest: str) -> MIMEMultipart:
    """The HTML part with the logo that it shows: nothing is fetched from anywhere."""
    both = MIMEMultipart("related", boundary=f"=_mmr_{digest}", policy=compat32)
    logo = MIMEImage(mail.logo, "png", policy=compat32)
    logo["Content-ID"] = f"<{LOGO_ID}>"
    logo["Content-Disposition"] = "inline"
    both.attach(part("html", mail.html))
    both.attach(logo)
    return both


def headers(mail: Rendered, envelope: Envelope) -> list[tuple[str, str]]:
    """Every header in ASCII, folded with blanks only where a line would grow too long."""
    pairs = [
        ("From", mailbox(envelope.sender_name, envelope.sender)),
        ("To", envelope.to),
        ("Reply-To", envelope.reply_to),
        ("Subject", encoded(one_line(mail.subject, SUBJECT_LENGTH), "Subject")),
        ("Thread-Topic", encoded(one_line(envelope.topic, SUBJECT_LENGTH), "Thread-Topic")),
        ("Date", format_datetime(envelope.date)),
        ("Message-ID", envelope.message_id),
        ("In-Reply-To", valid_id(envelope.in_reply_to)),
        ("References", "\n ".join(references(envelope))),
        ("Auto-Submitted", envelope.automatic),
        ("X-Auto-Response-Suppress", "All"),
        ("X-MailMonitor-Id", envelope.kind),
        ("Content-Language", mail.language),
    ]
    return [(name, value) for name, value in pairs if value]


def part(subtype: str, text: str) -> MIMENonMultipart:
    made = MIMENonMultipart("text", subtype, policy=compat32, charset="utf-8")
    made.set_payload(text, UTF8)
    return made


def encoded(text: str, name: str) -> str:
    """The header's value as it stands on the wire: plain ASCII as it is, anything else in encoded words."""
    if PLAIN.fullmatch(text) and len(text) + len(name) < 74:
        return text
    return Header(text, "utf-8", header_name=name, maxlinelen=75).encode(splitchars="")


def mailbox(name: str, address: str) -> str:
    """`Corp IT Security <sandbox@corp.example>`"""
    shown = encoded(one_line(name, 64), "From")
    if re.fullmatch(r"[A-Za-z0-9 ]*", shown):
        return f"{shown} <{address}>" if shown else address
    quoted = f'"{re.sub(chr(92) * 2 + "|" + chr(34), "", shown)}"' if "=?" not in shown else shown
    return f"{quoted} <{address}>"


def valid_id(text: str) -> str:
    """The one message id in the text, an empty text when it is none that may be repeated."""
    return text.strip() if MESSAGE_ID.fullmatch(text.strip()) else ""


def references(envelope: Envelope) -> Sequence[str]:
    """The ids of the thread, the oldest first, the answered mail last, each once."""
    found = [one for one in envelope.references.split() if valid_id(one)]
    answered = valid_id(envelope.in_reply_to)
    ids = [one for one in dict.fromkeys(found) if one != answered] + ([answered] if answered else [])
    return ids if len(ids) <= LONGEST_REFERENCES else [ids[0], *ids[1 - LONGEST_REFERENCES :]]
