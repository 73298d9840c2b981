"""What people do with a file or link wherever it was found: analyse it afresh, or give it a verdict of their own."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from submissions import review
from submissions.conclusion import overall
from submissions.judgement import judge
from submissions.models import Artifact, Item, Submission
from submissions.review import Refused
from submissions.same import counting
from submissions.verdicts import Verdict, worst

MOST = 500


@dataclass(frozen=True)
class Change:
    """A mail that would get another verdict."""

    mail: Submission
    verdict: Verdict


@dataclass(frozen=True)
class Reach:
    """What a verdict on the artifact would do: mails that change, those whose verdict stays, how many are still open.

    `more` says that only the newest 500 mails were looked at.
    """

    changes: list[Change]
    unchanged: int
    still_open: int
    more: bool

    @property
    def told(self) -> int:
        """How many different people would get a mail."""
        answered = (change.mail for change in self.changes if not change.mail.no_answer)
        return len({mail.reporter.lower() for mail in answered if mail.reporter})


@dataclass(frozen=True)
class Carried:
    """What became of it: `done` mails, the `skipped` ones by reason, and the mails to deliver."""

    done: int
    skipped: Counter[str]
    notifications: tuple[int, ...]


def holders(artifact: Artifact) -> QuerySet[Submission]:
    """The mails in whose verdict the artifact has a say, the newest first."""
    found = Item.objects.filter(artifact=artifact, skipped__in=counting()).values("submission")
    return Submission.objects.filter(pk__in=found).select_related("mailbox").order_by("-id")


def reach(artifact: Artifact, verdict: Verdict) -> Reach:
    """What the verdict would do now; nothing is written. A mail that holds something worse stays as bad as that."""
    mails = holders(artifact)
    done = mails.filter(state=Submission.State.DONE)
    others = list(done.exclude(verdict=verdict)[: MOST + 1])
    changes = [Change(mail, becomes(mail, artifact, verdict)) for mail in others[:MOST]]
    changing = [change for change in changes if change.verdict != change.mail.verdict]
    unchanged = done.filter(verdict=verdict).count() + len(changes) - len(changing)
    still_open = mails.filter(state__in=Submission.OPEN).count()
    return Reach(changing, unchanged, still_open, more=len(others) > MOST)


def becomes(mail: Submission, artifact: Artifact, verdict: Verdict) -> Verdict:
    """The mail's verdict with this one for the artifact: the worst of it and of whatever else counts in the mail."""
    others = [judged for judged in judge(mail) if judged.item.artifact_id != artifact.pk]
    incomplete = any(problem["incomplete"] for problem in mail.problems)
    return worst([verdict, overall(mail, others)]) if incomplete or any(one.counts for one in others) else verdict


def decide(artifact: Artifact, verdict: Verdict, reason: str, actor: str, *, notify: bool) -> Carried:
    """Overrule every mail that changes, each in a transaction of its own; with `notify` the reporters learn it."""
    skipped, sent, done = Counter[str](), tuple[int, ...](), 0
    for change in reach(artifact, verdict).changes:
        try:
            sent += review.override(change.mail, change.verdict, reason, actor, notify=notify)
            done += 1
        except Refused as error:
            skipped[str(error)] += 1
    return Carried(done, skipped, sent)


def again(artifact: Artifact, actor: str) -> tuple[Submission, list[int]]:
    """Analyse it afresh for the newest mail that can be; the mail, and the analyses to submit.

    That mail's reporter is told when its verdict changes. Raises Refused when there is no such mail.
    """
    held = Item.objects.filter(artifact=artifact, skipped="").values("submission")
    mail = Submission.objects.filter(pk__in=held, state=Submission.State.DONE).order_by("-id").first()
    if mail is None or holders(artifact).filter(state__in=Submission.OPEN, items__skipped="").exists():
        raise Refused("it is being analysed, or no mail holds it that can be analysed again")
    return mail, review.again(mail, actor, artifact=artifact)
