"""One submission with everything its page shows. Eight queries."""

import email
import email.policy
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from statistics import median

from django.db.models import Q
from django.utils.translation import gettext

from mailmonitor.models import Event
from notifications.models import Notification
from submissions import downloads
from submissions.judgement import Judged, judge
from submissions.models import Analysis, Submission
from submissions.sandbox.base import SandboxError, Shows
from submissions.selectors.listing import Row
from submissions.selectors.tree import Mail, grown
from submissions.words import event, how_many

LONGEST_TIMELINE = 300
LONGEST_QUEUE = 1000


@dataclass(frozen=True)
class Told:
    """A line of the timeline: when, what, of which thing, in whose words, by whom."""

    at: datetime
    what: str
    of: str
    words: str
    actor: str
    kind: str = ""


@dataclass(frozen=True)
class Letter:
    """A mail that was decided for the reporter, readable."""

    notification: Notification
    text: str


@dataclass(frozen=True)
class Detail:
    """What the page of one submission is drawn from.

    `queue` are analyses in the order in which they are handed over; `showing` those whose sandbox has more to show.
    """

    submission: Submission
    items: list[Judged]
    mails: list[Mail]
    timeline: list[Told]
    letters: list[Letter]
    usual_seconds: float | None
    queue: list[int]
    showing: set[int]

    @property
    def notes(self) -> list[Told]:
        """What colleagues wrote, the newest first."""
        return [told for told in reversed(self.timeline) if told.kind == "note"]

    @property
    def waiting_in_queue(self) -> list[tuple[Judged, int | None]]:
        """What is still open, each with its place in the sandbox's queue as long as it stands there."""
        places = {pk: place for place, pk in enumerate(self.queue, 1)}
        return [
            (judged, next((places[row.pk] for row in judged.analyses if row.pk in places), None))
            for judged in self.waiting
        ]

    @property
    def row(self) -> Row:
        return Row(self.submission)

    @property
    def is_open(self) -> bool:
        """Whether anything may still change by itself."""
        mails = any(letter.notification.state in Notification.OPEN for letter in self.letters)
        return self.submission.state in Submission.OPEN or mails

    @property
    def waiting(self) -> list[Judged]:
        return [judged for judged in self.items if judged.is_open]

    @property
    def judged(self) -> list[Judged]:
        return [judged for judged in self.items if not judged.item.skipped]

    @property
    def counts(self) -> str:
        """`2 malicious, 1 clean, 3 skipped`."""
        counted = Counter(str(judged.verdict) for judged in self.judged if judged.verdict)
        skipped = sum(1 for judged in self.items if judged.item.skipped)
        order = ("malicious", "suspicious", "failed", "unknown", "clean")
        words = [f"{counted[verdict]} {gettext(verdict)}" for verdict in order if counted[verdict]]
        return ", ".join([*words, f"{skipped} {gettext('skipped')}"] if skipped else words)

    @property
    def key(self) -> str:
        """Colour and icon of the banner: something malicious is said before the rest is known."""
        early = self.submission.state in Submission.OPEN and any(item.verdict == "malicious" for item in self.judged)
        return "malicious" if early else self.row.key

    @property
    def word(self) -> str:
        return "Malicious" if self.key == "malicious" else self.row.word

    @property
    def has_failed_items(self) -> bool:
        return any(row.state == Analysis.State.FAILED for judged in self.judged for row in judged.analyses)

    @property
    def has_failed_mails(self) -> bool:
        return any(letter.notification.state == Notification.State.FAILED for letter in self.letters)

    @property
    def deciding(self) -> Judged | None:
        """The item whose verdict is that of the mail: of several the one with the highest score."""
        worst = [judged for judged in self.judged if judged.verdict == self.key]
        return max(worst, key=lambda judged: judged.score or 0, default=None)

    @property
    def found(self) -> str:
        return how_many(len(self.items), "item")


def detail(submission: Submission) -> Detail:
    """Everything about the submission; its mailbox should be selected with it."""
    items = judge(submission)
    open_now = submission.state in Submission.OPEN
    return Detail(
        submission=submission,
        items=items,
        mails=grown(submission.reported, items),
        timeline=timeline(submission, items),
        letters=[Letter(mail, readable(bytes(mail.message))) for mail in letters_of(submission)],
        usual_seconds=usual_seconds() if open_now else None,
        queue=queue() if open_now else [],
        showing=showing(items),
    )


def letters_of(submission: Submission) -> list[Notification]:
    return list(Notification.objects.filter(thread=submission.label))


def timeline(submission: Submission, items: list[Judged]) -> list[Told]:
    """The events of the mail, and since its arrival those of what was found in it, oldest first."""
    artifacts = {judged.item.artifact.reference for judged in items}
    told = Q(reference=submission.label) | Q(reference__in=artifacts, at__gte=submission.received_at)
    names = {f"analysis:{row.pk}": judged.item.name for judged in items for row in judged.analyses}
    events = Event.objects.filter(told).order_by("at", "id")[:LONGEST_TIMELINE]
    return [
        Told(row.at, event(row.subject, row.kind), names.get(row.subject, ""), row.words, row.actor, row.kind)
        for row in events
    ]


def queue() -> list[int]:
    """The analyses that wait to be handed to the sandbox, in their order."""
    waiting = Analysis.objects.filter(due_at__isnull=False, state=Analysis.State.QUEUED)
    return list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[:LONGEST_QUEUE])


def showing(items: list[Judged]) -> set[int]:
    """The analyses whose screenshots and indicators can still be fetched. One query for each sandbox profile."""
    rows = [row for judged in items for row in judged.analyses if row.external_ids and not row.evidence]
    one_each = {(row.sandbox, row.profile): row for row in rows if row.state == Analysis.State.FINISHED}
    able = {place for place, row in one_each.items() if shows(row)}
    return {row.pk for row in rows if row.state == Analysis.State.FINISHED and (row.sandbox, row.profile) in able}


def shows(row: Analysis) -> bool:
    try:
        return isinstance(downloads.adapter(row), Shows)
    except SandboxError:
        return False


def usual_seconds() -> float | None:
    """How long the last hundred mails took from arrival to verdict: their median."""
    rows = Submission.objects.filter(state=Submission.State.DONE, concluded_at__isnull=False).order_by("-id")
    pairs = rows.values_list("received_at", "concluded_at")[:100]
    return median((end - start).total_seconds() for start, end in pairs if end) if pairs else None


def readable(message: bytes) -> str:
    """The text part of a mail that we wrote ourselves."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    body = parsed.get_body(("plain",)) if isinstance(parsed, EmailMessage) else None
    return str(body.get_content()) if body else ""
