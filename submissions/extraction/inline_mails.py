"""The inline forwards of one mail, gathered over all its bodies: a text and its HTML form tell of the same mails."""

from dataclasses import dataclass, field

from submissions.extraction import forwarded
from submissions.extraction.addresses import addresses
from submissions.extraction.forwarded import Forward
from submissions.extraction.types import Reported


@dataclass(slots=True)
class InlineMails:
    """`within` is the path of the mail whose bodies are read, `subject` its subject."""

    within: str
    subject: str
    in_html: list[tuple[str, Forward]] = field(default_factory=list)
    in_text: list[tuple[str, Forward]] = field(default_factory=list)

    def read(self, text: str, path: str, *, html: bool) -> tuple[int, int] | None:
        """Gather what the body forwards; where the first forward begins and ends in it, or None."""
        found = forwarded.find(text, is_html=html, subject=self.subject)
        known = self.in_html if html else self.in_text
        known += [(path, forward) for forward in found]
        return (found[0].start, found[0].end) if found else None

    def reported(self) -> list[Reported]:
        """Each mail once, as its HTML form tells it, for plain text is wrapped and glued."""
        told: list[Reported] = []
        for path, forward in (*self.in_html, *self.in_text):
            mail = _reported(forward, path, self.within)
            if not any(is_same(mail, other) for other in told):
                told.append(mail)
        return told[: forwarded.DEEPEST]


def is_same(one: Reported, other: Reported) -> bool:
    """Whether both tell of the same mail: from the same sender about the same."""
    return _sender(one) == _sender(other) and _subject(one) == _subject(other)


def _sender(mail: Reported) -> str:
    return next(iter(addresses(mail.sender)), mail.sender).lower()


def _subject(mail: Reported) -> str:
    return "".join(mail.subject.split()).casefold()


def _reported(forward: Forward, path: str, within: str) -> Reported:
    """Header facts of a quoted mail are what the block shows; checks and hops are not available."""
    facts: dict[str, object] = {"not_available": True, "found_by": forward.found_by, "within": within}
    facts |= {name: value for name, value in (("cc", forward.cc), ("reply_to", forward.reply_to)) if value}
    return Reported(path, "inline", forward.subject, forward.sender, forward.to, forward.date, facts=facts)
