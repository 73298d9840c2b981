"""An artifact in a sandbox."""

import uuid
from datetime import datetime

from django.db import models

from mailmonitor.models import WorkRow, work_constraints
from submissions.models.artifact import Artifact
from submissions.models.submission import VERDICTS


class Analysis(WorkRow):
    """One artifact judged by one sandbox under one profile, once for all mails that hold it.

    `key` marks the submission at the sandbox, so that one whose answer was lost can be found again.
    `part_of` is the analysis of the whole mail in which the sandbox found this artifact itself.
    `tries` counts refusals that may pass; `searches` counts look-ups after a lost answer.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SUBMITTING = "submitting", "Submitting"
        UNKNOWN = "unknown", "Outcome unknown"
        RECONCILING = "reconciling", "Looking it up"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"

    FINAL = (State.FINISHED, State.FAILED)
    OPEN = (State.QUEUED, State.SUBMITTING, State.UNKNOWN, State.RECONCILING, State.RUNNING)
    WAYS = {
        State.QUEUED: (State.SUBMITTING, State.FINISHED, State.FAILED),
        State.SUBMITTING: (State.RUNNING, State.FINISHED, State.QUEUED, State.UNKNOWN, State.FAILED),
        State.UNKNOWN: (State.RECONCILING, State.FAILED),
        State.RECONCILING: (State.RUNNING, State.FINISHED, State.QUEUED, State.UNKNOWN, State.FAILED),
        State.RUNNING: (State.FINISHED, State.FAILED),
        State.FINISHED: (),
        State.FAILED: (),
    }

    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="analyses")
    part_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="parts")
    sandbox = models.CharField(max_length=40)
    profile = models.CharField(max_length=64, default="default")
    generation = models.PositiveIntegerField(default=1)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    searches = models.PositiveIntegerField(default=0)
    polls = models.PositiveIntegerField(default=0)
    context = models.JSONField(default=dict, help_text="Name, password and notes that go to the sandbox.")

    reference_at_sandbox = models.CharField(max_length=200, blank=True)
    external_ids = models.JSONField(default=list)
    verdict = models.CharField(max_length=12, choices=VERDICTS, blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    threat_names = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    runs = models.JSONField(default=list)
    report_url = models.URLField(max_length=2000, blank=True)
    evidence = models.JSONField(default=dict, help_text="Screenshots and indicators, once somebody has fetched them.")
    cached = models.BooleanField(default=False)
    afresh = models.BooleanField(default=False, help_text="Somebody asked for it anew: no earlier word counts.")
    analysed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    error_kind = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "analyses"
        constraints = [
            models.UniqueConstraint(
                fields=["artifact", "sandbox", "profile", "generation"], name="analysis_once_per_sandbox"
            ),
            models.UniqueConstraint(fields=["key"], name="analysis_key_once"),
            *work_constraints(
                "analysis",
                ("finished", "failed"),
                ("queued", "submitting", "unknown", "reconciling", "running", "finished", "failed"),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="finished") | ~models.Q(verdict=""), name="analysis_finished_has_verdict"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="analysis_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.artifact} in {self.sandbox}"

    def reused_at(self, received_at: datetime) -> datetime | None:
        """When the word was reached, if it was there before a mail received then; None for a fresh one."""
        if self.cached or (self.finished_at and self.finished_at < received_at):
            return self.analysed_at or self.finished_at
        return None

    @property
    def reference(self) -> str:
        return self.artifact.reference
