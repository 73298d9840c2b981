"""The accounts that mails are fetched from, and how their reporters are answered."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from mailmonitor.fields import SecretField
from mailmonitor.models import Grant, WorkRow, work_constraints
from submissions.models.answering import Answering


class Mailbox(Answering, WorkRow):
    """One folder that mails are fetched from, or a door at which they are handed over.

    `uidvalidity` and `last_uid` say how far a folder has been read. With `grant` it is entered by OAuth2,
    else with the password. For a Maildir `folder` is its path; a door listens at `host` and `port`.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DISABLED = "disabled", "Disabled"

    class Protocol(models.TextChoices):
        IMAP = "imap", "IMAP"
        GRAPH = "graph", "Microsoft Graph"
        MAILDIR = "maildir", "Maildir (a folder on this machine)"
        LMTP = "lmtp", "LMTP (your mail server hands over)"
        SMTP = "smtp", "SMTP (your mail server hands over)"

    class Security(models.TextChoices):
        TLS = "tls", "TLS (port 993)"
        STARTTLS = "starttls", "STARTTLS (port 143)"
        PLAIN = "plain", "None (loopback only)"

    FINAL = (State.DISABLED,)
    WAYS = {State.ACTIVE: (State.DISABLED,), State.DISABLED: (State.ACTIVE,)}

    name = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    address = models.EmailField(help_text="The address people forward suspicious mails to.")
    protocol = models.CharField(max_length=10, choices=Protocol.choices, default=Protocol.IMAP)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=255, blank=True)
    password = SecretField(blank=True)
    grant = models.ForeignKey(
        Grant,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name="sign-in",
        help_text="Enter by OAuth2 instead of a password.",
    )
    folder = models.CharField(max_length=255, default="INBOX")
    processed_folder = models.CharField(
        max_length=255,
        default="MailMonitor/Processed",
        help_text="Mails are moved here once they are stored. It is created when it is missing.",
    )
    from_environment = models.BooleanField(default=False, editable=False)
    uidvalidity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    reconciled_at = models.DateTimeField(null=True, editable=False)
    backlog = models.PositiveIntegerField(
        default=0, editable=False, help_text="Mails of the folder that were not stored when last compared."
    )
    last_success_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    error = models.TextField(blank=True, editable=False)
    error_fix = models.TextField(blank=True, editable=False)
    alarmed_at = models.DateTimeField(null=True, editable=False)
    tested_at = models.DateTimeField(null=True, editable=False)
    test_result = models.JSONField(default=list, editable=False)

    DOORS = (Protocol.LMTP, Protocol.SMTP)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "mailboxes"
        constraints = work_constraints("mailbox", ("disabled",), ("active", "disabled"))

    def __str__(self) -> str:
        return self.name

    @property
    def is_door(self) -> bool:
        """Mails are handed over to us: there is nothing to look into."""
        return self.protocol in self.DOORS
