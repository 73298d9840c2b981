"""What must hold of the rows at any moment. One query each; whatever it finds is a fault of ours.

The numbers are those of docs/benchmarks.md, where the campaigns stand that prove them against the ledgers of the
servers outside. Each query gives back the offending rows in words.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, CharField, Count, Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Now, Substr

from mailmonitor.models import Event, Grant, WorkRow
from notifications.kinds import RECEIPTS
from notifications.limits import PER_REPORTER, sent
from notifications.models import Notification
from submissions import recovery, storage, told
from submissions.models import Analysis, Artifact, Item, Mailbox, Submission, Subscription

MOST_SHOWN = 20
LATE = timedelta(minutes=5)
LONGEST_LEASE = timedelta(hours=1)
ROWS: tuple[type[WorkRow], ...] = (Submission, Analysis, Notification, Mailbox, Grant, Subscription)
HELD = (Analysis.State.SUBMITTING, Analysis.State.RECONCILING, Notification.State.SENDING)

Rows = Iterable[str]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invariant:
    """One promise: its number, its name, and the query for rows that break it."""

    number: int
    name: str
    offending: Callable[[], Rows]


def broken(invariants: Iterable[Invariant] | None = None) -> Iterator[tuple[Invariant, list[str]]]:
    """The invariants that do not hold, each with its first offending rows."""
    for invariant in invariants or INVARIANTS:
        if rows := list(islice(invariant.offending(), MOST_SHOWN)):
            yield invariant, rows


def watch() -> int:
    """Examine all and tell what is broken, in the log and as events; says how many are."""
    found = list(broken())
    for invariant, rows in found:
        log.error("invariant %s is broken: %s: %s", invariant.number, invariant.name, "; ".join(rows))
        Event.objects.create(
            reference="invariants", subject=f"invariant:{invariant.number}", kind="broken", words="; ".join(rows)
        )
    return len(found)


def mails_without_bytes() -> Rows:
    """Reads no file: only whether each is there."""
    digests = Submission.objects.order_by("digest").values_list("digest", flat=True)
    for digest in storage.missing(digests.iterator()):
        for pk in Submission.objects.filter(digest=digest).order_by("pk").values_list("pk", flat=True):
            yield f"submission:{pk} has no {digest}"


def files_without_bytes() -> Rows:
    waiting = Analysis.objects.filter(state__in=Analysis.OPEN).exclude(artifact__kind=Artifact.Kind.URL)
    for pk, digest in waiting.values_list("pk", "artifact__digest").iterator():
        if not storage.holds(digest):
            yield f"analysis:{pk} waits for {digest}, which is not there"


def mails_stored_twice() -> Rows:
    rows = Submission.objects.exclude(uid=None).values("mailbox", "uidvalidity", "uid").order_by()
    for row in rows.annotate(times=Count("pk")).filter(times__gt=1):
        yield f"mailbox:{row['mailbox']} UID {row['uid']} has {row['times']} rows"


def artifacts_submitted_side_by_side() -> Rows:
    rows = Analysis.objects.filter(state__in=Analysis.OPEN).values("artifact", "sandbox", "profile").order_by()
    for row in rows.annotate(times=Count("pk")).filter(times__gt=1):
        yield f"artifact:{row['artifact']} has {row['times']} open analyses in {row['sandbox']}"


def references_of_two_artifacts() -> Rows:
    """A word taken over from the sandbox was no submission: two writings of one URL may share it."""
    made = Analysis.objects.exclude(reference_at_sandbox="").exclude(cached=True)
    rows = made.values("sandbox", "reference_at_sandbox").order_by()
    for row in rows.annotate(times=Count("artifact", distinct=True)).filter(times__gt=1):
        yield f"{row['sandbox']} {row['reference_at_sandbox']} stands for {row['times']} artifacts"


def lost_answers_without_a_search() -> Rows:
    late = Now() + 2 * max(settings.SEARCH_AFTER) + timedelta(days=1)
    return labels(Analysis.objects.filter(state=Analysis.State.UNKNOWN, due_at__gt=late), "is not looked up in time")


def letters_decided_twice(group: str) -> Rows:
    """A mail that people had analysed again may get a second summary."""
    again = Event.objects.filter(reference=OuterRef("thread"), kind="again")
    rows = Notification.objects.filter(~Exists(again), kind__startswith=group)
    for row in rows.values("thread", "generation").order_by().annotate(times=Count("pk")).filter(times__gt=1):
        yield f"{row['thread']} has {row['times']} letters where one is due"


def receipts_repeated() -> Rows:
    repeated = Notification.objects.filter(kind__in=RECEIPTS, unknown_outcomes__gt=0, state=Notification.State.SENT)
    return labels(repeated, "was sent again though its outcome was unknown")


def verdicts_repeated() -> Rows:
    return labels(Notification.objects.filter(unknown_outcomes__gt=2), "was sent more than twice")


def reports_without_an_answer() -> Rows:
    """Each report that has ended has at least one letter, be it one that was suppressed with its reason."""
    letters = Notification.objects.filter(thread=OuterRef("label_in_words"))
    counted = Item.objects.filter(submission=OuterRef("pk"), skipped="")
    rows = Submission.objects.filter(state=Submission.State.DONE, mailbox__receipt=True)
    return labels(threaded(rows).filter(~Exists(letters), Exists(counted)), "is done and nobody was to be told")


def told_otherwise() -> Rows:
    wrong = told.wrong(Submission.objects.all()).order_by("pk")
    for pk, said, heard in wrong.values_list("pk", "told", "heard").iterator():
        yield f"submission:{pk} says of its reporter “{said}”, its letters say “{heard}”"


def rows_without_a_time() -> Rows:
    for rows in ROWS:
        final = Q(state__in=list(rows.FINAL))
        wrong = rows._default_manager.filter((final & Q(due_at__isnull=False)) | (~final & Q(due_at=None)))
        yield from labels(wrong, "has no due time though it is open, or one though it is final")


def rows_overdue() -> Rows:
    for rows in ROWS:
        free = Q(lease_ends_at=None) | Q(lease_ends_at__lt=Now())
        yield from labels(rows._default_manager.filter(free, due_at__lt=Now() - LATE), "is overdue")


def leases_that_do_not_end() -> Rows:
    for rows in ROWS:
        longest = Now() + max(LONGEST_LEASE, settings.SMTP_LEASE)
        wrong = Q(lease_ends_at__gt=longest) | (Q(lease_ends_at=None) & Q(state__in=HELD))
        yield from labels(rows._default_manager.filter(wrong), "is held without end, or by nobody")


def answers_to_those_who_get_none() -> Rows:
    silent = threaded(Submission.objects.exclude(no_answer="")).values("label_in_words")
    rows = Notification.objects.exclude(state=Notification.State.SUPPRESSED).filter(thread__in=silent)
    return labels(rows, "answers a mail that must not be answered")


def answers_to_others() -> Rows:
    """From the letters to the mails by their keys: the other way round each letter would be held against each mail."""
    number = Cast(Substr("thread", len(told.PREFIX) + 1), BigIntegerField())
    asked = Submission.objects.filter(pk=OuterRef("number"), reporter__iexact=OuterRef("to"))
    rows = Notification.objects.filter(thread__startswith=told.PREFIX, state=Notification.State.SENT)
    return labels(rows.annotate(number=number).filter(~Exists(asked)), "went to somebody who has not reported")


def too_many_receipts() -> Rows:
    most, span = PER_REPORTER[0]
    most = max(most, Mailbox.objects.aggregate(most=Max("receipts_an_hour"))["most"] or 0)
    rows = sent().filter(created_at__gte=Now() - span).values("recipient").order_by()
    for row in rows.annotate(times=Count("pk")).filter(times__gt=most):
        yield f"{row['times']} receipts within {span} to one reporter"


def parked_without_a_reason() -> Rows:
    parked = (Submission.State.UNPARSEABLE, Submission.State.OVERSIZE, Submission.State.FAILED)
    return labels(Submission.objects.filter(state__in=parked, state_reason=""), "was put aside without a reason")


def false_clean() -> Rows:
    """Clean by the machine though an item that counts has no finished, clean analysis."""
    clean = Analysis.objects.filter(artifact=OuterRef("artifact"), state=Analysis.State.FINISHED, verdict="clean")
    doubtful = Item.objects.filter(~Exists(clean), submission=OuterRef("pk"), skipped="")
    rows = Submission.objects.filter(state=Submission.State.DONE, verdict="clean", review__machine_verdict="")
    untouched = Submission.objects.filter(state=Submission.State.DONE, verdict="clean", review=None)
    return labels((rows | untouched).filter(Exists(doubtful)), "is called clean though part of it is not known to be")


def events_out_of_chain() -> Rows:
    previous = ""
    for number, event in enumerate(Event.objects.exclude(seal_number=None).order_by("seal_number").iterator()):
        if event.seal_number != number or event.seal != recovery.seal(previous, event):
            yield f"event {event.pk} does not fit the chain at {number}"
            return
        previous = event.seal


def threaded(rows: QuerySet[Submission]) -> QuerySet[Any]:
    """With the thread under which its letters stand."""
    return rows.annotate(label_in_words=Concat(Value("submission:"), Cast("pk", CharField())))


def labels(rows: QuerySet[Any], words: str) -> Rows:
    for row in rows.order_by("pk")[:MOST_SHOWN]:
        yield f"{row.label} ({row.state}) {words}"


INVARIANTS = (
    Invariant(1, "each mail has its bytes", mails_without_bytes),
    Invariant(2, "each file that waits has its bytes", files_without_bytes),
    Invariant(3, "each mail is stored once", mails_stored_twice),
    Invariant(5, "each artifact is submitted once", artifacts_submitted_side_by_side),
    Invariant(5, "each submission belongs to one artifact", references_of_two_artifacts),
    Invariant(6, "each lost answer is looked up", lost_answers_without_a_search),
    Invariant(7, "one receipt a report", lambda: letters_decided_twice("received")),
    Invariant(7, "no receipt is repeated in doubt", receipts_repeated),
    Invariant(8, "one summary a report", lambda: letters_decided_twice("summary_")),
    Invariant(8, "no verdict is sent more than twice", verdicts_repeated),
    Invariant(8, "each report is answered", reports_without_an_answer),
    Invariant(8, "each mail says what its reporter heard", told_otherwise),
    Invariant(9, "open rows have a due time, final ones none", rows_without_a_time),
    Invariant(9, "nothing is overdue for more than five minutes", rows_overdue),
    Invariant(9, "leases end", leases_that_do_not_end),
    Invariant(10, "no answer where none may go", answers_to_those_who_get_none),
    Invariant(11, "no answer to others than the reporter", answers_to_others),
    Invariant(12, "the limit of receipts holds", too_many_receipts),
    Invariant(14, "what is put aside says why", parked_without_a_reason),
    Invariant(20, "nothing incomplete is clean", false_clean),
    Invariant(29, "the chain of events is whole", events_out_of_chain),
)
