"""Sign-ins: renewed in time, once at a time, and nothing that a provider rotates is lost."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mailmonitor import grants
from mailmonitor.models import Event, Grant
from mailmonitor.oauth import Token, TokenError
from tests import rows
from tests.fakes.token_server import CLIENT, SECRET, TENANT, TokenServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(provider: TokenServer, settings: Any) -> Grant:
    settings.CA_FILE = provider.ca_file
    return Grant.objects.create(
        name="Microsoft 365",
        way="microsoft-user",
        tenant=TENANT,
        client_id=CLIENT,
        refresh_token="refresh-1",
        login_url=provider.url,
        scopes="https://outlook.office365.com/IMAP.AccessAsUser.All",
    )


def test_a_token_is_kept_and_used_again(grant: Grant, provider: TokenServer) -> None:
    first, second = grants.access_token(grant.pk), grants.access_token(grant.pk)

    assert first == second == provider.world.issued[0]
    assert len(provider.world.issued) == 1


def test_it_is_renewed_at_four_fifths_of_its_life(grant: Grant, provider: TokenServer) -> None:
    provider.world.lives = 1000
    grants.access_token(grant.pk)

    grant.refresh_from_db()
    assert grant.due_at is not None
    assert grant.renewed_at is not None
    assert abs(grant.due_at - grant.renewed_at - timedelta(seconds=800)) < timedelta(seconds=20)
    assert grants.due() == []

    Grant.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert grants.due() == [grant.pk]
    assert grants.renew(grant.pk)
    assert grants.access_token(grant.pk) == provider.world.issued[1]


def test_a_rotated_refresh_token_is_kept_encrypted(grant: Grant, provider: TokenServer) -> None:
    grants.renew(grant.pk)
    grants.renew(grant.pk)

    grant.refresh_from_db()
    assert {grant.refresh_token} == provider.world.refresh_tokens
    raw = Grant.objects.extra(select={"raw": "refresh_token"}).values_list("raw", flat=True)[0]
    assert grant.refresh_token not in raw


def test_the_old_token_serves_while_the_provider_fails(grant: Grant, provider: TokenServer) -> None:
    token = grants.access_token(grant.pk)
    provider.world.refusal = "temporarily_unavailable: try later"
    grants.renew(grant.pk)

    grant.refresh_from_db()
    assert grants.access_token(grant.pk) == token
    assert grant.failing_since is not None
    assert grant.due_at is not None
    assert grant.due_at > timezone.now()


def test_a_failure_is_told_and_so_is_its_end(grant: Grant, provider: TokenServer) -> None:
    provider.world.refusal = "invalid_grant: AADSTS700082: The refresh token has expired"
    with pytest.raises(TokenError, match="AADSTS700082"):
        grants.access_token(grant.pk)
    with pytest.raises(TokenError, match="AADSTS700082"):
        grants.access_token(grant.pk)
    provider.world.refusal = ""
    grants.renew(grant.pk)

    grant.refresh_from_db()
    assert (grant.failing_since, grant.error) == (None, "")
    assert list(Event.objects.values_list("kind", flat=True)) == ["failing", "recovered"]


def test_a_token_that_a_server_refused_is_asked_for_anew(grant: Grant, provider: TokenServer) -> None:
    grants.access_token(grant.pk)
    grants.distrust(grant.pk)
    assert grants.access_token(grant.pk) == provider.world.issued[0]

    Grant.objects.update(renewed_at=timezone.now() - timedelta(minutes=5))
    grants.distrust(grant.pk)

    assert grants.access_token(grant.pk) == provider.world.issued[1]


def test_a_disabled_sign_in_gives_nothing(grant: Grant) -> None:
    Grant.objects.update(state="disabled", due_at=None)

    with pytest.raises(TokenError, match="disabled"):
        grants.access_token(grant.pk)


def test_who_needs_a_token_that_is_being_renewed_waits_for_it(
    grant: Grant, provider: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Grant.claim(grant.pk, ["active"], grants.LEASE)
    assert other is not None
    monkeypatch.setattr(grants.time, "sleep", lambda _: grants.keep(other, Token("of the other", 3600)))

    assert grants.access_token(grant.pk) == "of the other"
    assert provider.world.issued == []


def test_who_waits_too_long_is_told(grant: Grant, monkeypatch: pytest.MonkeyPatch) -> None:
    Grant.claim(grant.pk, ["active"], grants.LEASE)
    monkeypatch.setattr(grants, "PATIENCE", 0.1)

    with pytest.raises(TokenError, match="renewed elsewhere"):
        grants.access_token(grant.pk)


def test_the_sign_in_of_the_environment_keeps_what_was_rotated(provider: TokenServer, settings: Any) -> None:
    settings.CA_FILE = provider.ca_file
    settings.MAILBOX_URL = "imaps://sandbox%40corp.example@outlook.office365.com"
    settings.OAUTH = {
        **dict.fromkeys(settings.OAUTH, ""),
        "way": "oauth2",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "refresh_token": "refresh-1",
        "login_url": f"{provider.url}/token",
    }
    row = grants.from_environment()
    assert row is not None
    grants.access_token(row.pk)
    grants.from_environment()

    row.refresh_from_db()
    assert {row.refresh_token} == provider.world.refresh_tokens
    assert row.username == "sandbox@corp.example"

    settings.OAUTH = {**settings.OAUTH, "refresh_token": "refresh-2"}
    grants.from_environment()
    row.refresh_from_db()
    assert row.refresh_token == "refresh-2"
    assert grants.usable(row) == ""


def test_a_person_signs_in_on_the_command_line(grant: Grant, provider: TokenServer) -> None:
    Grant.objects.update(refresh_token="")
    rows.mailbox("Reports", grant=grant)
    out = io.StringIO()

    call_command("authorise_mailbox", "Reports", stdout=out)

    grant.refresh_from_db()
    assert "enter the code ABCD" in out.getvalue()
    assert grant.refresh_token in provider.world.refresh_tokens
    assert grants.access_token(grant.pk) == provider.world.issued[0]
    assert grants.access_token(grant.pk) not in out.getvalue()


def test_a_mailbox_that_nobody_signs_in_to_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="no mailbox Reports that a person signs in to"):
        call_command("authorise_mailbox", "Reports")
