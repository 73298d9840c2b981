"""The pages of campaigns."""

from typing import Any

import pytest
from django.test import Client

from submissions import decisions
from submissions.models import Campaign, CampaignKey, Decision
from tests import rows
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.views.campaigns.hint", lambda *_: None)


def campaign(*verdicts: str) -> Campaign:
    made = Campaign.objects.create(reports=len(verdicts))
    CampaignKey.objects.get_or_create(kind="host", value="evil.test", defaults={"campaign": made})
    for verdict in verdicts:
        rows.submission(verdict=verdict, campaign=made)
    return made


def test_the_list_names_similar_mails_and_shows_one_row_per_campaign(page: Client) -> None:
    made = campaign("clean", "malicious", "malicious")
    rows.submission("FW: alone", verdict="malicious", reported=[])

    every = page.get("/submissions/").content.decode()
    grouped = page.get("/submissions/?group=1").content.decode()
    clean = page.get("/submissions/?group=1&show=clean").content.decode()

    assert (every.count("+2 similar"), grouped.count("+2 similar")) == (3, 1)
    assert f'href="/campaigns/{made.pk}/"' in grouped
    assert "FW: alone" in grouped
    assert clean.count("+2 similar") == 1


def test_the_search_finds_a_campaign_by_its_number(page: Client) -> None:
    made = campaign("clean", "clean")
    rows.submission("FW: alone", verdict="clean", reported=[])

    found = page.get(f"/submissions/?q=campaign:{made.number}").content.decode()

    assert found.count("+1 similar") == 2
    assert "FW: alone" not in found
    assert "needs the number of a campaign" in text(page.get("/submissions/?q=campaign:x"))


def test_campaigns_of_several_mails_are_listed(page: Client) -> None:
    made = campaign("clean", "malicious")
    campaign("clean")

    seen = page.get("/campaigns/").content.decode()

    assert made.number in seen
    assert seen.count('class="subject"') == 1


def test_the_page_counts_verdicts_and_leads_to_their_lists(page: Client) -> None:
    made = campaign("clean", "malicious", "malicious", "")

    html = page.get(f"/campaigns/{made.pk}/").content.decode()

    assert f"{made.number}: 4 reports, 1 campaign" in html
    assert f"?q=campaign%3A{made.number}+verdict%3Amalicious" in html
    assert "evil[.]test" in html


def test_a_decision_is_shown_with_its_reach_and_its_mail_before_it_is_taken(page: Client) -> None:
    made = campaign("suspicious", "malicious", "")
    values = {"verdict": "malicious", "reason": "Known kit", "notify": "on"}

    shown = text(page.post(f"/campaigns/{made.pk}/decide/", values))
    without = text(page.post(f"/campaigns/{made.pk}/decide/", {**values, "reason": "", "save": "1"}))

    assert "2 reports will be marked as reviewed and get the verdict malicious" in shown
    assert "Left out, because still being analysed: 1." in shown
    assert "Known kit" in shown
    assert "needs a reason" in without
    assert not Decision.objects.exists()


def test_a_decision_is_carried_out_and_its_progress_is_shown(page: Client) -> None:
    made = campaign("suspicious", "malicious", "")
    values = {"verdict": "malicious", "reason": "Known kit", "save": "1"}

    response: Any = page.post(f"/campaigns/{made.pk}/decide/", values, follow=True)
    decision = Decision.objects.get()
    running = page.get(f"/campaigns/{made.pk}/live/")
    decisions.carry_on(decision.pk)
    done = page.get(f"/campaigns/{made.pk}/live/")

    assert "Decided for 3 mails" in text(response)
    assert "0 of 3" in text(running)
    assert "2 done, 1 skipped (there is no verdict yet)" in text(done)
    assert done["HX-Refresh"] == "true"


def test_a_key_that_stands_everywhere_is_set_apart_and_taken_back(page: Client) -> None:
    made = campaign("clean", "clean")
    key = CampaignKey.objects.get()

    page.post(f"/campaigns/{made.pk}/keys/{key.pk}/", {"common": "1"})
    assert CampaignKey.objects.get().common
    page.post(f"/campaigns/{made.pk}/keys/{key.pk}/")

    assert not CampaignKey.objects.get().common
