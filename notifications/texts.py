"""Which text a mail gets: the administrator's template, or the default it was made from."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from notifications.kinds import KINDS
from notifications.looks import PLAIN, Look
from notifications.models import Appearance, Template
from notifications.words import DEFAULTS, ENGLISH, LANGUAGES


@dataclass(frozen=True)
class Text:
    """Subject and body of a kind in a language. Without `body_html` the HTML is made from the text."""

    subject: str
    body_text: str
    body_html: str = ""
    language: str = ENGLISH

    @property
    def digest(self) -> str:
        """What tells two texts apart."""
        joined = "\0".join((self.subject, self.body_text.replace("\r\n", "\n").strip(), self.body_html.strip()))
        return hashlib.sha256(joined.encode()).hexdigest()


@cache
def default(kind: str, language: str) -> Text | None:
    """The text that ships, None where the language has none."""
    path = DEFAULTS / language / f"{kind}.txt"
    if kind not in KINDS or language not in LANGUAGES or not path.is_file():
        return None
    first, _, body = path.read_text(encoding="utf-8").partition("\n")
    return Text(first.removeprefix("Subject:").strip(), body.strip() + "\n", language=language)


def defaults() -> Iterator[tuple[str, Text]]:
    """Every text that ships with its kind."""
    for language in LANGUAGES:
        for kind in KINDS:
            text = default(kind, language)
            if text:
                yield kind, text


def text_of(template: Template) -> Text:
    return Text(template.subject, template.body_text, template.body_html, template.language)


def find(kind: str, language: str) -> Text:
    """The text for the kind, in the language if there is one, else in English: per mail, never per word."""
    wanted = dict.fromkeys((language, language.split("-")[0], ENGLISH))
    rows = {row.language: row for row in Template.objects.filter(kind=kind, language__in=wanted)}
    for one in wanted:
        for text in (text_of(rows[one]) if one in rows else None, default(kind, one)):
            if text and text.subject.strip() and text.body_text.strip():
                return text
    raise LookupError(f"no text for {kind}")


def current_look() -> Look:
    """How mails look on this site: plain until an administrator says otherwise."""
    row = Appearance.objects.first()
    if row is None:
        return PLAIN
    return Look(row.design, row.colour, row.footer, bytes(row.logo), row.logo_words)


def is_disabled(kind: str) -> bool:
    """Whether the administrator has switched the kind off, in whatever language."""
    return Template.objects.filter(kind=kind, enabled=False).exists()


def install(using: str = "default") -> None:
    """Create the templates that are missing and bring those nobody edited to their new default."""
    rows = {(row.kind, row.language): row for row in Template.objects.using(using).all()}
    missing = []
    for kind, text in defaults():
        row = rows.get((kind, text.language))
        if row is None:
            missing.append(Template(kind=kind, **columns(text)))
        elif text_of(row).digest == row.default_digest != text.digest:
            Template.objects.using(using).filter(pk=row.pk).update(**columns(text))
    Template.objects.using(using).bulk_create(missing)


def columns(text: Text) -> dict[str, str]:
    """A default text as the columns of its template."""
    return {
        "language": text.language,
        "subject": text.subject,
        "body_text": text.body_text,
        "body_html": text.body_html,
        "default_digest": text.digest,
    }
