"""What else is like a reported mail: how much, how it was judged, when it was last seen, and the search for it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from submissions.campaigns import item_keys, own_domains
from submissions.judgement import Judged
from submissions.models import CampaignKey, Submission
from submissions.search.grammar import Term
from submissions.search.meaning import domain, holding_rare
from submissions.verdicts import ORDER

MOST = 500
ITEMS = 4
HOSTS = 2


@dataclass(frozen=True)
class Relation:
    """Other mails that share one thing. `number` is counted up to MOST."""

    words: str
    of: str
    number: int
    last: datetime | None
    mix: list[tuple[str, int]]
    search: str

    @property
    def is_host(self) -> bool:
        return self.search.startswith(("domain:", "sender:"))


def related(mail: Submission, items: Iterable[Judged]) -> list[Relation]:
    """Those with anything in them: the campaign, the gravest items, their hosts, the sender. At most eight queries."""
    found, gravest = [], _gravest(items)
    if mail.campaign_id:
        search = f"campaign:{mail.campaign_id}"
        found.append(_relation(mail, _("Campaign"), "", Q(campaign=mail.campaign_id), search))
    for judged in gravest[:ITEMS]:
        artifact = judged.item.artifact
        holds = holding_rare(Q(artifact=artifact))
        words = _("The same link") if artifact.kind == artifact.Kind.URL else _("The same file")
        found.append(_relation(mail, words, judged.item.name, holds, f"sha256:{artifact.digest}"))
    for name in _hosts(mail, gravest):
        found.append(_relation(mail, _("The same host"), name, domain(Term("domain", name)), f"domain:{name}"))
    if sender := mail.sender_domain:
        found.append(_relation(mail, _("The same sender domain"), sender, Q(sender_domain=sender), f"sender:{sender}"))
    return [relation for relation in found if relation.number]


def _gravest(items: Iterable[Judged]) -> list[Judged]:
    """The items that speak most against the mail, each artifact once."""
    wanted = {judged.item.artifact_id: judged for judged in items if not judged.item.skipped and judged.verdict}
    return sorted(wanted.values(), key=lambda judged: ORDER.index(judged.verdict or ORDER[-1]))


def _hosts(mail: Submission, gravest: Iterable[Judged]) -> list[str]:
    """The hosts of the links, as far as they group mails into campaigns: not the shared ones, nor our own."""
    own = own_domains(mail)
    keys = [key for judged in gravest for key in item_keys(judged.item.artifact, own)]
    return list(dict.fromkeys(value for kind, value in keys if kind == CampaignKey.Kind.HOST))[:HOSTS]


def _relation(mail: Submission, words: str, of: str, what: Q, search: str) -> Relation:
    others = Submission.objects.filter(what).exclude(pk=mail.pk).order_by("-id")
    rows = list(others.values_list("verdict", "received_at")[:MOST])
    counted = Counter(verdict for verdict, _at in rows)
    mix = [(verdict.value, counted[verdict]) for verdict in ORDER if counted[verdict]]
    return Relation(words, of, len(rows), max((at for _verdict, at in rows), default=None), mix, search)
