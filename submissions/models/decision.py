"""One decision on many mails."""

from django.db import models

from mailmonitor.models import WorkRow, work_constraints
from submissions.models.campaign import Campaign
from submissions.verdicts import Verdict


class Decision(WorkRow):
    """One decision for many mails, carried out in portions: those `chosen`, else those of the campaign up to `newest`.

    `reached` is the last mail that it was carried out on; `skipped` counts by reason in words, and `left` holds the
    first mails of each.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Under way"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped"

    class Action(models.TextChoices):
        CONFIRM = "confirm", "Mark reviewed"
        OVERRIDE = "override", "Overrule"
        AGAIN = "again", "Analyse again"
        AGAIN_FAILED = "again-failed", "Analyse what failed"
        RESEND = "resend", "Send failed mails again"
        TAKE = "take", "Take it"

    FINAL = (State.DONE, State.FAILED)
    WAYS = {State.QUEUED: (State.DONE, State.FAILED), State.DONE: (), State.FAILED: ()}

    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.CASCADE, related_name="decisions")
    chosen = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    action = models.CharField(max_length=12, choices=Action.choices)
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
    left = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = work_constraints("campaign_decision", ("done", "failed"), ("queued", "done", "failed"))
        indexes = [
            models.Index(fields=["due_at"], name="campaign_decision_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}, {self.total} mails"

    @property
    def reference(self) -> str:
        return f"campaign:{self.campaign_id}" if self.campaign_id else self.label

    @property
    def seen(self) -> int:
        """How many mails it has dealt with."""
        return int(self.done + sum(self.skipped.values()))

    @property
    def result(self) -> str:
        """`35 done, 2 skipped (still being analysed)`."""
        left = [f"{number} skipped ({why})" for why, number in self.skipped.items()]
        return ", ".join([f"{self.done} done", *left])
