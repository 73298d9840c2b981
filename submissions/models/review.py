"""What people decide about reported mails, and the searches they keep."""

from django.conf import settings
from django.db import models

from submissions.models.submission import VERDICTS, Submission


class Review(models.Model):
    """The human side of a submission. `machine_verdict` is what the sandboxes said before somebody overruled them."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="review")
    reviewed_by = models.CharField(max_length=150, blank=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    machine_verdict = models.CharField(max_length=12, choices=VERDICTS, blank=True)
    machine_score = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField(blank=True)
    overrides = models.PositiveIntegerField(default=0)

    class Meta:
        permissions = [
            ("decide_submission", "Can review, overrule, analyse again and answer again"),
            ("download_submission", "Can download the original mail"),
            ("export_submission", "Can export submissions"),
        ]
        indexes = [models.Index(fields=["submission"], name="review_overridden", condition=models.Q(overrides__gt=0))]

    def __str__(self) -> str:
        return f"Review of {self.submission}"


class SavedView(models.Model):
    """A search under a name, for its owner or for everybody."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    tab = models.CharField(max_length=20, blank=True)
    text = models.CharField(max_length=500, blank=True)
    shared = models.BooleanField(default=False)
    opens = models.BooleanField(default=False, help_text="The list opens with it when nothing is asked for.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once"),
            models.UniqueConstraint(fields=["owner"], condition=models.Q(opens=True), name="saved_view_opens_once"),
        ]

    def __str__(self) -> str:
        return self.name
