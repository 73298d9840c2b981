"""Which mail was reported, how it was found, and what its headers say."""

import re
from collections.abc import Mapping

from submissions.extraction import received
from submissions.extraction.bodies import is_body
from submissions.extraction.file_types import risky_extension
from submissions.extraction.headers import Headers, read_block
from submissions.extraction.mime import Part
from submissions.extraction.types import Limits, Reported

REPORT_TYPES = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
    "message/tracking-status",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
HEADERS_ONLY = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
INCOMPLETE_TYPES = ("message/partial", "message/external-body")
_MAIL_TYPES = ("message/rfc822", "message/global", "message/news")
_OTHER_TYPES = REPORT_TYPES + INCOMPLETE_TYPES
_NEVER_MAIL = ("image/", "audio/", "video/", "font/")
_TELLING = {
    "received", "from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type", "return-path",
    "delivered-to", "reply-to", "dkim-signature", "authentication-results", "x-mailer", "received-spf",
    "arc-seal", "x-originating-ip", "sender", "content-transfer-encoding",
}  # fmt: skip
_ORIGIN = {"from", "received", "return-path", "sender", "delivered-to"}
_ENOUGH = 3
_PLAIN_FACTS = ("cc", "reply-to", "return-path")
_MOST_EXTRA, _LONGEST_EXTRA = 60, 200
_FIRST_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:(?!//)")


def from_headers(headers: Headers, path: str, how: str) -> Reported:
    return Reported(
        path=path,
        how=how,
        subject=headers.get("subject"),
        sender=headers.get("from"),
        to=headers.get("to"),
        date=headers.get("date"),
        message_id=headers.get("message-id"),
        facts=facts(headers),
    )


def from_outlook(mail: Mapping[str, str], path: str, how: str) -> Reported:
    """A message in Outlook's terms by its headers; hops and signatures are known when it kept those it came with."""
    told: dict[str, object] = {name.replace("-", "_"): mail[name] for name in _PLAIN_FACTS if name in mail}
    if value := mail.get("authentication-results"):
        told["authentication_results"] = received.authentication_results((value,))
    if hops := mail.get("received"):
        told["hops"] = received.hops(tuple(hops.split("\n")))
        told |= {"dkim": "dkim-signature" in mail, "arc": "arc-seal" in mail}
    subject, sender, to, date, message_id = (
        mail.get(name, "") for name in ("subject", "from", "to", "date", "message-id")
    )
    return Reported(path, how, subject, sender, to, date, message_id, told)


def facts(headers: Headers) -> dict[str, object]:
    """Header facts by name; a mail that was quoted inline has none (`not_available`)."""
    return {
        "reply_to": headers.get("reply-to"),
        "return_path": headers.get("return-path"),
        "cc": headers.get("cc"),
        "hops": received.hops(headers.get_all("received")),
        "authentication_results": received.authentication_results(headers.get_all("authentication-results")),
        "dkim": "dkim-signature" in headers.by_name,
        "arc": "arc-seal" in headers.by_name,
        "extra": extra(headers),
        "doubled": [name for name in ("from", "subject", "date", "message-id") if len(headers.raw_values(name)) > 1],
    }


def extra(headers: Headers) -> dict[str, str]:
    """Fields that no standard names, such as those by which a phishing test is known."""
    names = [name for name in headers.by_name if name.startswith("x-")][:_MOST_EXTRA]
    return {name: headers.get(name)[:_LONGEST_EXTRA] for name in names}


def is_mail(part: Part, limits: Limits) -> bool:
    """Whether the leaf is an attached mail: by its type, or by its content when it is an attachment of any type."""
    if part.kind != "part":
        return False
    if part.type in _MAIL_TYPES:
        return True
    if is_body(part) or part.type in _OTHER_TYPES or part.type.startswith(_NEVER_MAIL) or is_web_archive(part.content):
        return False
    # A file without a name cannot be opened but as a mail, so one header is enough there too.
    is_named = not part.names or any(is_mail_name(name) for name in part.names)
    return looks_like_mail(part.content, limits, is_named=is_named)


def may_run(part: Part) -> bool:
    """Whether an attached mail has the name of something that runs: headers do not keep a script from running."""
    return any(risky_extension(name) for name in part.names)


def is_mail_name(name: str) -> bool:
    return name.rstrip(". ").lower().endswith((".eml", ".mail", ".nws"))


def looks_like_mail(content: bytes, limits: Limits, *, is_named: bool = False) -> bool:
    """Whether bytes of unknown or lying type are a mail.

    At least three telling headers, one of them an origin; of a file named as a mail one header is enough.
    """
    start = content[:65536].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"From ", b">From ")):
        start = start.partition(b"\n")[2]
    if not _FIRST_FIELD.match(start):
        return False
    names = _TELLING & read_block(start, limits).by_name.keys()
    return bool(names) if is_named else len(names) >= _ENOUGH and bool(names & _ORIGIN)


def is_web_archive(content: bytes) -> bool:
    """A page saved with its pictures (MHTML, RFC 2557), also under the name of a document: a file, not a mail."""
    start = content[:4096].lstrip()
    if b"ultipart/related" not in start:
        return False
    names = read_block(start, Limits()).by_name.keys()
    return {"mime-version", "content-type"} <= names and not names & {"received", "return-path", "to", "message-id"}
