"""The administration of mailboxes and rules."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailmonitor.models import Event, Grant
from submissions.models import Mailbox, WhitelistRule
from tests import rows
from tests.pages.test_list import text

RECORDS = ["submissions/submission", "submissions/artifact", "submissions/analysis", "mailmonitor/event"]


def form(mailbox: Mailbox | None = None, **changes: str) -> dict[str, Any]:
    """What the browser sends for the mailbox with these changes."""
    names = ("name", "state", "address", "host", "port", "security", "username", "folder", "processed_folder", "answer")
    row = mailbox or Mailbox(name="Abuse", address="abuse@corp.example", host="imap.corp.example", username="abuse")
    values = {name: str(getattr(row, name)) for name in names}
    answers = {"reporter_domains": row.reporter_domains, "receipts_an_hour": "10", "told_verdicts": row.told_verdicts}
    answers |= {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}
    return {**values, **answers, "password": "", "receipt": "on", **changes}


def post(page: Client, address: str, values: dict[str, Any]) -> Any:
    response = page.post(address, values)
    assert response.status_code == 302, re.findall(r'class="[^"]*error[^>]*>(.*?)<', response.content.decode())
    return response


@pytest.mark.parametrize(
    "place",
    [
        "",
        *(f"{name}/" for name in RECORDS),
        "submissions/mailbox/",
        "mailmonitor/grant/",
        "mailmonitor/grant/add/",
        "submissions/whitelistrule/",
        "submissions/simulation/",
        "auth/user/",
        "notifications/mute/",
        "notifications/languagerule/",
        "notifications/outgoingserver/",
    ],
)
def test_each_page_of_the_admin_opens(page: Client, place: str) -> None:
    submission = rows.submission(verdict="malicious")
    rows.analysis(rows.item(submission).artifact, "malicious").tell("finished", "malicious")
    WhitelistRule.objects.create(pattern="corp.example")

    assert page.get(f"/admin/{place}").status_code == 200


def test_a_mailbox_can_be_added_and_is_read_at_once(page: Client) -> None:
    post(page, "/admin/submissions/mailbox/add/", form(password="s3cret"))

    mailbox = Mailbox.objects.get()
    assert mailbox.password == "s3cret"
    assert mailbox.due_at is not None
    assert mailbox.due_at <= timezone.now()


def test_a_password_is_kept_when_the_field_stays_empty_and_is_never_shown(page: Client) -> None:
    mailbox = rows.mailbox(password="s3cret")
    address = f"/admin/submissions/mailbox/{mailbox.pk}/change/"

    html = page.get(address).content.decode()
    post(page, address, form(mailbox, host="new.corp.example"))

    mailbox.refresh_from_db()
    assert "s3cret" not in html
    assert "Set. Leave this empty to keep it" in html
    assert (mailbox.password, mailbox.host) == ("s3cret", "new.corp.example")


def test_a_change_leaves_alone_what_a_worker_writes(page: Client) -> None:
    mailbox = rows.mailbox()
    Mailbox.objects.filter(pk=mailbox.pk).update(last_uid=77)

    post(page, f"/admin/submissions/mailbox/{mailbox.pk}/change/", form(mailbox, answer="per_item"))

    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.answer) == (77, "per_item")
    assert Event.objects.get(reference=mailbox.label).actor == "grace"


def test_a_mailbox_can_be_switched_off_and_on(page: Client) -> None:
    mailbox = rows.mailbox()
    address = f"/admin/submissions/mailbox/{mailbox.pk}/change/"

    for state, due in (("disabled", False), ("active", True)):
        post(page, address, form(mailbox, state=state))
        mailbox.refresh_from_db()
        assert (mailbox.state, mailbox.due_at is not None) == (state, due)


@pytest.mark.parametrize(
    ("receipt", "answer", "words"),
    [
        (True, "summary", "a receipt at once, then one summary when all three are judged"),
        (False, "per_item", "no receipt, only one mail for each item as it is judged"),
    ],
)
def test_the_modes_are_said_in_one_sentence(page: Client, receipt: bool, answer: str, words: str) -> None:
    mailbox = rows.mailbox(receipt=receipt, answer=answer, reporter_domains="corp.example")

    assert words in text(page.get(f"/admin/submissions/mailbox/{mailbox.pk}/change/"))


def test_a_mailbox_of_the_environment_says_so_and_cannot_be_pointed_elsewhere(page: Client) -> None:
    mailbox = rows.mailbox(from_environment=True, password="s3cret")
    address = f"/admin/submissions/mailbox/{mailbox.pk}/change/"

    html = page.get(address).content.decode()
    post(page, address, form(mailbox, host="evil.example", answer="per_item"))

    mailbox.refresh_from_db()
    assert "MAILBOX_URL" in html
    assert "s3cret" not in html
    assert (mailbox.host, mailbox.answer, mailbox.password) == ("imap.corp.example", "per_item", "s3cret")
    assert page.get(f"/admin/submissions/mailbox/{mailbox.pk}/delete/").status_code == 403


def test_what_the_server_said_is_shown(page: Client) -> None:
    mailbox = rows.mailbox(failing_since=timezone.now(), error="AUTHENTICATIONFAILED", error_fix="Choose OAuth2.")

    seen = text(page.get(f"/admin/submissions/mailbox/{mailbox.pk}/change/"))

    for words in ("Fails", "AUTHENTICATIONFAILED", "Choose OAuth2."):
        assert words in seen


def test_a_rule_is_brought_into_form_and_knows_who_made_it(page: Client) -> None:
    post(
        page,
        "/admin/submissions/whitelistrule/add/",
        {"kind": "domain", "pattern": " *.Corp.Example ", "enabled": "on"},
    )

    rule = WhitelistRule.objects.select_related("created_by").get()
    assert (rule.pattern, rule.created_by and rule.created_by.get_username()) == ("corp.example", "grace")


@pytest.mark.parametrize("record", RECORDS)
def test_records_cannot_be_written(page: Client, record: str) -> None:
    assert page.get(f"/admin/{record}/add/").status_code == 403


def test_the_policy_is_relaxed_under_admin_alone(page: Client) -> None:
    assert "'unsafe-eval'" in page.get("/admin/")["Content-Security-Policy"]
    assert "unsafe" not in page.get("/submissions/")["Content-Security-Policy"]


def test_the_secrets_of_a_sign_in_are_kept_when_left_empty_and_never_shown(page: Client) -> None:
    grant = Grant.objects.create(name="Corp", way="microsoft-app", client_secret="hunter2hunter2")
    place = f"/admin/mailmonitor/grant/{grant.pk}/change/"
    values = {"name": "Corp", "state": "active", "way": "microsoft-app", "tenant": "corp.example", "client_secret": ""}

    assert "hunter2" not in page.get(place).content.decode()
    assert page.post(place, values).status_code == 302

    grant.refresh_from_db()
    assert (grant.tenant, grant.client_secret) == ("corp.example", "hunter2hunter2")
