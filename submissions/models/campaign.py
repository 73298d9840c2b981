"""Reported mails that belong together, what they share, and one decision on all of them."""

from django.db import models
from django.utils import timezone

from mailmonitor.models import WorkRow, work_constraints
from submissions.verdicts import Verdict


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


class CampaignDecision(WorkRow):
    """One decision for the mails that a campaign held when it was taken (`newest`), carried out in portions.

    `reached` is the last mail that it was carried out on; `skipped` counts by reason in words.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Under way"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped"

    class Action(models.TextChoices):
        CONFIRM = "confirm", "Mark reviewed"
        OVERRIDE = "override", "Overrule"

    FINAL = (State.DONE, State.FAILED)
    WAYS = {State.QUEUED: (State.DONE, State.FAILED), State.DONE: (), State.FAILED: ()}

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="decisions")
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    action = models.CharField(max_length=10, choices=Action.choices)
    verdict = models.CharField(max_length=12, blank=True, choices=[(word.value, word.value) for word in Verdict])
    reason = models.TextField(blank=True)
    notify = models.BooleanField(default=False)
    actor = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    newest = models.BigIntegerField()
    reached = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = work_constraints("campaign_decision", ("done", "failed"), ("queued", "done", "failed"))
        indexes = [
            models.Index(fields=["due_at"], name="campaign_decision_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.campaign}"

    @property
    def reference(self) -> str:
        return f"campaign:{self.campaign_id}"

    @property
    def seen(self) -> int:
        """How many mails it has dealt with."""
        return int(self.done + sum(self.skipped.values()))

    @property
    def result(self) -> str:
        """`35 done, 2 skipped (still being analysed)`."""
        left = [f"{number} skipped ({why})" for why, number in self.skipped.items()]
        return ", ".join([f"{self.done} done", *left])
