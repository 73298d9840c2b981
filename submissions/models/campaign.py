"""Reported mails that belong together, and what they share."""

from django.db import models
from django.utils import timezone


class Campaign(models.Model):
    """Mails that share a file, a link's host, or sender domain and subject. Many hold one mail only."""

    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(default=timezone.now)
    reports = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-last_seen_at"]
        indexes = [
            models.Index(
                fields=["-last_seen_at", "-id"], name="campaign_of_several", condition=models.Q(reports__gt=1)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The reference people quote."""
        return f"C-{self.pk}"

    @property
    def similar(self) -> int:
        """How many mails there are beside the one that is looked at."""
        return max(0, self.reports - 1)


class CampaignKey(models.Model):
    """A thing by which mails find their campaign. One that is `common` groups nothing any more."""

    class Kind(models.TextChoices):
        FILE = "file", "File"
        LINK = "link", "Link"
        HOST = "host", "Host of links"
        SUBJECT = "subject", "Sender domain and subject"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(max_length=255)
    last_seen_at = models.DateTimeField(default=timezone.now)
    common = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "value"]
        constraints = [models.UniqueConstraint(fields=["value", "kind"], name="campaign_key_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"
