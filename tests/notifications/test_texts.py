"""A bare migration is a working installation, and an upgrade never overwrites what somebody wrote."""

import pytest
from django.core.management import CommandError, call_command

from notifications import editing, texts
from notifications.kinds import KINDS
from notifications.models import Template
from notifications.texts import Text, default
from tests.fakes.smtp_server import FakeSmtpServer

pytestmark = pytest.mark.django_db


def received() -> Template:
    return Template.objects.get(kind="received", language="en")


def test_every_kind_has_its_template_after_the_migrations() -> None:
    assert set(Template.objects.filter(language="en").values_list("kind", flat=True)) == set(KINDS)
    assert {editing.badge(row) for row in Template.objects.all()} == {editing.Badge.DEFAULT}


def test_installing_again_changes_nothing() -> None:
    before = list(Template.objects.values())

    texts.install()

    assert list(Template.objects.values()) == before


def test_an_edited_text_survives_an_upgrade_and_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    row = received()
    row.subject = "Thanks: {{subject}}"
    editing.save(row, "root")
    assert editing.badge(row) == editing.Badge.CUSTOMISED

    upgrade(monkeypatch)

    row = received()
    assert row.subject == "Thanks: {{subject}}"
    assert editing.badge(row) == editing.Badge.OUTDATED


def test_an_unedited_text_follows_an_upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(monkeypatch)

    assert received().subject == "We have it: {{subject}}"
    assert editing.badge(received()) == editing.Badge.DEFAULT


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next release ships another text for the receipt."""
    newer = Text("We have it: {{subject}}", "Thank you.\n")

    def shipped(kind: str, language: str) -> Text | None:
        return newer if (kind, language) == ("received", "en") else default(kind, language)

    monkeypatch.setattr(texts, "default", shipped)
    monkeypatch.setattr(editing, "default", shipped)
    texts.install()


def test_a_missing_or_empty_text_falls_back_to_what_ships() -> None:
    Template.objects.filter(kind="received").delete()
    assert texts.find("received", "en").subject == "Received: {{subject}}"

    Template.objects.create(kind="received", language="en", subject=" ", body_text="")
    assert texts.find("received", "en").subject == "Received: {{subject}}"


def test_an_unknown_language_falls_back_to_english() -> None:
    assert texts.find("received", "tlh").language == "en"


def test_faulty_texts_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_templates")
    assert "Every text is fine." in capsys.readouterr().out

    Template.objects.filter(kind="received", language="en").update(subject="{{subjekt}}", body_text="{{ x")
    with pytest.raises(CommandError):
        call_command("check_templates")
    assert "received (en) subject: Unknown placeholder {{subjekt}}" in capsys.readouterr().out


def test_a_text_can_be_seen_with_sample_values(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("render_template", "summary_clean")
    assert capsys.readouterr().out.startswith("Subject: No threats found: FW: Invoice 4471\n\nHello Anna Lang,")

    call_command("render_template", "summary_clean", "--html")
    assert "<!DOCTYPE html>" in capsys.readouterr().out


def test_a_sample_is_sent_and_the_answer_shown(relay: FakeSmtpServer, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("send_test_notification", "--to", "root@corp.example", "--event", "item_malicious")

    assert capsys.readouterr().out == "250 2.0.0 Ok: queued as 4711\n"
    assert relay.accepted[0].recipients == ["root@corp.example"]
    assert b"Subject: [Test] Malicious: invoice_4471.xlsm" in relay.accepted[0].message


def test_a_sample_that_is_not_sent_says_why(relay: FakeSmtpServer) -> None:
    relay.faults = {"RCPT": "5xx"}

    with pytest.raises(CommandError, match="550"):
        call_command("send_test_notification", "--to", "root@corp.example")
    with pytest.raises(CommandError, match="no address"):
        call_command("send_test_notification", "--to", "nobody")
