"""What is kept for how long: old mails go with their items and letters, then the files that no mail holds any more.

Open rows never go, nor the events: the audit chain stays whole, and each campaign keeps its count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from mailmonitor.models import Event, now
from notifications.models import Notification
from submissions import storage
from submissions.models import Analysis, Artifact, Submission, Tally

PORTION = 200
A_NIGHT = 50


@dataclass(frozen=True)
class Gone:
    """How many rows went, and how many blobs were freed."""

    mails: int = 0
    letters: int = 0
    artifacts: int = 0
    blobs: int = 0

    def __str__(self) -> str:
        return f"{self.mails} mails, {self.letters} letters, {self.artifacts} files and links, {self.blobs} blobs"

    def __add__(self, other: "Gone") -> "Gone":
        return Gone(
            self.mails + other.mails,
            self.letters + other.letters,
            self.artifacts + other.artifacts,
            self.blobs + other.blobs,
        )


def old_mails(before: datetime) -> QuerySet[Submission]:
    """Ended mails that came before, all of whose letters have ended, too; the oldest first."""
    label = Concat(Value("submission:"), Cast(OuterRef("pk"), CharField()))
    under_way = Notification.objects.filter(thread=label, state__in=Notification.OPEN)
    ended = Submission.objects.filter(received_at__lt=before, state__in=Submission.FINAL)
    return ended.exclude(Exists(under_way)).order_by("pk")


def unheld(before: datetime) -> QuerySet[Artifact]:
    """Files and links first seen before that stand in no mail and are not being analysed.

    A whole mail stays while something that was judged as a part of it stands in another mail.
    """
    still_open = Analysis.objects.filter(state__in=Analysis.OPEN, artifact=OuterRef("pk"))
    needed = Analysis.objects.filter(part_of__artifact=OuterRef("pk"), artifact__items__isnull=False)
    rows = Artifact.objects.filter(first_seen_at__lt=before, items=None)
    return rows.exclude(Exists(still_open)).exclude(Exists(needed)).order_by("pk")


def purge(before: datetime) -> Iterator[Gone]:
    """Remove what is older, portion by portion; each is a transaction of its own, so that it may stop anywhere."""
    while portion := list(old_mails(before)[:PORTION]):
        yield mails_gone(portion)
    reached = 0
    while files := list(unheld(before).filter(pk__gt=reached)[:PORTION]):
        reached = files[-1].pk
        yield files_gone(files, before)
    if letters := digests_gone(before):
        yield Gone(letters=letters)


@transaction.atomic
def digests_gone(before: datetime) -> int:
    """Remove the mails that told of several reports at once, to reporters or of a view; says how many went."""
    gathered = Q(thread__startswith="digest:") | Q(thread__startswith="subscription:")
    rows = Notification.objects.filter(gathered, state__in=Notification.FINAL)
    old = rows.filter(created_at__lt=before)
    Tally.forget([at for at in old.values_list("sent_at", flat=True) if at])
    return old.delete()[0]


def mails_gone(mails: list[Submission]) -> Gone:
    """Remove these mails with their letters. Their raw bytes go when no other row names them."""
    with transaction.atomic():
        going = Submission.objects.select_for_update().filter(pk__in=[mail.pk for mail in mails])
        ended = list(going.filter(state__in=Submission.FINAL))
        told = Notification.objects.filter(thread__in=[mail.label for mail in ended])
        sent = told.filter(sent_at__isnull=False).values_list("sent_at", flat=True)
        Tally.forget([*(mail.received_at for mail in ended), *(at for at in sent if at)])
        letters, _ = told.delete()
        Submission.objects.filter(pk__in=[mail.pk for mail in ended]).delete()
    return Gone(mails=len(ended), letters=letters, blobs=blobs_gone([mail.digest for mail in ended]))


def files_gone(files: list[Artifact], before: datetime) -> Gone:
    """Remove these with their analyses; one that a mail came to hold meanwhile stays."""
    gone, digests = 0, []
    for file in files:
        try:
            with transaction.atomic():
                gone += int(bool(unheld(before).filter(pk=file.pk).delete()[0]))
        except IntegrityError:
            continue
        digests.append(file.digest)
    return Gone(artifacts=gone, blobs=blobs_gone(digests))


def blobs_gone(digests: list[str]) -> int:
    """Free the bytes that no row names any more; says how many blobs that were."""
    named = set(Submission.objects.filter(digest__in=digests).values_list("digest", flat=True))
    named |= set(Artifact.objects.filter(digest__in=digests).values_list("digest", flat=True))
    return sum(storage.remove(digest) for digest in sorted({*digests} - named))


def told(gone: Gone, before: datetime, actor: str) -> None:
    """Leave a line in the audit, if anything went."""
    if gone != Gone():
        words = f"before {before:%Y-%m-%d %H:%M}: {gone}"
        Event.objects.create(reference="retention", subject="retention", kind="purged", words=words, actor=actor)


def every_night() -> Gone:
    """Remove what is older than RETENTION_DAYS, at most fifty portions a night; 0 keeps everything."""
    gone = Gone()
    if not settings.RETENTION_DAYS:
        return gone
    before = now() - timedelta(days=settings.RETENTION_DAYS)
    for number, portion in enumerate(purge(before), 1):
        gone += portion
        if number == A_NIGHT:
            break
    told(gone, before, "")
    return gone
