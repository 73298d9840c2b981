"""A mail that arrived in a mailbox."""

from django.db import models

from mailmonitor.models import WorkRow, work_constraints
from submissions.models.campaign import Campaign
from submissions.models.mailbox import Mailbox
from submissions.models.tally import Tally
from submissions.verdicts import Verdict

VERDICTS = [(verdict.value, words) for verdict, words in zip(Verdict, (
    "Malicious", "Suspicious", "Failed", "No clear result", "No threats found",
), strict=True)]  # fmt: skip

# What the tabs of the list show, each with an index of its own
BEING_ANALYSED = models.Q(state__in=("received", "unpacked", "analysing"))
TO_REVIEW = models.Q(state="done", reviewed_at=None) & ~models.Q(verdict="clean")
NOT_ANALYSED = models.Q(verdict="failed") | models.Q(state__in=("unparseable", "oversize", "failed"))


class Submission(WorkRow):
    """One reported mail on its way from arrival to answer. Its raw bytes lie in storage under `digest`."""

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        UNPACKED = "unpacked", "Unpacked"
        ANALYSING = "analysing", "Analysing"
        DONE = "done", "Done"
        IGNORED = "ignored", "Ignored"
        OVERSIZE = "oversize", "Too large"
        UNPARSEABLE = "unparseable", "Could not be read"
        HELD = "held", "Held"
        FAILED = "failed", "Failed"

    class Told(models.TextChoices):
        """What the reporter has heard; `submissions.told` keeps it true."""

        NOTHING = "none", "Not yet"
        WAITING = "waiting", "Being sent"
        RECEIPT = "receipt", "Receipt sent"
        SENT = "sent", "Sent"
        SUPPRESSED = "suppressed", "Not answered"
        UNKNOWN = "unknown", "Not sure"
        FAILED = "failed", "Failed"

    FINAL = (State.DONE, State.IGNORED, State.OVERSIZE, State.UNPARSEABLE, State.HELD, State.FAILED)
    OPEN = (State.RECEIVED, State.UNPACKED, State.ANALYSING)
    WAYS = {
        State.RECEIVED: (State.UNPACKED, State.UNPARSEABLE, State.IGNORED, State.OVERSIZE, State.HELD, State.FAILED),
        State.UNPACKED: (State.ANALYSING, State.DONE, State.FAILED),
        State.ANALYSING: (State.DONE, State.FAILED),
        State.DONE: (State.ANALYSING,),
        State.UNPARSEABLE: (State.RECEIVED,),
        State.HELD: (State.RECEIVED, State.IGNORED),
        State.FAILED: (State.RECEIVED,),
        State.IGNORED: (State.RECEIVED,),
        State.OVERSIZE: (),
    }

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="submissions")
    uidvalidity = models.BigIntegerField(null=True, help_text="Empty for a mail imported from a file.")
    uid = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=64, db_index=True)
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    state_reason = models.TextField(blank=True)

    reporter = models.CharField(max_length=320, blank=True)
    reporter_name = models.CharField(max_length=200, blank=True)
    to = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    message_id = models.CharField(max_length=998, blank=True)
    references = models.TextField(blank=True)
    language = models.CharField(
        max_length=10, blank=True, help_text="What the report itself is written in, if that is clear."
    )
    no_answer = models.CharField(max_length=200, blank=True, help_text="Why the reporter is not answered.")

    sender_domain = models.CharField(
        max_length=255, blank=True, help_text="The registered domain of whoever sent the reported mail."
    )
    reported = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    signs = models.JSONField(default=list)
    plan = models.JSONField(default=dict, editable=False, help_text="The sandboxes its items go through, in order.")
    verdict = models.CharField(max_length=12, choices=VERDICTS, blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    concluded_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True, help_text="When somebody last looked at it and decided.")
    told = models.CharField(max_length=12, choices=Told.choices, default=Told.NOTHING, editable=False)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, db_index=False, on_delete=models.SET_NULL, related_name="submissions"
    )
    searched = models.TextField(blank=True, editable=False, help_text="What a search for a word looks through.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], name="submission_seen_once"),
            *work_constraints(
                "submission",
                ("done", "ignored", "oversize", "unparseable", "held", "failed"),
                ("received", "unpacked", "analysing", "done", "ignored", "oversize", "unparseable", "held", "failed"),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | ~models.Q(verdict=""), name="submission_done_has_verdict"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="submission_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["received_at", "id", "verdict", "state", "told", "concluded_at", "reporter", "sender_domain"],
                name="submission_counted",
            ),
            models.Index(fields=["sender_domain", "-id"], name="submission_sender"),
            models.Index(fields=["state", "-id"], name="submission_state"),
            models.Index(fields=["verdict", "-id"], name="submission_verdict"),
            models.Index(fields=["told", "-id"], name="submission_told"),
            models.Index(fields=["campaign", "-id"], name="submission_campaign"),
            models.Index(fields=["-id"], name="submission_open", condition=BEING_ANALYSED),
            models.Index(fields=["reviewed_at", "state", "-id"], name="submission_to_review", condition=TO_REVIEW),
            models.Index(fields=["-id"], name="submission_not_analysed", condition=NOT_ANALYSED),
        ]

    def __str__(self) -> str:
        return self.number

    def tell(self, kind: str, words: str = "", *, actor: str = "") -> None:
        """Write the event; what the day of this mail adds up to is counted again."""
        super().tell(kind, words, actor=actor)
        Tally.forget([self.received_at])

    @property
    def number(self) -> str:
        """The reference people quote."""
        return f"MM-{self.pk}"

    @property
    def original(self) -> dict[str, str]:
        """The headers of the first reported mail inside; empty before the mail is unpacked."""
        return self.reported[0] if self.reported else {}
