"""Which reported mails belong together, and one decision on all of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mailmonitor.models import Event
from notifications.models import Notification
from submissions import campaign_decisions, campaigns, decisions, intake
from submissions.models import Campaign, CampaignKey, Decision, Mailbox, Submission, WhitelistRule
from submissions.review import Refused
from submissions.verdicts import Verdict
from tests import rows
from tests.pipeline.conftest import received

pytestmark = pytest.mark.django_db
LONG = "https://docs.google.com/forms/d/e/1FAIpQLSc0ffee/viewform"


def joined(subject: str = "FW: x", *items: str, **fields: Any) -> Campaign | None:
    """The campaign that a new mail with these items joins; without more it shares neither sender nor subject."""
    mail = rows.submission(subject, **{"reported": [], **fields})
    for name in items:
        rows.item(mail, name)
    mail.campaign = campaigns.joined(mail, mail.items.select_related("artifact"))
    mail.save()
    return mail.campaign


def reported(subject: str, sender: str = "billing@acme.example") -> list[dict[str, str]]:
    return [{"path": "2", "how": "attached", "subject": subject, "from": sender}]


def test_mails_with_one_attachment_or_one_host_are_one_campaign() -> None:
    first = joined("a", "invoice.xlsm", "https://evil.test/a")
    by_file = joined("b", "invoice.xlsm")
    by_host = joined("c", "https://evil.test/b?id=2")
    other = joined("d", "other.pdf", "https://elsewhere.test/")

    assert first == by_file == by_host != other
    assert Campaign.objects.get(pk=first.pk).reports == 3  # type: ignore[union-attr]


def test_mails_with_one_subject_from_one_domain_are_one_campaign() -> None:
    first = joined(reported=reported("Invoice 4471 overdue", "a@mail.acme.com"))
    second = joined(reported=reported("RE: AW: invoice  9 OVERDUE", '"B" <b@acme.com>'))
    other_sender = joined(reported=reported("Invoice 4471 overdue", "a@else.example"))

    assert first == second != other_sender


@pytest.mark.parametrize(
    "fields",
    [
        {"reported": reported("Hello")},
        {"reported": reported("Is this phishing?", "bob@corp.example")},
        {"reported": reported("No sender at all", "")},
        {"reported": []},
    ],
)
def test_greetings_colleagues_and_unknown_senders_make_no_campaign(fields: Any) -> None:
    assert joined(**fields) is None


@pytest.mark.parametrize(
    "url", ["https://www.google.com/search?q=a-long-enough-path", "https://docs.google.com/", "https://bit.ly/x"]
)
def test_a_host_of_everybody_groups_nothing(url: str) -> None:
    assert joined("a", url) is None


def test_on_a_shared_host_only_the_very_same_long_link_groups() -> None:
    first, second = joined("a", LONG), joined("b", LONG)
    other = joined("c", LONG.replace("c0ffee", "decade"))

    assert first == second != other
    assert CampaignKey.objects.filter(kind="host").count() == 0


def test_what_was_skipped_groups_nothing() -> None:
    mail = rows.submission(reported=[])
    rows.item(mail, "https://corp.example/", skipped="whitelist")
    rows.item(mail, "logo.png", skipped="decoration")

    assert campaigns.joined(mail, mail.items.select_related("artifact")) is None


def test_own_domains_group_nothing(settings: Any) -> None:
    settings.OWN_DOMAINS = ["corp.test"]

    assert joined("a", "https://intranet.corp.test/a") is None


def test_two_campaigns_never_grow_into_one() -> None:
    first, second = joined("a", "a.pdf", "b.pdf"), joined("b", "c.pdf")

    both = joined("c", "b.pdf", "c.pdf")

    assert both == first
    assert joined("d", "c.pdf") == second


def test_after_a_month_of_silence_a_new_campaign_begins() -> None:
    first = joined("a", "a.pdf")
    CampaignKey.objects.update(last_seen_at=timezone.now() - timedelta(days=31))

    second, third = joined("b", "a.pdf"), joined("c", "a.pdf")

    assert first != second == third


def test_a_thing_that_stands_everywhere_groups_nothing_any_more() -> None:
    first = joined("a", "signature.png")
    campaign_decisions.set_apart(CampaignKey.objects.get(), "grace", common=True)

    assert joined("b", "signature.png") != first
    assert Event.objects.get(kind="key").actor == "grace"


def test_of_two_mails_that_begin_one_campaign_at_the_same_moment_the_first_wins() -> None:
    first = joined("a", "a.pdf")
    late = Campaign.objects.create()
    digest = CampaignKey.objects.get().value

    won = campaigns._learnt(late, {("file", digest), ("host", "evil.test")}, since=timezone.now() - campaigns.KEPT)

    assert won == first
    assert not Campaign.objects.filter(pk=late.pk).exists()
    assert set(CampaignKey.objects.values_list("campaign", flat=True)) == {won.pk}


def test_a_mail_joins_its_campaign_when_it_comes_in(mailbox: Mailbox) -> None:
    WhitelistRule.objects.create(kind="domain", pattern="allowed.example")
    mails = []
    for uid, (subject, path) in enumerate([("FW: one", "a"), ("FW: two", "b"), ("FW: three", "c")], 1):
        links = f"https://evil.test/{path}" if uid < 3 else "https://www.allowed.example/x"
        text = f"From: anna@corp.example\r\nSubject: {subject}\r\n\r\nSee {links}\r\n"
        mails.append(received(mailbox, text.encode(), uid))
        intake.unpack(mails[-1].pk)

    one, two, three = Submission.objects.order_by("pk")

    assert one.campaign is not None
    assert one.campaign == two.campaign
    assert three.campaign is None


def campaign_of(*verdicts: str) -> Campaign:
    campaign = Campaign.objects.create(reports=len(verdicts))
    for verdict in verdicts:
        rows.submission(verdict=verdict, campaign=campaign)
    return campaign


def carried_out(decision: Decision) -> Decision:
    while decisions.carry_on(decision.pk).more:
        pass
    decision.refresh_from_db()
    return decision


def test_one_decision_answers_all_mails_of_a_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "PORTION", 2)
    campaign = campaign_of("clean", "suspicious", "malicious", "")
    later = {"verdict": Verdict.MALICIOUS, "reason": "Known kit", "notify": True}

    decision = carried_out(campaign_decisions.decide(campaign, "grace", **later))  # type: ignore[arg-type]

    assert decision.result == "3 done, 1 skipped (there is no verdict yet)"
    assert list(campaign.submissions.order_by("pk").values_list("verdict", flat=True)) == ["malicious"] * 3 + [""]
    assert campaign.submissions.filter(reviewed_at__isnull=False).count() == 3
    assert [letter.kind for letter in Notification.objects.all()] == ["verdict_changed"] * 2
    assert Event.objects.filter(kind="overridden", actor="grace").count() == 2


def test_a_decision_leaves_mails_alone_that_came_after_it() -> None:
    campaign = campaign_of("suspicious")
    decision = campaign_decisions.decide(campaign, "grace", verdict=None, reason="", notify=False)
    late = rows.submission(verdict="suspicious", campaign=campaign)

    carried_out(decision)

    late.refresh_from_db()
    assert (decision.done, late.reviewed_at) == (1, None)


def test_a_decision_whose_worker_died_goes_on_where_it_was() -> None:
    decision = campaign_decisions.decide(campaign_of("clean", "clean"), "grace", verdict=None, reason="", notify=False)
    Decision.claim(decision.pk, ["queued"], timedelta(seconds=-1))

    assert carried_out(decision).result == "2 done"


def test_a_decision_that_breaks_workers_is_stopped_and_says_so() -> None:
    decision = campaign_decisions.decide(campaign_of("clean"), "grace", verdict=None, reason="", notify=False)
    Decision.objects.update(attempts=3)

    assert carried_out(decision).state == "failed"


def test_a_campaign_takes_one_decision_at_a_time() -> None:
    campaign = campaign_of("clean")
    campaign_decisions.decide(campaign, "grace", verdict=None, reason="", notify=False)

    with pytest.raises(Refused, match="still being carried out"):
        campaign_decisions.decide(campaign, "grace", verdict=None, reason="", notify=False)
