"""A text that is being written, as the mail it would become: by the same function that sends."""

import base64
from dataclasses import asdict
from typing import Any

from notifications.forms import TemplateForm, as_json
from notifications.kinds import sample
from notifications.models import Notification, Template
from notifications.rendering import Context, render_text
from notifications.texts import Text, current_look

REAL = "real"


def preview(row: Template, fields: dict[str, str]) -> dict[str, Any]:
    """Subject, text and HTML of the mail, the faults by field, and what bleach would take out."""
    form = TemplateForm(fields, instance=Template(kind=row.kind, language=row.language))
    form.is_valid()
    text = Text(
        fields.get("subject", ""), fields.get("body_text", ""), fields.get("body_html", ""), language=row.language
    )
    context = last_context(row.kind) if fields.get("values") == REAL else sample(row.kind)
    mail = asdict(render_text(row.kind, text, context, look=current_look()))
    mail["logo"] = base64.b64encode(mail["logo"]).decode()
    return {**mail, "faults": as_json(form), "removed": list(form.removed)}


def last_context(kind: str) -> Context:
    """The values of the newest mail of that kind; the samples as long as there is none."""
    newest = Notification.objects.filter(kind=kind).exclude(context={}).order_by("-pk").only("context").first()
    return newest.context if newest else sample(kind)
