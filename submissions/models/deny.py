"""What is known to be bad."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from submissions import denylist


class DenyRule(models.Model):
    """One rule of the deny list; `submissions.denylist` says what matches. It decides at once, without a sandbox."""

    class Kind(models.TextChoices):
        HASH = "hash", "Files with this sha256"
        HOST = "host", "Links to exactly this host"
        DOMAIN = "domain", "Links to this host and its subdomains"
        SENDER = "sender", "Mails from this address"
        SENDER_DOMAIN = "sender-domain", "Mails from this domain and its subdomains"

    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.DOMAIN)
    pattern = models.CharField(max_length=500)
    note = models.TextField(blank=True, help_text="Where it is known from.")
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL
    )

    class Meta:
        ordering = ["pattern"]
        constraints = [models.UniqueConstraint(fields=["kind", "pattern"], name="deny_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.pattern}"

    def clean(self) -> None:
        """Bring the pattern into its normal form, or say what is wrong with it."""
        try:
            self.pattern = denylist.tidy(self.kind, self.pattern)
        except ValueError as error:
            raise ValidationError({"pattern": str(error)}) from error
