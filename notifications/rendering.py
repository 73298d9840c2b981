"""From a text and a context to the three parts of a mail. Sending and every preview use the same function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from notifications import table
from notifications.design import Frame, dressed
from notifications.kinds import KINDS, TABLE, Group
from notifications.looks import PLAIN, Look
from notifications.markup import cleaned, from_text
from notifications.placeholders import MOST_TAGS, Fault, choose, fill, validate
from notifications.texts import Text, current_look, find
from notifications.values import SUBJECT_LENGTH, one_line, shown
from notifications.words import plainly, translated, word

__all__ = ["Context", "Fault", "Rendered", "render", "render_text", "validate"]

Context = Mapping[str, str | list[dict[str, str]]]
LINKS = ("submission_url", "report_url", "view_url")
TONES_OF_WORDS = {
    "malicious": "malicious",
    "suspicious": "suspicious",
    "no threats found": "clean",
    "analysis failed": "failed",
}
WORDS = (
    "organisation",
    "contact",
    "verdict",
    "previous_verdict",
    "artifact_type",
    "reused",
    "expected_time",
    "duration",
    "threat_name",
)


@dataclass(frozen=True)
class Rendered:
    """The parts of one mail: a subject of one line, the complete plain text, the HTML that says the same."""

    subject: str
    text: str
    html: str
    language: str
    logo: bytes = b""


def render(kind: str, language: str, context: Context) -> Rendered:
    """The mail as it would be sent now. `context` holds one-line values and the rows of the table of items."""
    return render_text(kind, find(kind, language), context, look=current_look())


def render_text(kind: str, text: Text, context: Context, *, look: Look = PLAIN) -> Rendered:
    """The mail from a given text, saved or not."""
    values = shown_values(kind, text.language, context)
    rows = context.get(TABLE, [])
    sheet = Sheet(kind, text, values, rows if isinstance(rows, list) else [])
    frame = Frame(sheet.heading, tone_of(kind, context), text.language, look)
    footer = f"\n-- \n{look.footer.strip()}\n" if look.footer.strip() else ""
    logo = look.logo if look.design != PLAIN.design else b""
    return Rendered(sheet.subject(), sheet.plain() + footer, sheet.html(frame), text.language, logo)


@dataclass(frozen=True)
class Sheet:
    """A text with the values that go into it. Values that are not known are empty."""

    kind: str
    text: Text
    values: Mapping[str, str]
    rows: Sequence[dict[str, str]]

    @property
    def present(self) -> set[str]:
        """The names whose blocks are kept: their value is there and is not zero."""
        there = {name for name, value in self.values.items() if value not in ("", "0")}
        return there | ({TABLE} if self.rows else set())

    @property
    def heading(self) -> str:
        return word(self.text.language, f"heading {heading_of(self.kind)}")

    def subject(self) -> str:
        filled = fill(choose(self.text.subject, self.present), self.values)
        return one_line(filled, SUBJECT_LENGTH) or self.heading

    def plain(self) -> str:
        drawn = self.with_table(self.values, table.as_text(self.rows, self.text.language))
        return fill(choose(lines_of(self.text.body_text), self.present), drawn).strip() + "\n"

    def html(self, frame: Frame) -> str:
        safe = {name: escape(value) for name, value in self.values.items()}
        drawn = self.with_table(safe, table.as_html(self.rows, self.text.language))
        return dressed(fill(self.markup(), drawn), frame)

    def markup(self) -> str:
        """The HTML with its placeholders: the administrator's own, or made from the plain text."""
        own = self.text.body_html
        if own.strip() and own.count("<") <= MOST_TAGS:
            return cleaned(choose(own, self.present))
        return from_text(choose(lines_of(self.text.body_text), self.present))

    def with_table(self, values: Mapping[str, str], drawn: str) -> dict[str, str]:
        return {**values, TABLE: drawn} if TABLE in KINDS[self.kind].placeholders else {**values}


def lines_of(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shown_values(kind: str, language: str, context: Context) -> dict[str, str]:
    """A value, safe to be shown, for each placeholder of the kind."""
    recipient = str(context.get("reporter_email", ""))
    found = {}
    for name in KINDS[kind].placeholders:
        value = context.get(name, "")
        if isinstance(value, str) and name != TABLE:
            value = translated(language, value) if name in WORDS else value
            if name == "reason":
                value = plainly(language, value, str(context.get("plain_reason", "")))
            found[name] = shown(name, value, recipient=recipient)
    for name in LINKS:
        if not found.get(name, "https://").startswith(("https://", "http://")):
            found[name] = ""
    return found


def heading_of(kind: str) -> str:
    """The word in the bar of the design."""
    if kind == "summary_failed":
        return "incomplete"
    return KINDS[kind].tone if KINDS[kind].group in (Group.ITEM, Group.SUMMARY) else kind


def tone_of(kind: str, context: Context) -> str:
    """The colour of the bar; a changed verdict wears that of the new one."""
    if kind != "verdict_changed":
        return KINDS[kind].tone
    return TONES_OF_WORDS.get(str(context.get("verdict", "")).lower(), "unknown")
