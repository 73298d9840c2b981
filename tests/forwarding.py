"""Forwards any mail inline, as a mail program in a language does, for tests and measurements.

    forwarded(raw, Style("outlook", "de"), note="Is this real?", number=7) -> Forward(raw, sender, subject)

`raw` is any mail (RFC 5322). `Style.form` is `html` (HTML only), `text` or `both`. The files of the mail travel
along. `Forward.raw` is the mail that a reporter would send; `sender` (an address) and `subject` are what should
be found in it. The same arguments give the same bytes. `styles()` lists every client in every language that it is
used in; `styles(held_out=True)` does so for languages whose words the extractor does not know on purpose.
"""

import email
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage, Message
from email.policy import SMTP
from functools import lru_cache
from pathlib import Path
from typing import Any

from submissions.extraction import charsets
from submissions.extraction.addresses import addresses, display_name
from submissions.extraction.headers import read_headers

FOLDER = Path(__file__).parent / "extraction" / "forwards"
LANGUAGES: dict[str, dict[str, Any]] = json.loads((FOLDER / "languages.json").read_text(encoding="utf-8"))
CLIENTS: dict[str, dict[str, str]] = json.loads((FOLDER / "clients.json").read_text(encoding="utf-8"))
REPORTER = "Anna Lang <anna.lang@corp.example>"
FIRST = datetime(2026, 10, 28, 9, 31, tzinfo=timezone(timedelta(hours=1)))
_PLACE = re.compile(r"\{((?:en:)?\w+)\}")
_TYPE = re.compile(r"([\w.+-]+)/([\w.+-]+)")
_DOCUMENT = re.compile(r"</?(?:html|head|body|!doctype)\b[^>]*>", re.IGNORECASE)
_FIELDS = ("from", "sent", "date", "to", "cc", "subject")
_NATIVE_DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹"}


@dataclass(frozen=True)
class Style:
    """Which client forwards in which language, and as what."""

    client: str
    language: str
    form: str = "html"


@dataclass(frozen=True)
class Forward:
    raw: bytes
    sender: str
    subject: str


@dataclass(frozen=True)
class Original:
    """What is forwarded, read from the mail."""

    name: str
    address: str
    recipients: str
    copies: str
    subject: str
    text: str
    html: str
    files: tuple[Message, ...]


def styles(*, held_out: bool = False, forms: tuple[str, ...] = ("html", "text")) -> Iterator[Style]:
    for client, habits in CLIENTS.items():
        for language, words in LANGUAGES.items():
            if words["held_out"] == held_out and language in (habits.get("languages", "").split() or LANGUAGES):
                yield from (Style(client, language, form) for form in forms if form != "html" or layout(client, "html"))


@lru_cache
def layout(client: str, kind: str) -> str:
    """The layout of a client as `txt` or `html`; empty when it sends none."""
    path = FOLDER / f"{client}.{kind}"
    return path.read_text(encoding="utf-8").removesuffix("\n") if path.exists() else ""


def forwarded(raw: bytes, style: Style, *, note: str = "", number: int = 0) -> Forward:
    """`number` varies dates and small habits. Mails without From or Subject get one, so that there is an answer."""
    original = read(raw, number)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = REPORTER
    mail["To"] = "sandbox@corp.example"
    mail["Subject"] = f"{LANGUAGES[style.language]['prefix']}: {original.subject}"
    mail["Date"] = "Wed, 28 Oct 2026 10:05:00 +0100"
    mail["Message-ID"] = f"<forward-{number}@corp.example>"
    values = {**words(style), **values_of(original, style, number), "note": note}
    if style.form != "html":
        mail.set_content(filled(layout(style.client, "txt"), original, values))
    if style.form != "text":
        page = filled(layout(style.client, "html"), original, values, markup=True)
        (mail.add_alternative if style.form == "both" else mail.set_content)(page, subtype="html")
    for file in original.files:
        attach(mail, file)
    for level, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_forward_{number}_{level}")
    return Forward(mail.as_bytes(), original.address, original.subject)


def read(raw: bytes, number: int) -> Original:
    headers = read_headers(raw)
    sender = headers.get("from")
    address = next(iter(addresses(sender)), f"billing-{number}@acme.example")
    parts = [part for part in email.message_from_bytes(raw).walk() if not part.is_multipart()]
    pages = [part for part in parts if part.get_content_type() == "text/html" and is_body(part)]
    texts = [part for part in parts if part.get_content_type() == "text/plain" and is_body(part)]
    page, text = decoded(pages[:1]), decoded(texts[:1])
    return Original(
        name=" ".join(display_name(sender).split()) or "Billing Desk",
        address=address,
        recipients=next(iter(addresses(headers.get("to"))), "anna.lang@corp.example"),
        copies=", ".join(addresses(headers.get("cc"))[:3]),
        # Python's own generator fails on what looks like an encoded word beside letters that are not ASCII.
        subject=" ".join(headers.get("subject").replace("=?", "=").split()) or f"Invoice {number}",
        text=text or re.sub(r"<[^>]*>", " ", page),
        html=_DOCUMENT.sub("", page) or f"<div>{html.escape(text)}</div>".replace("\n", "<br>\n"),
        files=tuple(part for part in parts if part not in (*pages[:1], *texts[:1])),
    )


def is_body(part: Message) -> bool:
    return part.get_filename() is None and part.get_content_disposition() != "attachment"


def decoded(parts: list[Message]) -> str:
    payload = parts[0].get_payload(decode=True) if parts else None
    if not isinstance(payload, bytes):
        return ""
    return charsets.decode(payload, parts[0].get_content_charset("")).replace("\r\n", "\n")


def attach(mail: EmailMessage, file: Message) -> None:
    content = file.get_payload(decode=True)
    kind = _TYPE.fullmatch(file.get_content_type())
    main, sub = kind.groups() if kind else ("application", "octet-stream")
    name = " ".join((file.get_filename() or "unnamed").split())
    if isinstance(content, bytes):
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)


def filled(shape: str, original: Original, values: Mapping[str, str], *, markup: bool = False) -> str:
    """The layout with everything in its place; in HTML the values are escaped, the body is not."""
    texts = {name: html.escape(value, quote=False) if markup else value for name, value in values.items()}
    texts["body"] = original.html if markup else original.text
    texts["quoted"] = re.sub(r"(?m)^", "> ", original.text)
    texts["indented"] = re.sub(r"(?m)^", "    ", original.text)
    lines = [line for line in shape.split("\n") if original.copies or "{copies}" not in line]
    return _PLACE.sub(lambda place: texts[place[1]], "\n".join(lines))


def words(style: Style) -> dict[str, str]:
    """Labels with their colons and separators, as the client writes them in the language."""
    language = LANGUAGES[style.language]
    labels = language.get("clients", {}).get(style.client, language["labels"])
    is_wide = style.client in ("netease", "hubspot") and style.language in ("ja", "zh", "zh-tw")
    colon = "：" if is_wide else language.get("colon", ":")
    english = LANGUAGES["en"]["labels"]
    return {
        **{name: f"{labels[name]}{colon}" for name in _FIELDS},
        **{f"en:{name}": f"{english[name]}:" for name in _FIELDS},
        **{name: language[name] for name in ("original", "forwarded", "apple")},
    }


def values_of(original: Original, style: Style, number: int) -> dict[str, str]:
    habits = CLIENTS[style.client]
    recipients = original.recipients
    if habits["separator"] == "; ":
        recipients = f"{recipients} <{recipients}>"
    elif number % 3 == 0:
        recipients = f"Anna Lang <{recipients}>"
    values = {
        "name": original.name,
        "address": original.address,
        "sender": f"{original.name} <{original.address}>",
        "recipients": recipients,
        "copies": original.copies.replace(", ", habits["separator"]),
        "title": original.subject,
        "when": date(FIRST + timedelta(minutes=1471 * number), style.language, habits["dates"], number),
    }
    wrote = LANGUAGES[style.language].get("wrote", "")
    return {**values, "wrote": _PLACE.sub(lambda place: values[place[1]], wrote)}


def date(at: datetime, language: str, form: str, number: int) -> str:
    """A date as it is written in a language: long, short, zoned, digits, or rfc (RFC 5322)."""
    if form == "rfc":
        return f"{at:%a, %d %b %Y %H:%M:%S %z}"
    day, month = LANGUAGES[language]["days"][(at.weekday() + 1) % 7], LANGUAGES[language]["months"][at.month - 1]
    if form == "digits":
        written = f"{at:%m/%d/%Y %I:%M %p}" if language == "en" else f"{at:%d.%m.%Y %H:%M}"
    elif language in ("ja", "zh", "zh-tw"):
        written = f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    elif language == "ko":
        written = f"{at.year}년 {at.month}월 {at.day}일 {day} {'오전' if at.hour < 12 else '오후'} {at:%I:%M}"
    elif language == "en":
        written = f"{day}, {month} {at.day}, {at.year} {at:%I:%M %p}"
        written = f"{day[:3]}, {month[:3]} {at.day}, {at.year} at {at:%I:%M %p}" if form == "short" else written
    elif form == "short":
        written = f"{day[:3]}., {at.day}. {month[:3]}. {at.year} {at:%H:%M}"
    else:
        written = f"{day}, {at.day}. {month} {at.year}, {at:%H:%M}"
    if language in _NATIVE_DIGITS and number % 2:
        written = written.translate(str.maketrans("0123456789", _NATIVE_DIGITS[language]))
    return f"{written} UTC+1" if form == "zoned" else written
