"""Administrators shape the texts; what would break a mail is refused where it is written."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notifications import outbox
from notifications.models import Notification, Template
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
TEXTS = "/admin/notifications/template/"


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", "root@corp.example", "a long enough password"))
    return client


def received() -> Template:
    return Template.objects.get(kind="received", language="en")


def save(page: Client, **fields: str) -> Any:
    row = received()
    values = {"subject": row.subject, "body_text": row.body_text, "body_html": row.body_html, "enabled": "on", **fields}
    return page.post(f"{TEXTS}{row.pk}/change/", values)


def test_the_list_shows_every_kind_with_its_state(page: Client) -> None:
    answer = page.get(f"{TEXTS}?language=en")

    assert answer.status_code == 200
    assert b"Nothing to analyse" in answer.content
    assert b"Default" in answer.content


def test_the_page_of_a_text_shows_its_placeholders_and_history(page: Client) -> None:
    answer = page.get(f"{TEXTS}{received().pk}/change/")

    assert b"{{expected_time}}" in answer.content
    assert b"{{artifact_table}}" not in answer.content
    assert b"Nobody has changed this text." in answer.content


def test_a_changed_text_is_kept_with_its_author_and_is_sent(page: Client) -> None:
    answer = save(page, subject="Thank you: {{subject}}", body_text="Hello {{reporter_name}}\n\nThanks.\n")

    assert answer.status_code == 302
    versions = received().versions.all()
    assert [version.author for version in versions] == ["root", ""]
    assert versions[1].subject == "Received: {{subject}}"
    row = outbox.decide(letter())
    assert row is not None
    assert (row.subject, row.plain_text) == ("Thank you: FW: Invoice 4471", "Hello Anna Lang\n\nThanks.\n")
    assert b"Customised" in page.get(f"{TEXTS}?language=en").content


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("subject", "Re: {{subjekt}}", "Did you mean {{subject}}? (line 1, column 5)"),
        ("body_text", "Hello\n {{ artifact_name }}", "is not available in the mail “Received” (line 2, column 2)"),
        ("body_text", "{% include 'x' %}", "{% is not part of the language"),
        ("body_text", "{{subject} and more", "{{ without its counterpart (line 1, column 1)"),
        ("body_text", "{{#if subject}}never closed", "is never closed"),
        ("body_html", "<p>{{ settings.SECRET_KEY }}</p>", "Unknown placeholder {{settings.SECRET_KEY}}"),
        ("subject", "x\u202ey {{subject}}", "change its direction"),
        ("subject", "", "required"),
        ("subject", "x" * 201, "200"),
        ("body_text", "x" * 70000, "65536"),
    ],
)
def test_a_faulty_text_is_refused_at_its_field(page: Client, field: str, text: str, words: str) -> None:
    answer = save(page, **{field: text})

    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert words in " ".join(errors[field])
    assert received().versions.count() == 0


def test_what_bleach_takes_out_is_named(page: Client) -> None:
    answer = save(page, body_html='<p onclick="x()">Hi {{subject}}<script>alert(1)</script><img src="//x"></p>')

    assert answer.status_code == 302
    assert received().body_html == "<p>Hi {{subject}}alert(1)</p>"
    shown = page.get(TEXTS).content.decode()
    assert "Taken out of the HTML" in shown
    assert "&lt;script&gt;" in shown
    assert "onclick" in shown


def test_an_older_version_comes_back_in_one_click(page: Client) -> None:
    save(page, subject="One {{subject}}")
    save(page, subject="Two {{subject}}")
    oldest = received().versions.last()

    assert oldest is not None
    page.post(f"{TEXTS}{received().pk}/restore/{oldest.pk}/")

    assert received().subject == "Received: {{subject}}"
    assert received().versions.count() == 4


def test_a_faulty_text_can_be_kept_as_a_draft_and_gone_on_with(page: Client) -> None:
    row = received()
    draft = {"subject": "Re: {{subjekt}}", "body_text": "Hello\r\n{{", "body_html": ""}

    page.post(f"{TEXTS}{row.pk}/draft/", draft)

    assert (received().subject, received().versions.count()) == (row.subject, 0)
    kept = row.drafts.get()
    assert (kept.subject, kept.body_text, kept.author) == ("Re: {{subjekt}}", "Hello\n{{", "root")
    assert f"?draft={kept.pk}" in page.get(f"{TEXTS}{row.pk}/change/").content.decode()
    form = page.get(f"{TEXTS}{row.pk}/change/?draft={kept.pk}").context["adminform"].form
    assert form.initial["subject"] == "Re: {{subjekt}}"
    other = Template.objects.get(kind="received", language="de")
    assert (
        page.get(f"{TEXTS}{other.pk}/change/?draft={kept.pk}").context["adminform"].form.initial["subject"]
        == other.subject
    )

    page.post(f"{TEXTS}{row.pk}/draft/", {**draft, "subject": "Re: {{subject}}"})
    assert row.drafts.get().subject == "Re: {{subject}}"
    save(page, subject="Re: {{subject}}")

    assert (received().subject, row.drafts.count()) == ("Re: {{subject}}", 0)


def test_a_draft_of_somebody_else_stays_when_the_text_is_saved(page: Client) -> None:
    row = received()
    row.drafts.create(subject="mine", author="grace")

    save(page, subject="Thank you: {{subject}}")

    assert [draft.author for draft in row.drafts.all()] == ["grace"]


def test_the_default_comes_back(page: Client) -> None:
    save(page, subject="One {{subject}}")

    page.post(f"{TEXTS}{received().pk}/reset/")

    assert received().subject == "Received: {{subject}}"
    assert b"Customised" not in page.get(f"{TEXTS}?language=en").content


def test_a_visit_changes_nothing(page: Client) -> None:
    assert page.get(f"{TEXTS}{received().pk}/reset/").status_code == 405


def test_who_may_not_change_texts_is_refused(client: Client) -> None:
    client.force_login(User.objects.create_user("viewer", is_staff=True))

    assert client.post(f"{TEXTS}{received().pk}/reset/").status_code == 403


def test_the_outbox_shows_reason_and_reply_and_sends_again(page: Client) -> None:
    row = outbox.decide(letter())
    assert row is not None
    held = Notification.claim(row.pk, ("queued",), timedelta(minutes=1), to="sending")
    assert held is not None
    held.advance("failed", "550 No", reply="550 No", reason="refused by the relay: 550 No")
    outbox_page = "/admin/notifications/notification/"

    assert b"refused by the relay: 550 No" in page.get(outbox_page).content
    assert b"thank you for reporting this mail" in page.get(f"{outbox_page}{row.pk}/change/").content
    page.post(outbox_page, {"action": "send_again", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert row.state == Notification.State.QUEUED


def test_a_waiting_mail_can_be_cancelled(page: Client) -> None:
    row = outbox.decide(letter())
    assert row is not None

    page.post("/admin/notifications/notification/", {"action": "cancel_sending", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert (row.state, row.reason) == (Notification.State.SUPPRESSED, "cancelled by root")
