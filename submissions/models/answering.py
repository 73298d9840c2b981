"""How the reporters of a mailbox are answered: the columns that a mailbox has for it."""

from datetime import datetime, time, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from notifications.models import OutgoingServer
from submissions.verdicts import Verdict

LANGUAGES = [
    ("ar", "Arabic"), ("de", "German"), ("en", "English"), ("es", "Spanish"), ("fr", "French"), ("it", "Italian"),
    ("ja", "Japanese"), ("nl", "Dutch"), ("pl", "Polish"), ("pt", "Portuguese"),
]  # fmt: skip


def every_verdict() -> list[str]:
    return [verdict.value for verdict in Verdict]


class Answering(models.Model):
    """Which mails a report causes, for whom, and when."""

    class Answer(models.TextChoices):
        SUMMARY = "summary", "One summary for the whole mail"
        PER_ITEM = "per_item", "One notification per file and link"

    receipt = models.BooleanField("send a receipt", default=True)
    answer = models.CharField("answer with", max_length=10, choices=Answer.choices, default=Answer.SUMMARY)
    early_warning = models.BooleanField(
        "warn early",
        default=False,
        help_text="As soon as one item is malicious; the summary follows as the only amendment.",
    )
    told_verdicts = models.JSONField(
        "verdicts that are told", default=every_verdict, help_text="Others are left to your security team."
    )
    reporter_domains = models.TextField(
        blank=True,
        help_text="Who may be answered: one domain a line, * for everybody, empty for nobody.",
    )
    blind_copy = models.EmailField(blank=True, help_text="Gets a copy of every mail that goes to a reporter.")
    quiet_from = models.TimeField(
        "quiet from", null=True, blank=True, help_text="“No threats found” waits until the end."
    )
    quiet_until = models.TimeField("quiet until", null=True, blank=True)
    receipts_an_hour = models.PositiveSmallIntegerField(
        "receipts per reporter and hour", default=10, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    language = models.CharField(
        max_length=10, choices=LANGUAGES, blank=True, help_text="Empty: that of the reporter's domain or of the report."
    )
    outgoing = models.ForeignKey(
        OutgoingServer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name="outgoing server",
        help_text="Empty: that of EMAIL_URL.",
    )

    class Meta:
        abstract = True

    @property
    def domains(self) -> list[str]:
        """The reporter domains in lower case; `*` stands for all."""
        return self.reporter_domains.lower().replace(",", " ").split()

    def quiet_end(self, at: datetime) -> datetime | None:
        """When the quiet hours that hold at this moment end; None outside of them."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        local = timezone.localtime(at)
        if not is_between(local.time(), self.quiet_from, self.quiet_until):
            return None
        end = local.replace(hour=self.quiet_until.hour, minute=self.quiet_until.minute, second=0, microsecond=0)
        return end if end > local else end + timedelta(days=1)


def is_between(now: time, start: time, end: time) -> bool:
    """Whether the time lies in the hours, which may go over midnight."""
    return start <= now < end if start <= end else now >= start or now < end
