"""What the reporter of each mail has heard: one word in the mail's own row, by the letters of its thread.

The gravest letter gives the word, and letters that answer count before those that only say a mail has come. Blind
copies do not count. `hold` locks the mail's row before a letter moves, `keep` writes the word after it, in the
transaction of that move.
"""

from typing import Any

from django.db.models import Case, CharField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from notifications.models import COPY, Notification
from submissions.models import Submission, Tally

PREFIX = "submission:"
MEANWHILE = ("received", "delayed", "thanks_known")
Told = Submission.Told
GRAVE = (Told.FAILED, Told.UNKNOWN, Told.SUPPRESSED, Told.WAITING)
WORDS = (*GRAVE, Told.SENT, *GRAVE, Told.RECEIPT)
"""The words by rank, that which counts first."""
# One that goes out again after an unknown outcome is as unsure as before, until that is known
UNSURE = Q(state="unknown") | Q(state__in=Notification.OPEN, unknown_outcomes__gt=0)
RANK = Case(
    When(state="failed", then=0),
    When(UNSURE, then=1),
    When(state="suppressed", then=2),
    When(~Q(state__in=("sent", "elsewhere")), then=3),
    default=4,
    output_field=IntegerField(),
) + Case(When(kind__in=MEANWHILE, then=len(GRAVE) + 1), default=0, output_field=IntegerField())


def ranked(letters: QuerySet[Notification]) -> QuerySet[Any]:
    """Those that count, each with its `rank` among WORDS."""
    return letters.exclude(about__endswith=COPY).annotate(rank=RANK)


def mails_of(thread: str) -> QuerySet[Submission]:
    """The mail of a thread; none for threads of other things, which have no reporter."""
    number = thread.removeprefix(PREFIX)
    return Submission.objects.none() if number == thread else Submission.objects.filter(pk=int(number))


def hold(thread: str) -> None:
    """Lock the mail's row in the caller's transaction: of two letters that move at once the second sees both."""
    mails_of(thread).select_for_update().order_by().values_list("pk").first()


def keep(thread: str) -> None:
    """Write what the reporter of this thread has heard by now, in the transaction that holds the mail's row."""
    ranks = ranked(Notification.objects.filter(thread=thread)).order_by("rank").values("rank")[:1]
    found = mails_of(thread).order_by().annotate(rank=Subquery(ranks)).values_list("told", "received_at", "rank")
    for told, received_at, rank in found:
        word = Told.NOTHING if rank is None else WORDS[rank]
        if told != word:
            mails_of(thread).update(told=word)
            Tally.forget([received_at])


def by_letters(mails: QuerySet[Submission]) -> QuerySet[Any]:
    """The mails, each with `heard`: the word that its letters give."""
    thread = Concat(Value(PREFIX), Cast(OuterRef("pk"), CharField()))
    word = Case(*(When(rank=rank, then=Value(word)) for rank, word in enumerate(WORDS)), output_field=CharField())
    letters = ranked(Notification.objects.filter(thread=thread)).order_by("rank").values_list(word)
    heard = Subquery(letters[:1], output_field=CharField())
    return mails.annotate(heard=Coalesce(heard, Value(Told.NOTHING), output_field=CharField()))


def wrong(mails: QuerySet[Submission]) -> QuerySet[Any]:
    """The mails whose row says something else than their letters."""
    return by_letters(mails).exclude(told=F("heard"))
