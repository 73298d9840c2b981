"""Links that need no analysis."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from submissions import whitelist


class WhitelistRule(models.Model):
    """One rule of the URL whitelist; `submissions.whitelist` says what matches."""

    class Kind(models.TextChoices):
        HOST = "host", "Exactly this host"
        DOMAIN = "domain", "This host and its subdomains"
        PREFIX = "prefix", "URLs that begin with"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DOMAIN)
    pattern = models.CharField(max_length=500, help_text="corp.example, or https://corp.example/path/ for a prefix.")
    note = models.TextField(blank=True, help_text="Why these links need no analysis.")
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL
    )

    class Meta:
        ordering = ["pattern"]
        constraints = [models.UniqueConstraint(fields=["kind", "pattern"], name="whitelist_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.pattern}"

    def clean(self) -> None:
        """Bring the pattern into its normal form, or say what is wrong with it."""
        try:
            self.pattern = whitelist.tidy(self.kind, self.pattern)
        except ValueError as error:
            raise ValidationError({"pattern": str(error)}) from error
