"""Which reported mails belong together: each mail finds its campaign by what it shares with others, when it comes in.

A mail joins one campaign and campaigns never merge, so that two of them cannot grow together over a thing that
stands in both. What says nothing of who stands behind a mail groups nothing: hosts that are shared by many, hosts on
the whitelist, whatever was skipped.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now

from mailmonitor.models import now
from submissions.extraction.addresses import single_address
from submissions.extraction.hosts import public_suffixes, registered_domain
from submissions.extraction.urls import host
from submissions.models import Artifact, Campaign, CampaignKey, Item, Submission
from submissions.shared_hosts import below, is_much_linked, is_shared

Kind = CampaignKey.Kind
STRONGEST = (Kind.FILE, Kind.LINK, Kind.HOST, Kind.SUBJECT)
KEPT = timedelta(days=30)
MOST_KEYS = 60
LONG_PATH = 16
SHORTEST_SUBJECT = 6
FORWARDED = re.compile(r"(?i)\s*((re|fwd?|aw|wg|tr|rv|sv|vs|vb|antw|doorst|i|r|odp|pd)\s*(\[\d+\])?\s*:\s*)+")


def joined(mail: Submission, items: Iterable[Item]) -> Campaign | None:
    """The campaign of a mail with these items, begun where there is none; None where nothing can be shared.

    In the caller's transaction, once for each mail.
    """
    wanted = keys(mail, items)
    if not wanted:
        return None
    known, since = _locked(wanted), now() - KEPT
    campaign = _strongest(known, since) or Campaign.objects.create()
    campaign = _learnt(campaign, wanted - {(key.kind, key.value) for key in known}, since)
    _keep(campaign, known, since)
    Campaign.objects.filter(pk=campaign.pk).update(reports=F("reports") + 1, last_seen_at=Now())
    return campaign


def keys(mail: Submission, items: Iterable[Item]) -> set[tuple[str, str]]:
    """By what a mail can be found to belong to others: pairs of kind and value."""
    own = own_domains(mail)
    found = [key for item in items if not item.skipped for key in item_keys(item.artifact, own)][:MOST_KEYS]
    return {*found, *subject_keys(mail, own)}


def item_keys(artifact: Artifact, own: frozenset[str]) -> list[tuple[str, str]]:
    """The key of a file; of a link its host, or on a shared host the very link, provided that it is a long one."""
    if artifact.kind == Artifact.Kind.FILE:
        return [(Kind.FILE, artifact.digest)]
    name = host(artifact.name)
    if is_shared(name) or public_suffixes().publicsuffix(name) == name:
        path = artifact.name.partition("://")[2].partition("/")[2]
        return [(Kind.LINK, artifact.digest)] if len(path) >= LONG_PATH else []
    if not name or is_much_linked(name) or below(name, own):
        return []
    return [(Kind.HOST, name[:255])]


def subject_keys(mail: Submission, own: frozenset[str]) -> list[tuple[str, str]]:
    """Sender domain and subject of the reported mail; nothing for colleagues' mails and for mere greetings."""
    sender = sender_domain(mail)
    subject = plain_subject(mail.original.get("subject", ""))
    if not sender or below(sender, own) or len(subject) < SHORTEST_SUBJECT:
        return []
    return [(Kind.SUBJECT, f"{sender} {subject}"[:255])]


def sender_domain(mail: Submission) -> str:
    """The registered domain of whoever sent the reported mail; empty where that is not known."""
    return _domain(mail.original.get("from", ""))[:255]


def plain_subject(subject: str) -> str:
    """The subject without marks of answering and forwarding; numbers, which differ from mail to mail, are all alike."""
    text = subject.replace("\0", "").lower()
    marks = FORWARDED.match(text)
    return " ".join(re.sub(r"\d+", "0", text[marks.end() if marks else 0 :]).split())


def own_domains(mail: Submission) -> frozenset[str]:
    """Where the reporter and colleagues are: what comes from there says nothing of an attack."""
    return frozenset([*(domain.lower() for domain in settings.OWN_DOMAINS), _domain(mail.reporter)])


def _domain(sender: str) -> str:
    address = single_address((sender,)) or sender.strip(" <>\"'")
    return registered_domain(address.rpartition("@")[2].lower()) if "@" in address else ""


def _locked(wanted: set[tuple[str, str]]) -> list[CampaignKey]:
    """The known ones among the keys, held in one order so that two mails cannot lock each other out."""
    values = [value for _, value in wanted]
    rows = CampaignKey.objects.select_for_update(of=("self",)).filter(value__in=values).select_related("campaign")
    return [key for key in rows.order_by("pk") if (key.kind, key.value) in wanted]


def _strongest(known: Iterable[CampaignKey], since: datetime) -> Campaign | None:
    """The campaign that the strongest key leads to: the oldest one, of keys that were seen lately."""
    leading = [key for key in known if not key.common and key.last_seen_at >= since]
    best = min(leading, key=lambda key: (STRONGEST.index(Kind(key.kind)), key.campaign_id), default=None)
    return best.campaign if best else None


def _learnt(campaign: Campaign, new: set[tuple[str, str]], since: datetime) -> Campaign:
    """The campaign knows these keys, too. Where another mail taught one of them meanwhile, its campaign wins."""
    made = [CampaignKey(campaign=campaign, kind=kind, value=value) for kind, value in sorted(new)]
    CampaignKey.objects.bulk_create(made, ignore_conflicts=True)
    if campaign.reports or not new:
        return campaign
    first = _strongest((key for key in _locked(new) if key.campaign_id != campaign.pk), since)
    if first is None:
        return campaign
    CampaignKey.objects.filter(campaign=campaign).update(campaign=first)
    campaign.delete()
    return first


def _keep(campaign: Campaign, known: Iterable[CampaignKey], since: datetime) -> None:
    """The keys were seen now; those that nobody had seen for long lead here from now on."""
    stale = [key.pk for key in known if key.last_seen_at < since]
    CampaignKey.objects.filter(pk__in=stale).update(campaign=campaign)
    CampaignKey.objects.filter(pk__in=[key.pk for key in known]).update(last_seen_at=Now())
