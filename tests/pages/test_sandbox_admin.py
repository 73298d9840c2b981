"""Profiles, steps and the deny list in administration; how the accounts do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications.models import Notification
from submissions import alarms, quotas, sandboxes
from submissions.models import DenyRule, MailboxStep, SandboxProfile
from submissions.sandbox.joe import JoeSandbox
from tests import rows
from tests.fakes.joe_server import JoeServer
from tests.pages.test_admin import form as mailbox_form
from tests.pages.test_admin import post
from tests.pages.test_list import text

pytestmark = pytest.mark.django_db
LOW = "Only 2 of 30 daily submissions are left; Only 2 of 30 monthly submissions are left"
ADD = "/admin/submissions/sandboxprofile/add/"


@pytest.fixture
def server() -> Iterator[JoeServer]:
    with JoeServer() as running:
        yield running


@pytest.fixture
def environment(settings: Any, server: JoeServer) -> Any:
    """A Joe Sandbox account in the environment."""
    settings.SANDBOX = "joe"
    settings.JOESANDBOX_API_URL, settings.JOESANDBOX_API_KEY = server.api_url, "test-key"
    settings.JOESANDBOX_ACCEPT_TAC = True
    return settings


def form(**changes: str) -> dict[str, str]:
    """What the browser sends for a new profile."""
    values = {"kind": "joe", "name": "thorough", "mode": "items", "internet_access": "unknown"}
    return {**values, "report_cache": "unknown", **changes}


def change(profile: SandboxProfile) -> str:
    return f"/admin/submissions/sandboxprofile/{profile.pk}/change/"


def refused(page: Client, values: dict[str, str]) -> str:
    response = page.post(ADD, values)
    assert response.status_code == 200
    assert not SandboxProfile.objects.filter(name="thorough").exists()
    return text(response)


def test_a_profile_carries_its_parameters_to_the_sandbox(page: Client, environment: Any) -> None:
    post(page, ADD, form(systems="w10x64_office, w7x64", tags="mail", comment="Mail Monitor", priority="3",
        delete_after_days="30", internet_access="false", language_and_locale="German", localized_internet="Germany",
        document_password="d0c", archive_password="arch"))  # fmt: skip

    adapter = sandboxes.sandbox("joe", "thorough")
    assert isinstance(adapter, JoeSandbox)
    told = adapter.profile
    assert (told.systems, told.tags, told.comment) == (("w10x64_office", "w7x64"), ("mail",), "Mail Monitor")
    assert (told.internet_access, told.url_reputation, told.report_cache) == (False, False, None)
    assert (told.priority, told.delete_after_days) == (3, 30)
    assert (told.language_and_locale, told.localized_internet_country) == ("German", "Germany")
    assert (told.document_password, told.archive_password) == ("d0c", "arch")
    assert adapter.account.api_key == "test-key"


def test_systems_that_the_sandbox_does_not_have_are_refused(page: Client, environment: Any) -> None:
    words = refused(page, form(systems="w95"))

    assert "has no w95" in words
    assert "w10x64_office" in words


def test_systems_that_cannot_be_checked_are_saved_with_a_warning(
    page: Client, environment: Any, server: JoeServer
) -> None:
    server.faults.add("*", "503", count=9)

    response = page.post(ADD, form(systems="w95"), follow=True)

    assert "could not be checked" in text(response)
    assert SandboxProfile.objects.get(name="thorough").systems == "w95"


def test_secrets_are_kept_and_never_shown(page: Client, environment: Any) -> None:
    post(page, ADD, form(url="https://joe.corp.example/api", key="s3cret", archive_password="0pen"))
    profile = SandboxProfile.objects.get(name="thorough")

    html = page.get(change(profile)).content.decode()
    post(page, change(profile), form(url="https://joe.corp.example/api", tags="x"))

    profile.refresh_from_db()
    assert (profile.key, profile.archive_password, profile.tags) == ("s3cret", "0pen", "x")
    assert "s3cret" not in html
    assert "0pen" not in html


def test_the_key_of_the_environment_goes_to_no_other_address(page: Client, environment: Any) -> None:
    post(page, ADD, form(url="https://elsewhere.example/api"))

    assert sandboxes.profile("joe", "thorough").key == ""


@pytest.mark.parametrize("url", ["http://joe.corp.example/api", "joe.corp.example", "ftp://joe.corp.example"])
def test_an_address_without_encryption_is_refused(page: Client, environment: Any, url: str) -> None:
    assert "Use https://" in refused(page, form(url=url))


def test_only_joe_takes_whole_mails(page: Client, environment: Any) -> None:
    assert "Only Joe Sandbox" in refused(page, form(kind="cape", mode="mail"))


def test_the_page_says_what_an_empty_choice_and_a_whole_mail_mean(page: Client, environment: Any) -> None:
    words = text(page.get(ADD))

    assert words.count("The server decides") == 2
    assert "The whitelist then only marks" in words


def test_what_the_environment_sets_is_shown_with_its_source_and_cannot_be_changed(
    page: Client, environment: Any
) -> None:
    assert "default" in text(page.get("/admin/submissions/sandboxprofile/"))
    profile = SandboxProfile.objects.get()

    html = page.get(change(profile)).content.decode()
    post(page, change(profile), form(url="https://evil.example", key="x", reuse_files_days="3"))

    profile.refresh_from_db()
    assert "JOESANDBOX_API_KEY" in html
    assert environment.JOESANDBOX_API_URL in html
    assert "test-key" not in html
    assert (profile.url, profile.key, profile.reuse_files_days) == ("", "", 3)
    assert page.get(f"/admin/submissions/sandboxprofile/{profile.pk}/delete/").status_code == 403


def test_uploads_to_virustotal_are_off_and_warned_of(page: Client) -> None:
    assert SandboxProfile().upload is False
    assert "Nobody can take it back" in text(page.get(ADD))

    response = page.post(ADD, form(kind="virustotal", upload="on"), follow=True)

    assert "its other customers can read" in text(response)


def test_a_mailbox_gets_its_steps(page: Client) -> None:
    mailbox = rows.mailbox()
    profile = SandboxProfile.objects.create(kind="static", name="first")
    steps = {"steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-position": "1", "steps-0-files": "on"}

    post(
        page,
        f"/admin/submissions/mailbox/{mailbox.pk}/change/",
        {**mailbox_form(mailbox), **steps, "steps-0-profile": str(profile.pk), "steps-0-mailbox": str(mailbox.pk)},
    )

    step = MailboxStep.objects.get()
    assert (step.kinds, step.required) == (["file"], False)


def test_a_deny_rule_is_brought_into_form_and_knows_who_made_it(page: Client) -> None:
    post(page, "/admin/submissions/denyrule/add/", {"kind": "domain", "pattern": "*.Bad.Example", "enabled": "on"})

    rule = DenyRule.objects.select_related("created_by").get()
    assert (rule.pattern, rule.created_by and rule.created_by.get_username()) == ("bad.example", "grace")


def test_profiles_with_one_account_share_its_limiter(environment: Any) -> None:
    names = [
        sandboxes.account_name(sandboxes.completed(SandboxProfile(kind="joe", name=name, **own)))
        for name, own in {"a": {}, "b": {"tags": "x"}, "c": {"url": "https://other.example", "key": "k"}}.items()
    ]

    assert names[:2] == ["joe", "joe"]
    assert names[2].startswith("joe:")


def asked(settings: Any) -> SandboxProfile:
    settings.OPERATORS = ["soc@corp.example"]
    for pk in quotas.due():
        quotas.ask(pk)
    return SandboxProfile.objects.get()


def test_quota_and_queue_are_asked_after_and_shown(page: Client, environment: Any) -> None:
    profile = asked(environment)

    assert quotas.due() == []
    assert profile.error == ""
    assert "daily left" in text(page.get(change(profile)))
    assert "in the queue" in text(page.get("/status/"))


def test_operators_hear_of_a_quota_before_it_is_used_up(environment: Any, server: JoeServer) -> None:
    server.world.quota_limit, server.world.used = 30, 28
    profile = asked(environment)

    assert profile.error == LOW
    alarms.raise_alarms()
    alarms.raise_alarms()

    mail = bytes(Notification.objects.get(kind="operator_alert").message).decode()
    assert "Only 2 of 30 daily" in mail
    assert "doctor --only sandbox" in mail


def test_a_sandbox_that_is_away_is_alarmed_after_a_while_and_so_is_its_return(
    environment: Any, server: JoeServer
) -> None:
    server.faults.add("server/online", "maintenance", count=1)
    asked(environment)
    assert alarms.raise_alarms() == []
    SandboxProfile.objects.update(failing_since=timezone.now() - timedelta(minutes=6), asked_at=None)
    alarms.raise_alarms()
    asked(environment)
    alarms.raise_alarms()

    assert list(Notification.objects.order_by("pk").values_list("kind", flat=True)) == [
        "operator_alert",
        "operator_recovered",
    ]
