"""Whether every text can become a mail: what upgrades, imports and hands in the database may have broken."""

from collections.abc import Iterator

from notifications.kinds import KINDS
from notifications.models import Template
from notifications.placeholders import Where, validate


def problems() -> Iterator[str]:
    """One line for each fault in the texts that are in use."""
    for row in Template.objects.all():
        if row.kind not in KINDS:
            yield f"{row.kind} ({row.language}): there is no such kind of mail"
            continue
        parts: tuple[tuple[Where, str], ...] = (
            ("subject", row.subject),
            ("text", row.body_text),
            ("html", row.body_html),
        )
        for where, text in parts:
            for fault in validate(row.kind, text, where):
                yield f"{row.kind} ({row.language}) {where}: {fault}"
        if not row.subject.strip() or not row.body_text.strip():
            yield f"{row.kind} ({row.language}): subject and text may not be empty"
