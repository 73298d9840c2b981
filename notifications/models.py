"""The texts of the mails to reporters, and the outbox."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import compat32
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.dispatch import Signal

from mailmonitor.fields import SecretField
from mailmonitor.models import NEVER, Grant, WorkRow, together, work_constraints
from notifications.kinds import KINDS
from notifications.words import LANGUAGES

COPY = "/copy"
moving, moved = Signal(), Signal()
"""A letter of `thread` is decided or comes into another state: sent before and after, in the transaction of the change.

Who has a row for the thread locks it before the letter, as do those who decide letters, so that nobody waits in a ring.
"""


class Template(models.Model):
    """Subject and body of one kind of mail in one language. Every save keeps a version."""

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(max_length=200)
    body_text = models.TextField(max_length=65536)
    body_html = models.TextField(max_length=65536, blank=True)
    enabled = models.BooleanField(default=True)
    default_digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Of the default text this one was made from."
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["kind", "language"]
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="template_once")]

    def __str__(self) -> str:
        title = KINDS[self.kind].title if self.kind in KINDS else self.kind
        return f"{title} ({self.language})"


class TemplateVersion(models.Model):
    """What a template said before and who changed it."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    subject = models.CharField(max_length=200)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    saved_at = models.DateTimeField(auto_now_add=True)
    author = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.template} of {self.saved_at:%Y-%m-%d %H:%M}"


class TemplateDraft(models.Model):
    """What somebody is still writing at a template; no mail is made from it."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="drafts")
    subject = models.TextField(blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    saved_at = models.DateTimeField(auto_now=True)
    author = models.CharField(max_length=150)

    class Meta:
        ordering = ["author"]
        constraints = [models.UniqueConstraint(fields=["template", "author"], name="template_draft_once")]

    def __str__(self) -> str:
        return f"Draft of {self.template} by {self.author}"


class Appearance(models.Model):
    """How the mails of this site look. There is one row at most."""

    class Design(models.TextChoices):
        PLAIN = "plain", "Mail Monitor"
        ORGANISATION = "organisation", "Your organisation: logo, colour and footer"

    only = models.BooleanField(default=True, unique=True, editable=False)
    design = models.CharField(max_length=20, choices=Design.choices, default=Design.PLAIN)
    logo = models.BinaryField(default=b"", blank=True)
    logo_words = models.CharField(
        "name", max_length=100, blank=True, help_text="Stands where the logo is not shown, or there is none."
    )
    colour = models.CharField(max_length=7, default="#0B57B0", help_text="The line below the logo, such as #0B57B0.")
    footer = models.TextField(max_length=1000, blank=True, help_text="Below every mail, in both its parts.")

    class Meta:
        verbose_name = verbose_name_plural = "look of the mails"
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="appearance_only_one")]

    def __str__(self) -> str:
        return "Look of the mails"


class OutgoingServer(models.Model):
    """A relay that answers go out by, beside that of EMAIL_URL."""

    name = models.CharField(max_length=100, unique=True)
    url = SecretField(
        "address", help_text="smtp+tls://user:password@host:587, smtps://user:password@host:465 or smtp://127.0.0.1:25."
    )
    sender = models.EmailField("From", blank=True, help_text="The From address; empty means NOTIFICATION_FROM.")
    grant = models.ForeignKey(
        Grant,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name="sign-in",
        help_text="Log in by OAuth2 (XOAUTH2) instead of a password.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Mute(models.Model):
    """An address that gets no mail: its mails bounced, or it sent far too many. `until` is empty for ever."""

    address = models.CharField(max_length=320, unique=True, help_text="As limits count it.")
    reason = models.CharField(max_length=200)
    began_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: until somebody deletes this line.")

    class Meta:
        ordering = ["-began_at"]
        verbose_name = "muted address"
        verbose_name_plural = "muted addresses"

    def __str__(self) -> str:
        return self.address


class LanguageRule(models.Model):
    """In which language a reporter, or everybody of a domain, is answered."""

    whom = models.CharField(
        "address or domain", max_length=320, unique=True, help_text="anna@corp.example, or corp.example for all of it."
    )
    language = models.CharField(max_length=10, choices=[(one, one) for one in LANGUAGES])

    class Meta:
        ordering = ["whom"]

    def __str__(self) -> str:
        return f"{self.whom}: {self.language}"


class Notification(WorkRow):
    """One mail to a reporter: decided once, its bytes and Message-ID frozen, sent at most as promised.

    `thread` is what it belongs to (`submission:7`), `about` the thing in it that it tells of
    (`submission:7` or `item:12`). `dot_sent_at` is set just before the final dot of DATA: without it
    the mail has surely not been delivered. `unknown_outcomes` counts how often the answer to the dot was
    lost: a mail sent again after that may be a duplicate, with the same Message-ID. `bounced_at` is when a
    server behind the relay said that the mail cannot be delivered.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        DEFERRED = "deferred", "Deferred"
        UNKNOWN = "unknown", "Outcome unknown"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        SUPPRESSED = "suppressed", "Suppressed"
        ELSEWHERE = "elsewhere", "Told in another mail"

    FINAL = (State.SENT, State.FAILED, State.SUPPRESSED, State.ELSEWHERE)
    OPEN = (State.QUEUED, State.SENDING, State.DEFERRED, State.UNKNOWN)
    WAYS = {
        State.QUEUED: (State.SENDING, State.SUPPRESSED, State.FAILED, State.ELSEWHERE),
        State.DEFERRED: (State.SENDING, State.SUPPRESSED, State.FAILED),
        State.SENDING: (State.SENT, State.DEFERRED, State.UNKNOWN, State.FAILED),
        State.UNKNOWN: (State.SENDING, State.FAILED),
        State.SENT: (),
        State.FAILED: (State.QUEUED,),
        State.SUPPRESSED: (),
        State.ELSEWHERE: (),
    }

    thread = models.CharField(max_length=80, db_index=True)
    about = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10, default="en")
    generation = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    reason = models.TextField(blank=True)
    to = models.CharField(max_length=320, blank=True)
    recipient = models.CharField(max_length=320, blank=True, help_text="The address as limits count it.")
    conversation = models.CharField(max_length=998, blank=True, help_text="The first mail of the thread we answer in.")
    subject = models.TextField(blank=True)
    message_id = models.CharField(max_length=255, unique=True)
    message = models.BinaryField(default=b"")
    context = models.JSONField(default=dict, help_text="The values it was made with, for previews of other texts.")
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(default=Now)
    tries = models.PositiveIntegerField(default=0)
    unknown_outcomes = models.PositiveSmallIntegerField(default=0)
    dot_sent_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)
    bounced_at = models.DateTimeField(null=True)
    outgoing = models.ForeignKey(OutgoingServer, null=True, on_delete=models.SET_NULL)
    for_digest = models.BooleanField(default=False, help_text="Past the limit: told with others in one mail.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["about", "kind", "generation"], name="notification_decided_once"),
            *work_constraints(
                "notification",
                ("sent", "failed", "suppressed", "elsewhere"),
                ("queued", "sending", "deferred", "unknown", "sent", "failed", "suppressed", "elsewhere"),
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at=None)),
                name="notification_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="notification_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["sent_at", "thread"], name="notification_sent", condition=models.Q(state="sent")),
            models.Index(
                fields=["created_at", "recipient"],
                name="notification_counted",
                condition=~models.Q(state="suppressed"),
            ),
            models.Index(
                fields=["recipient", "created_at"],
                name="notification_of_recipient",
                condition=~models.Q(state="suppressed"),
            ),
            models.Index(
                fields=["recipient"], name="notification_bounced", condition=models.Q(bounced_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to or 'nobody'}"

    @property
    def reference(self) -> str:
        return self.thread

    def advance(self, state: str, words: str = "", *, due_in: timedelta | None = NEVER, **changes: Any) -> None:
        """Move the letter on, and let the owner of the thread know."""
        with together():
            moving.send(type(self), thread=self.thread)
            super().advance(state, words, due_in=due_in, **changes)
            moved.send(type(self), thread=self.thread)

    @property
    def plain_text(self) -> str:
        """The plain text part as its reader sees it."""
        part = message_from_bytes(bytes(self.message), policy=compat32)
        found = next((one for one in part.walk() if one.get_content_type() == "text/plain"), part)
        content = found.get_payload(decode=True)
        return content.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(content, bytes) else ""

    @property
    def may_be_duplicate(self) -> bool:
        return self.unknown_outcomes > 0 and self.state == self.State.SENT
