"""Changing a text: every save keeps a version, every version can come back, the default can be restored."""

from difflib import unified_diff
from enum import StrEnum

from django.db import transaction

from mailmonitor.models import Event
from notifications.models import Template, TemplateVersion
from notifications.placeholders import Where, validate
from notifications.texts import Text, default, text_of


class Badge(StrEnum):
    """What a text is in comparison with the default that ships."""

    DEFAULT = "Default"
    CUSTOMISED = "Customised"
    OUTDATED = "Customised, the default has changed"
    INVALID = "Invalid"


def badge(template: Template) -> Badge:
    text, shipped = text_of(template), default(template.kind, template.language)
    parts: tuple[tuple[Where, str], ...] = (
        ("subject", text.subject),
        ("text", text.body_text),
        ("html", text.body_html),
    )
    if any(validate(template.kind, part, where) for where, part in parts):
        return Badge.INVALID
    if shipped is None or text.digest == shipped.digest:
        return Badge.DEFAULT if shipped else Badge.CUSTOMISED
    return Badge.CUSTOMISED if template.default_digest == shipped.digest else Badge.OUTDATED


def save(template: Template, author: str) -> None:
    """Store the changed text with a version of it. What it said before its first change is kept as well."""
    with transaction.atomic():
        before = Template.objects.filter(pk=template.pk).first()
        if before and not before.versions.exists():
            keep(before, "")
        template.save()
        template.drafts.filter(author=author).delete()
        # A kind is on or off, whatever language its reader has.
        Template.objects.filter(kind=template.kind).update(enabled=template.enabled)
        keep(template, author)
        Event.objects.create(
            reference=f"template:{template.pk}", subject=f"template:{template.pk}", kind="edited", actor=author
        )


def keep(template: Template, author: str) -> None:
    text = text_of(template)
    template.versions.create(subject=text.subject, body_text=text.body_text, body_html=text.body_html, author=author)


def save_draft(template: Template, text: Text, author: str) -> None:
    """Keep what this person is writing, faulty or not, until they save the text; the text in use stays as it is."""
    values = {"subject": text.subject, "body_text": text.body_text, "body_html": text.body_html}
    template.drafts.update_or_create(author=author, defaults=values)


def restore(version: TemplateVersion, author: str) -> Template:
    """Let the template say again what it said in that version."""
    return rewrite(version.template, Text(version.subject, version.body_text, version.body_html), author)


def reset(template: Template, author: str) -> Template | None:
    """Let the template say what ships; None for a kind or language that ships without a text."""
    shipped = default(template.kind, template.language)
    if shipped is None:
        return None
    template.default_digest = shipped.digest
    return rewrite(template, shipped, author)


def rewrite(template: Template, text: Text, author: str) -> Template:
    template.subject, template.body_text, template.body_html = text.subject, text.body_text, text.body_html
    save(template, author)
    return template


def difference(before: Text, after: Text) -> str:
    """The lines that changed, as a unified diff."""
    old, new = (
        ["Subject: " + text.subject, "", *(text.body_text + text.body_html).splitlines()] for text in (before, after)
    )
    return "\n".join(unified_diff(old, new, lineterm="", n=1))


def text_of_version(version: TemplateVersion) -> Text:
    return Text(version.subject, version.body_text, version.body_html)
