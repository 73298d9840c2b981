"""Everything in a mail that could harm, found: the one way in is `extract`."""

from collections.abc import Sequence

from submissions.extraction import bodies, charsets, finds, legacy, reported, type_of_text
from submissions.extraction.barcodes import links_of
from submissions.extraction.files import FileSearch
from submissions.extraction.finds import Finds
from submissions.extraction.headers import Headers, read_headers
from submissions.extraction.inline_mails import InlineMails, is_same
from submissions.extraction.leaves import leaves_of
from submissions.extraction.links import text_links
from submissions.extraction.mime import Part, Walk
from submissions.extraction.split_codes import split_codes
from submissions.extraction.types import ExtractedMail, Limits, Link, Reported

# The first part of a multipart/encrypted says this and nothing else (RFC 3156 section 4).
_PGP_CONTROL = b"Version: 1"


def extract(raw: bytes, limits: Limits = Limits(), *, passwords: Sequence[str] = ()) -> ExtractedMail:  # noqa: B008
    """All reported mails, links and files in the bytes of one mail (RFC 5322), and what could not be read.

    Pure: no network, no clock, no file. Any bytes are a mail; nothing is raised. `passwords` are tried on
    locked files beside those that stand in the mail.
    """
    found = Finds(limits)
    if len(raw) > limits.mail_bytes:
        found.add_problem("limit-mail-bytes", "", f"{len(raw)} bytes")
        raw = raw[: limits.mail_bytes]
    search = _Search(limits, found, tuple(passwords))
    headers = search.mail(_from_wide(raw), "", 0)
    for mail in search.files.run():
        search.mail(mail.raw, mail.path, mail.level, is_archive=mail.is_archive)
    if search.files.pictures:
        found.add_links(links_of(split_codes(search.files.pictures), "qr"), "several pictures")
    found.add_problems(search.walk.problems)
    if not found.reported:
        found.reported.append(reported.from_headers(headers, "", "itself"))
    return found.result()


def reported_mail(raw: bytes, limits: Limits = Limits()) -> bytes:  # noqa: B008
    """The bytes of the mail that was reported: the first attached one, else the mail itself. Pure like `extract`."""
    search = _Search(limits, Finds(limits), ())
    search.mail(_from_wide(raw[: limits.mail_bytes]), "", 0)
    return search.first_attached or raw


def _from_wide(raw: bytes) -> bytes:
    """A mail that an editor saved as UTF-16."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").encode()
    return raw


class _Search:
    """The walk through one mail and the mails in it."""

    def __init__(self, limits: Limits, found: Finds, passwords: tuple[str, ...]) -> None:
        self.limits = limits
        self.finds = found
        self.walk = Walk(limits)
        self.first_attached = b""
        self.files = FileSearch(limits, found, passwords)

    def mail(self, raw: bytes, path: str, level: int, *, is_archive: bool = False) -> Headers:
        """Search one mail at `path` (empty for the whole), `level` mails deep; a web archive is no reported mail.

        Returns its headers.
        """
        headers = read_headers(raw, self.limits)
        if level and not is_archive:
            self.first_attached = self.first_attached or raw
            self.finds.reported.append(reported.from_headers(headers, path, "attached"))
        inline = InlineMails(path, headers.get("subject"))
        whose = finds.WHOLE if level == 0 else finds.REPORTED
        self.files.search_text(inline.subject, f"{path} subject".strip(), html=False, whose=whose)
        for part in leaves_of(self.walk, raw, headers, path):
            self._part(part, level, inline)
        self._add_inline(inline.reported(), level)
        return headers

    def _add_inline(self, mails: list[Reported], level: int) -> None:
        """What a mail forwards in its text comes after what it carries as an attachment; it may be the same."""
        known = self.finds.reported
        known += [mail for mail in mails if not any(is_same(mail, other) for other in known)]
        self.finds.has_inline |= level == 0 and bool(mails)

    def _part(self, part: Part, level: int, inline: InlineMails) -> None:
        if reported.is_mail(part, self.limits):
            self._attached(part, level + 1)
            if reported.may_run(part):
                self.files.add(part, level)
        elif part.type in reported.REPORT_TYPES:
            self._of_report(part)
            if not type_of_text.decoded(part.content):
                self.files.add(part, level)
        elif bodies.is_body(part):
            self._body(part, level, inline)
        else:
            self._file(part, level)

    def _attached(self, part: Part, level: int) -> None:
        if level > self.limits.mail_depth:
            self.finds.add_problem("limit-mail-depth", part.path)
            self.files.add(part, level)
        elif part.other and not reported.looks_like_mail(part.content, self.limits):
            self.mail(part.other, part.path, level)
        else:
            self.mail(part.content, part.path, level)

    def _of_report(self, part: Part) -> None:
        """What a mail server says about a mail: its headers tell which mail, its fields are no attachment."""
        if part.type in reported.HEADERS_ONLY:
            headers = read_headers(part.content, self.limits)
            self.finds.reported.append(reported.from_headers(headers, part.path, "attached"))
            self.finds.add_problem("headers-only", part.path, "the report holds only the headers of the mail")
        else:
            self.finds.add_links(text_links(charsets.decode(part.content)), f"{part.path} {part.type}")

    def _body(self, part: Part, level: int, inline: InlineMails) -> None:
        if len(part.content) > self.limits.text_bytes:
            self.finds.add_problem("limit-text-bytes", part.path, f"{len(part.content)} bytes")
        where = f"{part.path} {part.kind if part.kind != 'part' else part.type}".strip()
        blocks = legacy.blocks(part.content)
        for text in bodies.texts(part, self.limits.text_bytes, blocks):
            html = bodies.is_html(part, text)
            quoted = inline.read(text, part.path, html=html)
            if level:
                self.files.search_text(text, where, html=html)
                continue
            self.files.search_text(text, where, html=html, whose=finds.WHOLE, quoted=quoted)
            if not self.finds.words:
                self.finds.words = bodies.beginning(text, html=html)
        self.files.add_blocks(blocks, part, level)

    def _file(self, part: Part, level: int) -> None:
        if part.type in reported.INCOMPLETE_TYPES:
            self.finds.add_problem("partial", part.path, part.type)
            links = (Link(part.parameters.get("url"), "url"),)
            self.finds.add_links(links, f"{part.path} {part.type}")
        if part.type == "application/pgp-encrypted":
            self.finds.add_problem("encrypted", part.path, "PGP")
        if part.content.strip() != _PGP_CONTROL:
            self.files.add(part, level)
