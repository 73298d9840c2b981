"""Who is told when something newly matches a kept view."""

from urllib.parse import urlsplit

from django.db import models

from mailmonitor.fields import SecretField
from mailmonitor.models import WorkRow, work_constraints
from submissions.models.review import SavedView
from submissions.models.submission import Submission


class Subscription(WorkRow):
    """News of a view by one channel. `heard` is the last event it has looked at, `told` the mails it has told of.

    `failures` counts since the last success; at too many it is switched off, and `error` says so.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DISABLED = "disabled", "Disabled"

    class Channel(models.TextChoices):
        MAIL = "mail", "Mail"
        WEBHOOK = "webhook", "Webhook"

    FINAL = (State.DISABLED,)
    WAYS = {State.ACTIVE: (State.DISABLED,), State.DISABLED: (State.ACTIVE,)}

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="subscriptions")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    address = SecretField(blank=True)
    heard = models.BigIntegerField(default=0)
    told = models.ManyToManyField(Submission, related_name="told_by")
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["channel"]
        constraints = [
            models.UniqueConstraint(fields=["view", "channel"], name="subscription_once"),
            *work_constraints("subscription", ("disabled",), ("active", "disabled")),
        ]

    def __str__(self) -> str:
        return f"{self.view}, {self.channel}"

    @property
    def host(self) -> str:
        """Where the webhook leads, without what may be secret in its address."""
        return urlsplit(self.address).hostname or ""
