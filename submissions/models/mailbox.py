"""The accounts that mails are fetched from, and how their reporters are answered."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from mailmonitor.fields import SecretField
from mailmonitor.models import WorkRow, work_constraints


class Mailbox(WorkRow):
    """One IMAP folder. `uidvalidity` and `last_uid` say how far it has been read."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DISABLED = "disabled", "Disabled"

    class Security(models.TextChoices):
        TLS = "tls", "TLS (port 993)"
        STARTTLS = "starttls", "STARTTLS (port 143)"
        PLAIN = "plain", "None (loopback only)"

    class Answer(models.TextChoices):
        SUMMARY = "summary", "One summary for the whole mail"
        PER_ITEM = "per_item", "One notification per file and link"

    FINAL = (State.DISABLED,)
    WAYS = {State.ACTIVE: (State.DISABLED,), State.DISABLED: (State.ACTIVE,)}

    name = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    address = models.EmailField(help_text="The address people forward suspicious mails to.")
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=255)
    password = SecretField(blank=True)
    folder = models.CharField(max_length=255, default="INBOX")
    processed_folder = models.CharField(
        max_length=255,
        default="MailMonitor/Processed",
        help_text="Mails are moved here once they are stored. It is created when it is missing.",
    )
    receipt = models.BooleanField("send a receipt", default=True)
    answer = models.CharField("answer with", max_length=10, choices=Answer.choices, default=Answer.SUMMARY)
    reporter_domains = models.TextField(
        blank=True,
        help_text="Who may be answered: one domain a line, * for everybody, empty for nobody.",
    )
    from_environment = models.BooleanField(default=False, editable=False)
    uidvalidity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    reconciled_at = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    error = models.TextField(blank=True, editable=False)
    error_fix = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "mailboxes"
        constraints = work_constraints("mailbox", ("disabled",), ("active", "disabled"))

    def __str__(self) -> str:
        return self.name

    @property
    def domains(self) -> list[str]:
        """The reporter domains in lower case; `*` stands for all."""
        return self.reporter_domains.lower().replace(",", " ").split()
