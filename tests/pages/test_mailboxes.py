"""Setting up a mailbox without JavaScript: filled in by preset, tested step by step, read when every step works."""

from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mailmonitor.models import Event, Grant
from submissions import trials
from submissions.mailbox.trial import Tried
from submissions.models import Mailbox
from submissions.presets import BY_KEY, PRESETS, preset_of
from tests import rows
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db
GOOD = [Tried("address", "OK", "10.0.0.1", milliseconds=3), Tried("login", "OK", "as sandbox", milliseconds=40)]
BAD = [GOOD[0], Tried("login", "FAIL", "refused", "[AUTHENTICATIONFAILED] no", "Choose OAuth2.", 900)]
COMMON = {
    "name": "Reports",
    "address": "reports@corp.example",
    "username": "reports@corp.example",
    "folder": "INBOX",
    "processed_folder": "Done",
    "reporter_domains": "corp.example",
    "receipt": "on",
    "answer": "summary",
}
IMAP = {**COMMON, "host": "imap.corp.example", "port": "993", "security": "tls", "password": "hunter2hunter2"}
MICROSOFT = {**COMMON, "cloud": "", "tenant": "corp.example", "client_id": "1234", "client_secret": "hunter2hunter2"}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Tried]:
    """What the test of a mailbox sees."""
    seen = list(GOOD)
    monkeypatch.setattr(trials, "examine", lambda row: iter(seen))
    monkeypatch.setattr(trials, "answers", lambda row: iter([Tried("relay", "SKIP", "EMAIL_URL is not set")]))
    return seen


def save(page: Client, preset: str, values: dict[str, str]) -> Any:
    return page.post(f"/mailboxes/new/?preset={preset}", values, follow=True)


def test_a_mailbox_whose_every_step_works_is_read_from_now_on(page: Client, steps: list[Tried]) -> None:
    seen = text(save(page, "imap", IMAP))

    row = Mailbox.objects.get()
    assert (row.state, row.host, row.password, row.protocol) == (
        "active",
        "imap.corp.example",
        "hunter2hunter2",
        "imap",
    )
    assert row.due_at is not None
    assert "as sandbox" in seen
    assert "40 ms" in seen
    assert "hunter2" not in seen


def test_one_that_fails_stays_disabled_with_reply_and_fix_until_somebody_enables_it(
    page: Client, steps: list[Tried]
) -> None:
    steps[:] = BAD

    seen = text(save(page, "imap", IMAP))

    row = Mailbox.objects.get()
    assert row.state == "disabled"
    assert "Disabled, test failed" in seen
    assert "[AUTHENTICATIONFAILED] no" in seen
    assert "What to do: Choose OAuth2." in seen

    page.post(f"/mailboxes/{row.pk}/", {"do": "enable"})
    row.refresh_from_db()
    assert row.state == "active"
    assert Event.objects.filter(subject=row.label, kind="active", words="by grace").exists()

    page.post(f"/mailboxes/{row.pk}/", {"do": "disable"})
    row.refresh_from_db()
    assert (row.state, row.due_at) == ("disabled", None)


def test_the_result_of_the_test_is_kept_with_its_time(page: Client, steps: list[Tried]) -> None:
    save(page, "imap", IMAP)
    steps[:] = BAD
    page.post(f"/mailboxes/{Mailbox.objects.get().pk}/", {"do": "test"})

    row = Mailbox.objects.get()
    assert [line["status"] for line in row.test_result] == ["OK", "FAIL", "SKIP"]
    assert row.tested_at is not None
    assert row.state == "active"


@pytest.mark.parametrize(
    ("cloud", "host", "login"),
    [
        ("", "outlook.office365.com", ""),
        ("us", "outlook.office365.us", "https://login.microsoftonline.us"),
        ("cn", "partner.outlook.cn", "https://login.partner.microsoftonline.cn"),
    ],
)
def test_a_microsoft_mailbox_brings_its_sign_in_for_its_cloud(
    page: Client, steps: list[Tried], cloud: str, host: str, login: str
) -> None:
    save(page, "microsoft-imap", {**MICROSOFT, "cloud": cloud})

    row, grant = Mailbox.objects.get(), Grant.objects.get()
    assert (row.grant, row.host) == (grant, host)
    assert (grant.way, grant.tenant, grant.client_secret) == ("microsoft-app", "corp.example", "hunter2hunter2")
    assert (grant.scopes, grant.login_url) == (f"https://{host}/.default", login)


def test_graph_asks_for_its_own_scope(page: Client, steps: list[Tried]) -> None:
    save(page, "microsoft-graph", {**MICROSOFT, "cloud": "dod"})

    assert Mailbox.objects.get().protocol == "graph"
    assert Grant.objects.get().scopes == "https://dod-graph.microsoft.us/.default"


def test_secrets_are_kept_when_left_empty_and_never_shown(page: Client, steps: list[Tried]) -> None:
    save(page, "microsoft-imap", MICROSOFT)
    row = Mailbox.objects.get()

    page.post(f"/mailboxes/{row.pk}/", {**MICROSOFT, "client_secret": "", "tenant": "other.example", "save": "1"})

    grant = Grant.objects.get()
    assert (grant.tenant, grant.client_secret) == ("other.example", "hunter2hunter2")
    assert "hunter2" not in page.get(f"/mailboxes/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    ("preset", "changes", "field"),
    [
        ("imap", {"security": "plain"}, "security"),
        ("imap", {"host": ""}, "host"),
        ("imap", {"username": ""}, "username"),
        ("microsoft-imap", {"tenant": ""}, "tenant"),
        ("lmtp", {"host": "0.0.0.0", "port": "2424"}, "host"),
        ("maildir", {"folder": ""}, "folder"),
        ("imap-oauth2", {"login_url": ""}, "login_url"),
    ],
)
def test_what_cannot_work_is_told_at_its_field_and_nothing_is_stored(
    page: Client, steps: list[Tried], preset: str, changes: dict[str, str], field: str
) -> None:
    answer = save(page, preset, {**IMAP, **MICROSOFT, **changes})

    assert field in answer.context["form"].errors
    assert Mailbox.objects.count() == Grant.objects.count() == 0


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_preset_has_a_page_that_can_be_saved_and_opened_again(
    page: Client, steps: list[Tried], preset: Any
) -> None:
    shown = page.get(f"/mailboxes/new/?preset={preset.key}")
    values = {
        name: "x" if field.initial is None else field.initial for name, field in shown.context["form"].fields.items()
    }
    place = {"host": preset.host or "127.0.0.1", "port": str(preset.port), "folder": preset.folder or "/var/mail/x"}
    save(page, preset.key, {**values, **COMMON, **place, "security": preset.security, "cloud": ""})

    row = Mailbox.objects.get()
    assert row.protocol == preset.protocol
    assert preset_of(row).way == preset.way
    assert page.get(f"/mailboxes/{row.pk}/").status_code == 200
    assert bool(row.grant) == bool(preset.way)


def test_the_mailbox_of_the_environment_is_shown_and_not_changed(page: Client, steps: list[Tried]) -> None:
    row = rows.mailbox("Env", from_environment=True, host="imap.corp.example")

    seen = text(page.get(f"/mailboxes/{row.pk}/"))
    page.post(f"/mailboxes/{row.pk}/", {**IMAP, "host": "imap.evil.example", "save": "1"})

    row.refresh_from_db()
    assert "MAILBOX_URL" in seen
    assert row.host == "imap.corp.example"


def test_the_list_names_each_with_its_trouble_and_offers_every_preset(page: Client) -> None:
    rows.mailbox("Bad", failing_since="2026-11-24T08:00Z", error="login: no", error_fix="Enter the new password.")

    seen = text(page.get("/mailboxes/"))

    assert "What to do: Enter the new password." in seen
    assert not [preset.title for preset in PRESETS if preset.title not in seen]


def test_an_unknown_preset_leads_back_to_the_list(page: Client) -> None:
    assert page.get("/mailboxes/new/?preset=nonsense").headers["Location"] == "/mailboxes/"
    assert set(BY_KEY) == {preset.key for preset in PRESETS}


def test_the_setting_up_speaks_german(page: Client) -> None:
    fix = "The folder INBOX/x cannot be opened: check its name."
    lines = [
        Tried("folder", "FAIL", "refused", "NO", fix),
        Tried("moving mails", "SKIP", "not tried, since folder failed"),
    ]
    row = rows.mailbox(test_result=[asdict(line) for line in lines], tested_at=timezone.now())
    german = {"accept-language": "de"}

    overview = text(page.get("/mailboxes/", headers=german))
    form = text(page.get(f"/mailboxes/{row.pk}/", headers=german))

    for words in ("Postfach hinzufügen", "Anderer IMAP-Server, Passwort", "Woher Meldungen kommen"):
        assert words in overview, words
    for words in (
        "Verbindungstest",
        "Benutzername",
        "Ordner für verarbeitete Mails",
        "Eine Zusammenfassung",
        "Speichern",
        "Ordner : abgelehnt",
        "Was zu tun ist: Der Ordner INBOX/x lässt sich nicht öffnen: seinen Namen prüfen.",
        "nicht versucht, weil ein Schritt davor misslang: Ordner",
        "Wem geantwortet werden darf: eine Domain je Zeile",
    ):
        assert words in form, words
    steps = text(page.get("/mailboxes/new/?preset=google-service", headers=german))
    assert "Gmail-Einstellungen des Postfachs: IMAP ist an." in steps
