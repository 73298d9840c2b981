"""Every file of a mail, at any depth: its name, type and marks, and the search of what is inside."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from submissions.extraction import charsets, decoration, file_types, legacy, names, reported
from submissions.extraction import passwords as password_candidates
from submissions.extraction.barcodes import links_of
from submissions.extraction.drawn_codes import drawn_codes
from submissions.extraction.finds import NOTE, REPORTED, Finds
from submissions.extraction.inline_mails import InlineMails
from submissions.extraction.inside import both, look_inside
from submissions.extraction.links import html_links, text_links, visible_text
from submissions.extraction.mime import Part
from submissions.extraction.smuggling import smuggled
from submissions.extraction.split_codes import MOST_PICTURES
from submissions.extraction.text_files import is_text, opens_as_page, read_text
from submissions.extraction.two_in_one import has_other_readings
from submissions.extraction.types import Inside, Limits, Link, Member, Picture, Problem, Reported

# Each password costs a 7z file or an Office document some tenths of a second: a mail may not hold hundreds.
MOST_LOCKS = 10
_MAYBE_MAIL = ("text/", "message/", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that waits to be looked at. `path` is its place without its name; `mails`, `depth`: levels around it."""

    member: Member
    path: str
    mails: int
    depth: int = 0
    given: tuple[str, ...] = ()
    declared: str = ""
    charset: str = ""


class MailInside(NamedTuple):
    """A mail, or a web archive, whose bytes came out of a file, `level` mails deep."""

    raw: bytes
    path: str
    level: int
    is_archive: bool = False


@dataclass(slots=True)
class FileSearch:
    """The files still to be opened, all words of the mail, from which passwords are taken, and its small pictures.

    Files wait until every text was read, for the password may stand in a later part or an outer mail.
    """

    limits: Limits
    finds: Finds
    passwords: tuple[str, ...]
    texts: list[tuple[str, bool]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    _waiting: list[Found] = field(default_factory=list)
    _unpacked: int = 0
    _entries: int = 0
    _locks: int = 0
    _tried: tuple[int, tuple[str, ...]] = (-1, ())

    def add(self, part: Part, mails: int) -> None:
        """A leaf that is no body: it waits for `run`."""
        notes = list(part.notes) + (["unparsed"] if part.kind == "unparsed" else [])
        if _is_inline(part):
            notes.append("inline")
        fork = legacy.apple_data_fork(part.content)
        content = fork.content if fork else part.content
        if part.other and not part.content:
            content = part.other
        self._waiting.append(
            Found(
                Member("", content, notes=tuple(notes)),
                part.path,
                mails,
                given=part.names,
                declared=part.type,
                charset=part.charset,
            )
        )

    def add_blocks(self, blocks: list[legacy.Block], part: Part, mails: int) -> None:
        """Files that stand encoded in a text."""
        for block in blocks:
            name = charsets.decode(block.name, part.charset)
            self._waiting.append(
                Found(Member(name, block.content, notes=("in-text",)), part.path, mails, given=(name,))
            )

    def run(self) -> Iterator[MailInside]:
        """Look at everything that waits, in the order of the mail; what is inside comes after its container.

        Gives the mails that come to light, each to be searched before the next one is asked for.
        """
        while self._waiting:
            batch, self._waiting = self._waiting, []
            for found in batch:
                yield from self._look(found)

    def _look(self, found: Found) -> Iterator[MailInside]:
        content = found.member.content
        name = names.choose(found.given or (found.member.name,), "")
        file_type = file_types.detect(content, name.shown)
        shown = name.shown or _made_up(found, file_type)
        if self._is_mail(found, file_type):
            yield MailInside(content, f"{found.path}/{shown}", found.mails + 1)
            return
        notes = found.member.notes + name.notes + _marks(content, found.declared)
        inside = self._inside(found, file_type, shown)
        member = replace(found.member, notes=notes + inside.notes, password=inside.password or found.member.password)
        if not _is_opened_mail(inside):
            is_kept = self.finds.add_file(member, file_type, found.path, shown, names=name.given)
            if is_kept and inside.picture and len(self.pictures) < MOST_PICTURES:
                self.pictures.append(inside.picture)
        yield from self._follow(found, inside, f"{found.path}/{shown}", file_type)
        if found.mails < self.limits.mail_depth and reported.is_web_archive(content):
            yield MailInside(content, f"{found.path}/{shown}", found.mails + 1, is_archive=True)

    def _is_mail(self, found: Found, file_type: str) -> bool:
        """Mails among the leaves were opened before; these come out of archives."""
        if not found.depth or found.mails >= self.limits.mail_depth or not file_type.startswith(_MAYBE_MAIL):
            return False
        is_named = reported.is_mail_name(found.member.name)
        return reported.looks_like_mail(found.member.content, self.limits, is_named=is_named)

    def _inside(self, found: Found, file_type: str, name: str) -> Inside:
        content = found.member.content
        text, as_page = Inside(), opens_as_page(found.declared, name)
        is_only_text = is_text(file_type, found.declared) or "unparsed" in found.member.notes
        if is_only_text or as_page:
            text = read_text(self._decoded(found), file_type, found.declared, as_page=as_page)
        if is_only_text and not has_other_readings(content, file_type):
            return text
        if len(content) > self.limits.file_bytes:
            return text
        return both(text, self._opened(content, file_type, name))

    def _opened(self, content: bytes, file_type: str, name: str) -> Inside:
        left = self._limits_left()
        if not left.archive_bytes or not left.archive_entries:
            return Inside(problems=(Problem("limit-bytes", "", "the whole mail unpacks to too much"),))
        inside = look_inside(content, file_type, name, limits=left, passwords=self.passwords)
        if self._locks < MOST_LOCKS and any(problem.code == "locked" for problem in inside.problems):
            self._locks += 1
            return look_inside(content, file_type, name, limits=left, passwords=self._candidates())
        return inside

    def _limits_left(self) -> Limits:
        """One budget holds for all archives of a mail together."""
        if not self._entries:
            return self.limits
        return replace(
            self.limits,
            archive_bytes=max(self.limits.archive_bytes - self._unpacked, 0),
            archive_entries=max(self.limits.archive_entries - self._entries, 0),
        )

    def _decoded(self, found: Found) -> str:
        content = found.member.content
        if len(content) > self.limits.text_bytes:
            self.finds.add_problem("limit-text-bytes", found.path, f"{len(content)} bytes")
        return charsets.decode(content[: self.limits.text_bytes], found.charset)

    def _follow(self, found: Found, inside: Inside, path: str, file_type: str) -> Iterator[MailInside]:
        """Record what was inside: a mail's headers, its texts, links and members."""
        self.finds.add_problems(
            replace(problem, path=f"{path}/{problem.path}" if problem.path else path) for problem in inside.problems
        )
        self.finds.add_links(inside.links, path)
        if inside.mail:
            self.finds.reported += _mails_inside(inside, path, file_type)
        self.search_text(inside.text, f"{path} text", html=False)
        self.search_text(inside.html, f"{path} text/html", html=True)
        self._unpacked += sum(len(member.content) for member in inside.members)
        self._entries += len(inside.members)
        if inside.members and found.depth >= self.limits.archive_depth:
            self.finds.add_problem("limit-archive-depth", path)
            return
        mails = found.mails + bool(inside.mail)
        for member in inside.members:
            yield from self._look(Found(member, path, mails, found.depth + 1, given=(member.name,)))

    def search_text(
        self, text: str, where: str, *, html: bool, whose: str = REPORTED, quoted: tuple[int, int] | None = None
    ) -> None:
        """Links in a text that people read, files smuggled in it, and its words for later.

        `quoted` is where a forwarded mail stands in the text; what is around it are the reporter's words.
        """
        if not text:
            return
        self.texts.append((text, html))
        read = html_links if html else text_links
        links = read(text)
        if quoted is None:
            self.finds.add_links(links, where, whose=whose)
        else:
            own = _only_around(text, quoted, read)
            self.finds.add_links((link for link in links if link.url in own), where, whose=NOTE)
            self.finds.add_links((link for link in links if link.url not in own), where)
        if drawn := drawn_codes(text, html=html):
            self.finds.add_links(links_of(drawn, "qr"), where, whose=whose)
        if html:
            self._smuggled(text, where, whose)

    def _smuggled(self, text: str, where: str, whose: str) -> None:
        inside = smuggled(text)
        self.finds.add_links(inside.links, where, whose=whose)
        path = where.partition(" ")[0]
        self.finds.add_problems(replace(problem, path=path) for problem in inside.problems)
        self._waiting += [Found(member, path, 0, given=(member.name,)) for member in inside.members]

    def _candidates(self) -> Sequence[str]:
        if self._tried[0] != len(self.texts):
            words = "\n".join(visible_text(text) if html else text for text, html in self.texts)
            found = password_candidates.candidates(words, self.limits.passwords)
            self._tried = len(self.texts), tuple(dict.fromkeys(self.passwords + found))
        return self._tried[1]


def _only_around(text: str, quoted: tuple[int, int], read: Callable[[str], list[Link]]) -> set[str]:
    """The links that stand before or behind the forwarded mail in a text and not in it."""
    start, end = quoted
    around = {link.url for part in (text[:start], text[end:]) if part for link in read(part)}
    return around - {link.url for link in read(text[start:end])} if around else around


def _is_opened_mail(inside: Inside) -> bool:
    """A mail that was read completely is judged by what is in it, like an attached one, not as a file."""
    return bool(inside.mail) and not any(problem.incomplete for problem in inside.problems)


def _is_inline(part: Part) -> bool:
    """Shown in the mail's text rather than listed as an attachment."""
    if not part.type.startswith("image/") or part.disposition.main == "attachment":
        return False
    return part.disposition.main == "inline" or bool(part.headers.raw_values("content-id"))


def _marks(content: bytes, declared: str) -> tuple[str, ...]:
    if decoration.is_signature(content, declared):
        return ("signature",)
    return ("decoration",) if decoration.is_tracking_pixel(content) else ()


def _made_up(found: Found, file_type: str) -> str:
    """A name for a file that has none, with an extension that fits what it is."""
    extension = _EXTENSIONS.get(file_type) or _EXTENSIONS.get(found.declared, "bin")
    return f"unnamed.{extension}"


_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/vnd.ms-tnef": "dat",
    "application/vnd.ms-outlook": "msg",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/html": "html",
    "text/plain": "txt",
}


def _mails_inside(inside: Inside, path: str, file_type: str) -> list[Reported]:
    """The message in Outlook's terms and what it forwards inline; winmail.dat that forwards is the forwarding mail."""
    inline = InlineMails(path, inside.mail.get("subject", ""))
    inline.read(inside.text, path, html=False)
    inline.read(inside.html, path, html=True)
    forwarded = inline.reported()
    if forwarded and "tnef" in file_type:
        return forwarded
    how = "tnef" if "tnef" in file_type else "msg"
    return [reported.from_outlook(inside.mail, path, how), *forwarded]
