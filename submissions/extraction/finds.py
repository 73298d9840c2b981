"""What one extraction has found so far: links merged into URLs, files, mails, problems, each within its limit."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from submissions.extraction import rewriters, urls
from submissions.extraction.types import ExtractedMail, File, Limits, Link, Member, Problem, Reported, Url

OWN = "reporters-own"
# Whose words a link stands in: the reporter's, the reported mail's, or a text of both that could not be told apart.
NOTE, REPORTED, WHOLE = "note", "reported", "whole"
_MOST_PLACES = 50
_MOST_SEEN_AS = 20
_MOST_PROBLEMS = 200
_LONGEST_WRAPPED = 16
_NO_ARTIFACT = ("mailto:", "cid:", "mid:", "tel:", "sms:", "javascript:", "vbscript:", "data:", "about:", "blob:", "#")


@dataclass(slots=True)
class _Merged:
    seen_as: dict[str, None] = field(default_factory=dict)
    found_in: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    whose: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Finds:
    limits: Limits
    reported: list[Reported] = field(default_factory=list)
    has_inline: bool = False
    files: dict[tuple[str, str], File] = field(default_factory=dict)
    words: str = ""
    _urls: dict[str, _Merged] = field(default_factory=dict)
    _problems: dict[tuple[str, str, str], Problem] = field(default_factory=dict)
    _known: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def add_links(self, links: Iterable[Link], where: str, *, whose: str = REPORTED) -> None:
        """`where` is the head of `found_in`, such as `2.1 text/html`; `whose` words they stand in."""
        for link in links:
            self._add_link(link, where, whose)

    def _add_link(self, link: Link, where: str, whose: str) -> None:
        if not link.url or link.url[:11].lower().startswith(_NO_ARTIFACT):
            return
        url, seen_as, notes = self._final(link.url, where)
        merged = self._urls.get(url)
        if merged is None:
            if len(self._urls) >= self.limits.urls:
                self.add_problem("limit-urls", "", f"only the first {self.limits.urls} are kept")
                return
            merged = self._urls[url] = _Merged()
        merged.whose.add(whose)
        _extend(merged.seen_as, seen_as, _MOST_SEEN_AS)
        _extend(merged.notes, notes + link.notes, _MOST_SEEN_AS)
        _extend(merged.found_in, (f"{where} {link.place}".strip(),), _MOST_PLACES)

    def _final(self, url: str, where: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """The unwrapped, normalised form, what it was wrapped in, and what is odd about it."""
        if known := self._known.get(url):
            return known
        longest = self.limits.url_length
        unwrapped = rewriters.unwrap(url[: longest * _LONGEST_WRAPPED])
        final = urls.normalise(unwrapped.url)
        notes = tuple(unwrapped.notes) + urls.oddities(unwrapped.url)
        if len(final) > longest:
            self.add_problem("limit-url-length", where, f"{len(final)} characters")
            final, notes = final[:longest], (*notes, "cut")
        seen_as = tuple(form[:longest] for form in unwrapped.seen_as)
        self._known[url] = final, seen_as, notes
        return self._known[url]

    def add_file(self, member: Member, file_type: str, path: str, name: str, *, names: tuple[str, ...] = ()) -> bool:
        """Whether the file is kept. `path` is that of its place, without the file's own name."""
        limits = self.limits
        full = f"{path}/{name}"
        digest = hashlib.sha256(member.content).hexdigest()
        if (digest, full) in self.files:
            return False
        if len(self.files) >= limits.files:
            self.add_problem("limit-files", path, f"only the first {limits.files} are kept")
            return False
        content, notes = member.content, member.notes
        if len(content) > limits.file_bytes:
            self.add_problem("limit-file-bytes", full, f"{len(content)} bytes")
            content, notes = b"", (*notes, "too-large")
        self.files[digest, full] = File(
            name=name,
            size=len(member.content),
            sha256=digest,
            type=file_type,
            path=full,
            password=member.password,
            notes=tuple(dict.fromkeys(notes)),
            content=content,
            names=names,
        )
        return True

    def add_problem(self, code: str, path: str, detail: str = "", *, incomplete: bool = True) -> None:
        self.add_problems([Problem(code, path, detail, incomplete)])

    def add_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if len(self._problems) < _MOST_PROBLEMS:
                self._problems.setdefault((problem.code, problem.path, problem.detail), problem)

    def result(self) -> ExtractedMail:
        """What was found; the reporter has words of his own only when he sent another mail inside his."""
        has_reporter = any(mail.how != "itself" for mail in self.reported)
        return ExtractedMail(
            reported=tuple(self.reported),
            urls=tuple(
                _url(url, merged, is_own=has_reporter and self._is_own(merged)) for url, merged in self._urls.items()
            ),
            files=tuple(self._marked(self.files.values()) if has_reporter else self.files.values()),
            problems=tuple(self._problems.values()),
            words=self.words,
        )

    def _is_own(self, merged: _Merged) -> bool:
        """Whether only the reporter wrote it: nowhere in a reported mail, nor where it may be one forwarded inline."""
        return REPORTED not in merged.whose and (NOTE in merged.whose or not self.has_inline)

    def _marked(self, files: Iterable[File]) -> Iterator[File]:
        """Files beside the attached mails are the reporter's; beside an inline forward they are part of that."""
        paths = [mail.path for mail in self.reported if mail.how != "inline"]
        files = list(files)
        theirs = {file.sha256 for file in files if self.has_inline or _is_theirs(file, paths)}
        for file in files:
            yield file if file.sha256 in theirs else replace(file, notes=(OWN, *file.notes))


def _is_theirs(file: File, mails: list[str]) -> bool:
    """Whether the file stands in a reported mail, or holds one."""
    return any(file.path.startswith((f"{mail}.", f"{mail}/")) or mail.startswith(f"{file.path}/") for mail in mails)


def _url(url: str, merged: _Merged, *, is_own: bool) -> Url:
    notes = (OWN, *merged.notes) if is_own else tuple(merged.notes)
    return Url(url, tuple(merged.seen_as), tuple(merged.found_in), notes)


def _extend(known: dict[str, None], more: Iterable[str], most: int) -> None:
    for text in more:
        if len(known) < most:
            known[text] = None
