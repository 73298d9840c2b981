"""How a mailbox answers, outgoing servers, languages and mutes, as an administrator sets them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications.models import LanguageRule, OutgoingServer
from submissions.models import Mailbox
from tests import rows
from tests.fakes.smtp_server import FakeSmtpServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("grace", "grace@corp.example"))
    return client


def form(mailbox: Mailbox, **fields: Any) -> dict[str, Any]:
    names = ("name", "state", "address", "host", "port", "security", "username", "folder", "processed_folder", "answer",
             "reporter_domains", "protocol")  # fmt: skip
    values = {name: getattr(mailbox, name) for name in names}
    values |= {"steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0}
    return {**values, "receipts_an_hour": 10, "told_verdicts": ["malicious", "clean"], **fields}


def change(page: Client, mailbox: Mailbox, **fields: Any) -> str:
    where = f"/admin/submissions/mailbox/{mailbox.pk}/change/"
    answer = page.post(where, form(mailbox, **fields), follow=True)
    return answer.content.decode()


def test_the_ways_of_answering_are_kept(page: Client) -> None:
    mailbox = rows.mailbox(reporter_domains="corp.example")

    change(page, mailbox, early_warning="on", quiet_from="22:00", quiet_until="06:30", blind_copy="soc@corp.example")

    mailbox.refresh_from_db()
    assert (mailbox.early_warning, mailbox.receipt, mailbox.told_verdicts) == (True, False, ["malicious", "clean"])
    assert (str(mailbox.quiet_from), mailbox.blind_copy) == ("22:00:00", "soc@corp.example")


def test_half_of_the_quiet_hours_is_refused(page: Client) -> None:
    mailbox = rows.mailbox()

    assert "Quiet hours need a beginning and an end." in change(page, mailbox, quiet_from="22:00")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "The reporter gets a receipt at once, then one summary when all three are judged."),
        (
            {"receipt": False, "answer": "per_item"},
            "no receipt, only one mail for each item as it is judged: three mails.",
        ),
        ({"early_warning": True}, "then a warning as soon as one of them is malicious, and one summary"),
        ({"blind_copy": "soc@corp.example"}, "soc@corp.example gets a copy of each."),
        ({"told_verdicts": ["malicious"]}, "Not told: Suspicious, Failed, No clear result, No threats found."),
        ({"reporter_domains": ""}, "Nothing: no reporter domain is listed, so nobody is answered."),
    ],
)
def test_a_sentence_says_what_a_mail_with_three_items_will_cause(
    page: Client, fields: dict[str, Any], words: str
) -> None:
    mailbox = rows.mailbox(**{"reporter_domains": "corp.example", **fields})

    assert words in page.get(f"/admin/submissions/mailbox/{mailbox.pk}/change/").content.decode()


def test_an_outgoing_server_is_tried_when_it_is_saved_and_keeps_its_address_to_itself(page: Client) -> None:
    with FakeSmtpServer() as server:
        where = "/admin/notifications/outgoingserver/"
        made = page.post(f"{where}add/", {"name": "Second", "url": server.url}, follow=True).content.decode()
        row = OutgoingServer.objects.get()
        server.faults = {"CONNECT": "421"}
        page.post(where, {"action": "test_connection", "_selected_action": row.pk}, follow=True)
        kept = page.post(f"{where}{row.pk}/change/", {"name": "Third", "url": ""}, follow=True).content.decode()

    assert f"Second: 127.0.0.1:{server.port}, not encrypted" in made
    assert "Third: 421 4.3.2 Closing" in kept
    assert OutgoingServer.objects.get().url == server.url
    assert str(server.port) not in page.get(f"{where}{row.pk}/change/").content.decode()


def test_an_address_in_the_clear_to_somewhere_else_is_refused(page: Client) -> None:
    answer = page.post("/admin/notifications/outgoingserver/add/", {"name": "x", "url": "smtp://relay.example"})

    assert "The address sends in the clear to relay.example" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"), [("Anna+x@Corp.Example", "anna@corp.example"), ("Bücher.example", "xn--bcher-kva.example")]
)
def test_a_rule_of_language_is_kept_as_it_is_looked_up(page: Client, typed: str, kept: str) -> None:
    page.post("/admin/notifications/languagerule/add/", {"whom": typed, "language": "de"})

    assert LanguageRule.objects.get().whom == kept
