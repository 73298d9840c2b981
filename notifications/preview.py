"""A text that is being written, as the mail it would become: by the same function that sends."""

import base64
from dataclasses import asdict
from typing import Any

from notifications.forms import TemplateForm, as_json
from notifications.kinds import sample
from notifications.models import Notification, Template
from notifications.rendering import Context, render_text
from notifications.texts import Text, current_look

RECENT = 10


def preview(row: Template, fields: dict[str, str]) -> dict[str, Any]:
    """Subject, text and HTML of the mail, the faults by field, and what bleach would take out."""
    form = TemplateForm(fields, instance=Template(kind=row.kind, language=row.language))
    form.is_valid()
    text = Text(
        fields.get("subject", ""), fields.get("body_text", ""), fields.get("body_html", ""), language=row.language
    )
    context = chosen(row.kind, fields.get("values", ""))
    mail = asdict(render_text(row.kind, text, context, look=current_look()))
    mail["logo"] = base64.b64encode(mail["logo"]).decode()
    return {**mail, "faults": as_json(form), "removed": list(form.removed)}


def recent(kind: str) -> list[Notification]:
    """The last ten real mails of that kind, the newest first."""
    rows = Notification.objects.filter(kind=kind).exclude(context={}).order_by("-pk")
    return list(rows.only("context", "created_at", "subject")[:RECENT])


def chosen(kind: str, values: str) -> Context:
    """The values of one of the last mails, by its key; the samples for everything else."""
    return next((row.context for row in recent(kind) if str(row.pk) == values), sample(kind))
