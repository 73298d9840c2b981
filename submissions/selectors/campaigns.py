"""Campaigns: the list of those that hold several mails, and one with everything its page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.utils.http import urlencode

from submissions.models import Campaign, CampaignKey, Decision, Submission
from submissions.selectors.listing import PAGE, Row, rows
from submissions.verdicts import ORDER

KEYS_SHOWN = 12
DECISIONS_SHOWN = 5


@dataclass(frozen=True)
class Line:
    """A campaign with its newest mail."""

    campaign: Campaign
    newest: Row


@dataclass(frozen=True)
class Share:
    """How many of its mails have a verdict, and the search that lists them. `key` is colour and icon."""

    key: str
    number: int
    search: str


@dataclass(frozen=True)
class CampaignDetail:
    """What the page of one campaign is drawn from. `rows` are its newest mails."""

    campaign: Campaign
    mails: int
    reporters: int
    first: datetime | None
    last: datetime | None
    shares: list[Share]
    keys: Sequence[CampaignKey]
    more_keys: int
    rows: list[Row]
    decisions: Sequence[Decision]

    @property
    def subject(self) -> str:
        newest = self.rows[0].submission if self.rows else None
        return (newest.original.get("subject") or newest.subject) if newest else ""

    @property
    def under_way(self) -> bool:
        return any(decision.state == Decision.State.QUEUED for decision in self.decisions)


def several(before: datetime | None = None) -> list[Line]:
    """The campaigns of more than one mail, the last seen first. Five queries."""
    newest = Submission.objects.filter(campaign=OuterRef("pk")).order_by("-id").values("pk")[:1]
    found = Campaign.objects.filter(reports__gt=1).order_by("-last_seen_at", "-id")
    if before:
        found = found.filter(last_seen_at__lt=before)
    newest_of = {campaign: campaign.newest_mail for campaign in found.annotate(newest_mail=Subquery(newest))[:PAGE]}
    mails = Submission.objects.filter(pk__in=newest_of.values())
    drawn = {row.submission.pk: row for row in rows(list(mails))}
    return [Line(campaign, drawn[pk]) for campaign, pk in newest_of.items() if pk in drawn]


def campaign_detail(campaign: Campaign) -> CampaignDetail:
    """Everything about the campaign. Nine queries."""
    mails = Submission.objects.filter(campaign=campaign)
    keys = campaign.keys.order_by("common", "kind", "value")
    return CampaignDetail(
        campaign=campaign,
        **mails.aggregate(
            mails=Count("pk"),
            reporters=Count("reporter", distinct=True),
            first=Min("received_at"),
            last=Max("received_at"),
        ),
        shares=shares(campaign),
        keys=list(keys[:KEYS_SHOWN]),
        more_keys=max(0, keys.count() - KEYS_SHOWN),
        rows=rows(list(mails.select_related("campaign").order_by("-id")[:PAGE])),
        decisions=list(campaign.decisions.all()[:DECISIONS_SHOWN]),
    )


def shares(campaign: Campaign) -> list[Share]:
    """Its mails by verdict, the worst first, and those still analysed."""
    mails = Submission.objects.filter(campaign=campaign)
    named = {verdict.value: Count("pk", filter=Q(verdict=verdict)) for verdict in ORDER}
    counted = mails.aggregate(**named, running=Count("pk", filter=Q(state__in=Submission.OPEN)))
    searches = {**{verdict.value: f"verdict:{verdict}" for verdict in ORDER}, "running": "is:open"}
    return [
        Share(key, counted[key], urlencode({"q": f"campaign:{campaign} {search}"}))
        for key, search in searches.items()
        if counted[key]
    ]
