"""What the reporter of each mail has heard: one word in the mail's own row, by the letters of its thread.

The gravest letter gives the word, and letters that answer count before those that only say a mail has come. Blind
copies do not count. `keep` writes it whenever a letter moves, in the transaction of that move.
"""

from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from notifications.models import COPY, Notification
from submissions.models import Submission, Tally

PREFIX = "submission:"
MEANWHILE = ("received", "delayed", "thanks_known")
Told = Submission.Told
IS_MEANWHILE = Q(kind__in=MEANWHILE)
WORD = Case(
    When(state="failed", then=Value(Told.FAILED)),
    When(state="unknown", then=Value(Told.UNKNOWN)),
    When(state="suppressed", then=Value(Told.SUPPRESSED)),
    When(~Q(state__in=("sent", "elsewhere")), then=Value(Told.WAITING)),
    When(IS_MEANWHILE, then=Value(Told.RECEIPT)),
    default=Value(Told.SENT),
    output_field=CharField(),
)
RANK = Case(
    *(When(word=word, then=Value(rank)) for rank, word in enumerate((Told.FAILED, Told.UNKNOWN, Told.SUPPRESSED))),
    When(word=Told.WAITING, then=Value(3)),
    default=Value(4),
    output_field=IntegerField(),
)
MEANWHILE_LAST = Case(When(IS_MEANWHILE, then=Value(1)), default=Value(0), output_field=IntegerField())


def ranked(letters: QuerySet[Notification]) -> QuerySet[Any]:
    """Their words, that which counts first."""
    counted = letters.exclude(about__endswith=COPY).annotate(word=WORD)
    return counted.order_by(MEANWHILE_LAST, RANK).values_list("word", flat=True)


def keep(thread: str) -> None:
    """Write what the reporter of this thread has heard by now; threads of other things have no reporter.

    The mail's row is locked before its letters are read: of two letters that move at once the second sees both.
    """
    number = thread.removeprefix(PREFIX)
    if number == thread:
        return
    with transaction.atomic():
        row = Submission.objects.select_for_update().filter(pk=int(number)).only("told", "received_at").first()
        word = ranked(Notification.objects.filter(thread=thread)).first() or Told.NOTHING
        if row and row.told != word:
            Submission.objects.filter(pk=row.pk).update(told=word)
            Tally.forget([row.received_at])


def by_letters(mails: QuerySet[Submission]) -> QuerySet[Any]:
    """The mails, each with `heard`: the word that its letters give."""
    thread = Concat(Value(PREFIX), Cast(OuterRef("pk"), CharField()))
    word = Subquery(ranked(Notification.objects.filter(thread=thread))[:1], output_field=CharField())
    return mails.annotate(heard=Coalesce(word, Value(Told.NOTHING), output_field=CharField()))


def wrong(mails: QuerySet[Submission]) -> QuerySet[Any]:
    """The mails whose row says something else than their letters."""
    return by_letters(mails).exclude(told=F("heard"))
