"""What else is like a reported mail: how much, how it was judged, when it was last seen, and the search for it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from submissions.judgement import Judged
from submissions.models import Item, Submission
from submissions.verdicts import ORDER

MOST = 500
ITEMS = 4


@dataclass(frozen=True)
class Relation:
    """Other mails that share one thing. `number` is counted up to MOST."""

    words: str
    of: str
    number: int
    last: datetime | None
    mix: list[tuple[str, int]]
    search: str


def related(mail: Submission, items: Iterable[Judged]) -> list[Relation]:
    """Those with anything in them: the campaign, the mail's gravest items, its sender. At most six queries."""
    found = []
    if mail.campaign_id:
        search = f"campaign:{mail.campaign_id}"
        found.append(_relation(mail, _("Campaign"), "", Q(campaign=mail.campaign_id), search))
    for judged in _gravest(items):
        artifact = judged.item.artifact
        holds = Q(Exists(Item.objects.filter(submission=OuterRef("pk"), artifact=artifact)))
        words = _("The same link") if artifact.kind == artifact.Kind.URL else _("The same file")
        found.append(_relation(mail, words, judged.item.name, holds, f"sha256:{artifact.digest}"))
    if mail.sender_domain:
        domain = mail.sender_domain
        found.append(_relation(mail, _("The same sender domain"), domain, Q(sender_domain=domain), f"sender:{domain}"))
    return [relation for relation in found if relation.number]


def _gravest(items: Iterable[Judged]) -> list[Judged]:
    """The items that speak most against the mail, each artifact once."""
    wanted = {judged.item.artifact_id: judged for judged in items if not judged.item.skipped and judged.verdict}
    return sorted(wanted.values(), key=lambda judged: ORDER.index(judged.verdict or ORDER[-1]))[:ITEMS]


def _relation(mail: Submission, words: str, of: str, what: Q, search: str) -> Relation:
    others = Submission.objects.filter(what).exclude(pk=mail.pk).order_by("-id")
    rows = list(others.values_list("verdict", "received_at")[:MOST])
    counted = Counter(verdict for verdict, _at in rows)
    mix = [(verdict.value, counted[verdict]) for verdict in ORDER if counted[verdict]]
    return Relation(words, of, len(rows), max((at for _verdict, at in rows), default=None), mix, search)
