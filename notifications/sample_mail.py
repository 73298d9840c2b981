"""A mail with sample values to an administrator, to see texts and relay at work."""

import uuid
from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from notifications import relays
from notifications.addresses import deliverable, domain_of
from notifications.kinds import sample
from notifications.message import Envelope, compose
from notifications.outbox import sender_address
from notifications.rendering import render_text
from notifications.signature import signed
from notifications.smtp import Route
from notifications.texts import Text, current_look


def send_sample(kind: str, text: Text, *, to: str) -> str:
    """Send the text with sample values, its subject marked `[Test]`, and return the relay's answer.

    Raises SmtpError, and ValueError for an address that cannot be written to.
    """
    recipient, sender = deliverable(to), sender_address()
    if not recipient:
        raise ValueError(f"{to} is no address that a mail can be sent to")
    mail = render_text(kind, text, sample(kind), look=current_look())
    marked = replace(mail, subject=f"[Test] {mail.subject}")
    envelope = Envelope(
        message_id=f"<mm.test.{uuid.uuid4()}@{domain_of(sender)}>",
        kind=kind,
        to=recipient,
        sender=sender,
        sender_name=settings.ORGANISATION,
        date=timezone.localtime(),
        automatic="auto-generated",
    )
    route = Route(relays.relay_of(None), sender, recipient)
    return relays.send(signed(compose(marked, envelope)), route, before_dot=lambda: None)
