"""Links, files and mails that need no analysis."""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from mailmonitor.models import Event
from submissions import whitelist


class WhitelistRule(models.Model):
    """One rule of the URL whitelist; `submissions.whitelist` says what matches."""

    class Kind(models.TextChoices):
        HOST = "host", "Exactly this host"
        DOMAIN = "domain", "This host and its subdomains"
        PREFIX = "prefix", "URLs that begin with"
        WILDCARD = "wildcard", "URLs with * in their path"
        REGEX = "regex", "URLs by regular expression"
        HASH = "hash", "Files with this sha256"
        SENDER = "sender", "Mails of this proven sender"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DOMAIN)
    pattern = models.CharField(max_length=500, help_text="corp.example; https://corp.example/path/ for a prefix.")
    owner = models.CharField(max_length=150, blank=True, help_text="Who can say whether it is still needed.")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="From then on it covers nothing. Empty: never.")
    hits = models.PositiveIntegerField(default=0, editable=False)
    last_hit_at = models.DateTimeField(null=True, editable=False)
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

    @classmethod
    def in_force(cls) -> models.QuerySet["WhitelistRule"]:
        """The rules that count now, in the order in which they decide."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=Now())
        return cls.objects.filter(unexpired, enabled=True).order_by("pk")

    @classmethod
    def hit(cls, numbers: Mapping[int, int]) -> None:
        """Count how often each rule, by its key, has decided."""
        for pk in sorted(numbers):
            cls.objects.filter(pk=pk).update(hits=models.F("hits") + numbers[pk], last_hit_at=Now())

    def tell(self, kind: str, actor: str) -> None:
        """Write into the audit what somebody did with this rule."""
        words = f"{self} ({'enabled' if self.enabled else 'disabled'})"
        Event.objects.create(
            reference="whitelist", subject=f"whitelistrule:{self.pk}", kind=kind, words=words, actor=actor
        )

    def clean(self) -> None:
        """Bring the pattern into its normal form, or say what is wrong with it."""
        try:
            self.pattern = whitelist.tidy(self.kind, self.pattern)
        except ValueError as error:
            raise ValidationError({"pattern": str(error)}) from error
