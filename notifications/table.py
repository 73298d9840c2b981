"""The table of items in a summary, as aligned text and as HTML."""

from collections.abc import Iterable, Sequence
from html import escape

from notifications.values import shown_row
from notifications.words import plainly, translated, vocabulary, word

HTML_BYTES = 16000
ORDER = ("malicious", "suspicious", "analysis failed", "no clear result", "no threats found", "skipped")
Row = dict[str, str]


def ordered(rows: Iterable[Row]) -> list[Row]:
    """The rows, worst verdict first; what has no known verdict stands last."""
    words = {name: at for at, name in enumerate(ORDER)}
    return sorted(rows, key=lambda row: words.get(row.get("verdict", "").lower(), len(ORDER)))


def described(row: Row, language: str) -> str:
    """`file, score 92, result of 22 Nov 2026, reused`"""
    kind = row["type"].lower()
    parts = [translated(language, kind) if kind in vocabulary(language) else row["type"]]
    if row["score"]:
        parts.append(word(language, "score {}", row["score"]))
    parts.append(translated(language, row["reused"]))
    return ", ".join(part for part in parts if part)


def told(row: Row, language: str) -> Row:
    """The row with its reason in the language."""
    return {**row, "reason": plainly(language, row.get("reason", ""), row.get("plain_reason", ""))}


def as_text(rows: Sequence[Row], language: str) -> str:
    """Every item on one line, its reason below it."""
    lines = []
    verdicts = [translated(language, row.get("verdict", "")) for row in rows]
    width = max((len(verdict) for verdict in verdicts), default=0)
    for row in ordered(rows):
        cells = shown_row(told(row, language))
        verdict = translated(language, cells["verdict"])
        lines.append(f"{verdict:<{width}}  {cells['name']} ({described(cells, language)})")
        if cells["reason"]:
            lines.append(f"{'':<{width}}  {cells['reason']}")
    return "\n".join(lines)


def as_html(rows: Sequence[Row], language: str) -> str:
    """The items as a table of two columns, readable at 320 pixels; it ends where a mail would grow too large."""
    head = f'<tr><th width="34%">{word(language, "result")}</th><th>{word(language, "item")}</th></tr>'
    drawn: list[str] = []
    room = HTML_BYTES
    for row in ordered(rows):
        line = html_row(row, language)
        room -= len(line.encode())
        if room < 0:
            break
        drawn.append(line)
    left = len(rows) - len(drawn)
    more = f"<p>{word(language, '{} more', str(left))}</p>" if left else ""
    return f'<table class="items" cellpadding="6" cellspacing="0" width="100%">{head}{"".join(drawn)}</table>{more}'


def html_row(row: Row, language: str) -> str:
    cells = shown_row(told(row, language))
    reason = f"<br>{escape(cells['reason'])}" if cells["reason"] else ""
    name = f"<bdi>{escape(cells['name'])}</bdi> ({escape(described(cells, language))})"
    return (
        f'<tr valign="top"><td><b>{escape(translated(language, cells["verdict"]))}</b></td><td>{name}{reason}</td></tr>'
    )
