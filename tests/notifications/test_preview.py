"""What the page shows while one types is what would be sent."""

import re
from email import message_from_bytes
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications import outbox
from notifications.kinds import sample
from notifications.models import Notification, Template
from tests.fakes.smtp_server import FakeSmtpServer
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", "root@admin.example", "a long enough password"))
    return client


def template(kind: str = "summary_malicious") -> Template:
    return Template.objects.get(kind=kind, language="en")


def preview(page: Client, row: Template, **fields: str) -> Any:
    values = {"subject": row.subject, "body_text": row.body_text, "body_html": row.body_html, **fields}
    answer = page.post(f"/admin/notifications/template/{row.pk}/preview/", values)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("html", ["", "<p>Hello {{reporter_name}}</p>{{artifact_table}}"])
def test_preview_and_sent_bytes_are_equal(page: Client, html: str) -> None:
    Template.objects.filter(pk=template().pk).update(body_html=html)
    row = outbox.decide(letter("summary_malicious"))
    assert row is not None

    shown = preview(page, template())

    mail = message_from_bytes(bytes(row.message))
    parts = [part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in mail.get_payload()]
    assert [shown["text"], shown["html"]] == parts
    assert shown["subject"] == row.subject


def test_the_preview_tells_faults_and_still_shows_the_mail(page: Client) -> None:
    shown = preview(page, template(), subject="x {{subjekt}}", body_html="<script>x</script>")

    assert "Did you mean {{subject}}?" in shown["faults"]["subject"][0]
    assert shown["subject"] == "x {{subjekt}}"
    assert shown["removed"] == ["<script>"]


def decided(kind: str, number: int) -> Notification:
    context = {**sample(kind), "subject": f"Report <{number}>"}
    row = outbox.decide(letter(kind, about=f"submission:{number}", context=context))
    assert row is not None
    return row


def test_the_page_offers_the_last_ten_real_mails_of_the_kind(page: Client) -> None:
    rows = [decided("summary_malicious", number) for number in range(12)]
    other = decided("summary_clean", 20)

    content = page.get(f"/admin/notifications/template/{template().pk}/change/").content.decode()

    offered = re.findall(r'<option value="(\d+)">', content.split('<select name="values"')[1].split("</select>")[0])
    assert offered == [str(row.pk) for row in reversed(rows[2:])]
    assert "Malicious: Report &lt;11&gt;</option>" in content
    assert str(other.pk) not in offered


def test_the_preview_takes_the_values_of_the_chosen_mail(page: Client) -> None:
    first, second, other = decided("delayed", 1), decided("delayed", 2), decided("summary_clean", 3)
    row = template("delayed")

    assert preview(page, row, values=str(first.pk))["subject"] == "Still in progress: Report <1>"
    assert preview(page, row, values=str(second.pk))["subject"] == "Still in progress: Report <2>"
    for values in ("sample", str(other.pk), "999999", "x", ""):
        assert preview(page, row, values=values)["subject"] == "Still in progress: FW: Invoice 4471"


def test_a_preview_changes_nothing(page: Client) -> None:
    preview(page, template(), subject="Other")

    assert template().subject == "Malicious: {{subject}}"


def test_a_test_mail_shows_the_relays_answer(page: Client, relay: FakeSmtpServer) -> None:
    address = f"/admin/notifications/template/{template().pk}/test/"

    answer = page.post(address, {"to": "root@admin.example"}, follow=True)

    assert b"250 2.0.0 Ok: queued as 4711" in answer.content
    assert relay.accepted[0].recipients == ["root@admin.example"]


def test_a_test_mail_goes_to_nobody_outside(page: Client, relay: FakeSmtpServer, settings: Any) -> None:
    settings.REPORTER_DOMAINS = ["corp.example"]
    address = f"/admin/notifications/template/{template().pk}/test/"

    answer = page.post(address, {"to": "bob@evil.example"}, follow=True)

    assert b"neither your own address nor of a reporter domain" in answer.content
    assert relay.accepted == []
