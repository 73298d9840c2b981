"""Wrapper invariance: the same links and files are found in a mail and in every way of handing it on.

python -m tests.bench wrappers [inline] [MAILS]

Wrapped: each mail of the corpora, by seeded choices. An inline forward is compared with a plain mail of what the
mail program takes along: its HTML or text, and the files.
"""

import base64
import io
import quopri
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from itertools import cycle

import pyzipper

from submissions.extraction.extract import extract
from submissions.extraction.reported import looks_like_mail
from submissions.extraction.types import Limits
from tests import forwarding
from tests.extraction import test_msg, test_tnef
from tests.extraction.compound_file import compound_file
from tests.extraction.reading import corpora_name, mails_of_corpora
from tests.forwarding import Style, forwarded, styles

LIMITS = Limits(urls=100_000, files=100_000)
WRONG_SHOWN = 3

Wrapper = Callable[[bytes], bytes]


def main(arguments: list[str]) -> None:
    only_inline = arguments[:1] == ["inline"]
    most = int(arguments[-1]) if arguments[only_inline:] else None
    mails = [raw for _, raw in mails_of_corpora() if looks_like_mail(raw, LIMITS, is_named=True)][:most]
    print(f"{len(mails)} mails of {corpora_name()}")
    for name, wrap in () if only_inline else WRAPPERS.items():
        tally = Tally(name)
        for raw in mails:
            wrapped = wrap(raw)
            tally.add(found(raw), found(wrapped), own=own_files(raw, wrapped))
        tally.tell()
    for held_out in (False, True):
        for tally in inline(mails, held_out=held_out):
            tally.tell()


@dataclass
class Tally:
    """How many mails gave the same with and without their wrapper."""

    name: str
    mails: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, plain: set[str], wrapped: set[str], *, own: frozenset[str] = frozenset()) -> None:
        self.mails += 1
        missed, added = plain - wrapped, wrapped - plain - own
        if missed or added:
            self.wrong.append(f"missed {sorted(missed)[:2]}, added {sorted(added)[:2]}")

    def tell(self) -> None:
        print(f"{self.name:44} {self.mails:5} {1 - len(self.wrong) / max(1, self.mails):7.2%}", flush=True)
        for wrong in self.wrong[:WRONG_SHOWN]:
            print(f"    {wrong[:220]}")


def found(raw: bytes) -> set[str]:
    mail = extract(raw, LIMITS)
    return {url.url for url in mail.urls} | {file.sha256 for file in mail.files}


def own_files(raw: bytes, wrapped: bytes) -> frozenset[str]:
    """What is in the wrapped mail only because of its wrapper: the archive or winmail.dat, and the mail in it."""
    files = extract(wrapped, LIMITS).files
    containers = {file.sha256 for file in files if file.path.count("/") == 1 and file.name in CONTAINERS}
    return frozenset({sha256(raw).hexdigest(), *containers})


CONTAINERS = ("report.zip", "winmail.dat", "report.msg")


def report(note: str = "Is this one real?") -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Person <person@corp.example>"
    mail["To"] = "sandbox@corp.example"
    mail["Subject"] = "Suspicious"
    mail["Date"] = "Wed, 25 Nov 2026 10:00:00 +0000"
    mail.set_content(note)
    return mail


def as_part(kind: str, encoding: str, name: str = "") -> Wrapper:
    """The mail as an attachment of that type, whatever MIME allows: gateways do not ask either."""

    def wrap(raw: bytes) -> bytes:
        if encoding == "base64":
            body = base64.encodebytes(raw)
        elif encoding == "quoted-printable":
            body = quopri.encodestring(raw)
        else:
            body = raw
        boundary = b"=_" + sha256(raw).hexdigest()[:24].encode()
        disposition = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
        head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{disposition}\r\n"
        return b"".join(
            [
                b"From: person@corp.example\r\nTo: sandbox@corp.example\r\nSubject: Suspicious\r\n",
                b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="%s"\r\n\r\n' % boundary,
                b"--%s\r\nContent-Type: text/plain\r\n\r\nIs this one real?\r\n" % boundary,
                b"--%s\r\n%s%s\r\n--%s--\r\n" % (boundary, head.encode(), body, boundary),
            ]
        )

    return wrap


def in_zip(raw: bytes) -> bytes:
    password = f"Pass-{sha256(raw).hexdigest()[:8]}"
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr("mail.eml", raw)
    return with_file(packed.getvalue(), "report.zip", f"The password is {password}")


def in_tnef(raw: bytes) -> bytes:
    return with_file(test_tnef.tnef(test_tnef.file(b"mail.eml", raw)), "winmail.dat")


def in_msg(raw: bytes) -> bytes:
    outer = {test_msg.SUBJECT: test_msg.wide("FW"), test_msg.BODY: test_msg.wide("Is this one real?")}
    return with_file(compound_file(test_msg.message(outer, test_msg.file("mail.eml", raw))), "report.msg")


def with_file(content: bytes, name: str, note: str = "Is this one real?") -> bytes:
    mail = report(note)
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def twice(outer: Wrapper, inner: Wrapper) -> Wrapper:
    return lambda raw: outer(inner(raw))


RFC822 = as_part("message/rfc822", "7bit")
WRAPPERS: dict[str, Wrapper] = {
    "message/rfc822": RFC822,
    "message/rfc822 in base64": as_part("message/rfc822", "base64"),
    "message/rfc822 in quoted-printable": as_part("message/rfc822", "quoted-printable"),
    "octet-stream .eml": as_part("application/octet-stream", "base64", "mail.eml"),
    "text/plain .eml": as_part("text/plain", "base64", "mail.eml"),
    "zip with the password in the note": in_zip,
    "winmail.dat": in_tnef,
    ".msg with the mail attached": in_msg,
    "rfc822 in rfc822": twice(RFC822, RFC822),
    "base64 rfc822 in a zip": twice(in_zip, as_part("message/rfc822", "base64")),
    "zip in base64 rfc822": twice(as_part("message/rfc822", "base64"), in_zip),
}


def inline(mails: list[bytes], *, held_out: bool) -> Iterator[Tally]:
    """Every mail by every client and form, the languages in turn; one line per client and form."""
    by_client: dict[tuple[str, str], list[Style]] = {}
    for style in styles(held_out=held_out):
        by_client.setdefault((style.client, style.form), []).append(style)
    for (client, form), chosen in by_client.items():
        random.Random(1).shuffle(chosen)
        tally = Tally(f"inline {client} {form}{' (languages held out)' if held_out else ''}")
        for number, (raw, style) in enumerate(zip(mails, cycle(chosen), strict=False)):
            if held_out and number >= len(chosen) * 2:
                break
            own = found(forwarded(b"From: billing@acme.example\r\n\r\n", style, number=number).raw)
            wrapped = found(forwarded(raw, style, number=number).raw)
            tally.add(found(taken_along(raw, style, number)), wrapped, own=frozenset(own))
        yield tally


def taken_along(raw: bytes, style: Style, number: int) -> bytes:
    original = forwarding.read(raw, number)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = original.address
    mail["Subject"] = original.subject
    if style.form == "text":
        mail.set_content(original.text)
    else:
        mail.set_content(original.html, subtype="html")
    for file in original.files:
        forwarding.attach(mail, file)
    return mail.as_bytes()
