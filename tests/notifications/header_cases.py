"""Random subjects, names and ids, hostile and ordinary, and what a message made of them must parse back to."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from email.utils import parseaddr

from notifications.message import Envelope, headers
from notifications.rendering import Rendered
from notifications.values import SUBJECT_LENGTH, one_line

ALWAYS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "X-MailMonitor-Id",
    "Content-Language",
}  # fmt: skip
SOMETIMES = {"Reply-To", "Thread-Topic", "In-Reply-To", "References"}
HOSTILE = "".join(map(chr, range(0x30))) + '\x7f\x85\u2028\u2029\u202e\ufeff\ud800=?utf-8?b?DQpCY2M6IHg=?=<>:@,;"\\'
ORDINARY = "abcdefghijklmnopqrstuvwxyz ABC 0123456789 äöüß éèçñ żółć 漢字かなカナ العربية אבג 🐟 \u0301"
BREAKS = ("\r\nBcc: eve@evil.example", "\n\n", "\r", "=?utf-8?b?DQpCY2M6IHg=?=", "\0", "<a@b>\r\nX: y", "=?x?q??=")


def text(source: random.Random) -> str:
    """Up to 240 characters of one sort, often with something that would end a header."""
    length = source.choice((0, 1, 5, 20, 75, 76, 77, 120, 240))
    sort = source.random()
    if sort < 0.4:
        made = "".join(source.choices(ORDINARY, k=length))
    elif sort < 0.7:
        made = "".join(source.choices(HOSTILE, k=length))
    else:
        made = "".join(map(chr, source.choices(range(0x110000), k=length)))
    if source.random() < 0.3:
        place = source.randrange(len(made) + 1)
        made = made[:place] + source.choice(BREAKS) + made[place:]
    return made


def faults(seed: int, count: int) -> Iterator[str]:
    """What is wrong with the headers of that many messages; nothing for good ones."""
    source = random.Random(seed)
    for number in range(count):
        subject, name, topic = text(source), text(source), text(source)
        envelope = Envelope(
            message_id="<mm.received.0d4b3c3e-7f2c-5a38-9c41-5d0f0f1a2b3c@corp.example>",
            kind="received",
            to="anna.lang@corp.example",
            sender="sandbox@corp.example",
            sender_name=name,
            date=datetime(2026, 11, 24, 8, 2, tzinfo=UTC),
            automatic="auto-replied",
            in_reply_to=text(source) if number % 2 else f"<{number}@corp.example>",
            references=text(source),
            topic=topic,
        )
        pairs = headers(Rendered(subject, "", "", "en"), envelope)
        if words := fault(pairs, subject):
            yield f"seed {seed} number {number}: {words}: {subject!r} {name!r} {topic!r}"


def fault(pairs: list[tuple[str, str]], subject: str) -> str:
    raw = "".join(f"{name}: {value}\n" for name, value in pairs).replace("\n", "\r\n")
    if not raw.isascii() or max(map(len, raw.split("\r\n"))) > 998:
        return "not of ASCII lines"
    mail = message_from_bytes(raw.encode() + b"\r\nHello\r\n", policy=compat32)
    names = list(mail.keys())
    wanted = ALWAYS if one_line(subject, SUBJECT_LENGTH) else ALWAYS - {"Subject"}
    if set(names) - SOMETIMES != wanted or len(names) != len(set(names)):
        return f"headers {names}"
    if mail.get_payload() != "Hello\r\n":
        return "the body begins elsewhere"
    if str(make_header(decode_header(mail["Subject"] or ""))) != one_line(subject, SUBJECT_LENGTH):
        return "another subject"
    address = parseaddr(mail["From"].replace("\r\n", ""))[1]
    return "" if address == "sandbox@corp.example" else f"From is {address}"
