"""Every way to an access token, against strict endpoints; and what is said when there is none."""

from typing import Any

import pytest

from mailmonitor.oauth import Token, TokenError, ask, sign_in_by_device
from tests.fakes.token_server import SECRET, TokenServer
from tests.oauth.conftest import access


def test_the_app_signs_in_with_its_secret(provider: TokenServer) -> None:
    token = ask(access(provider, "microsoft-app"))

    assert [token.value] == provider.world.issued
    assert token.lives == 3600


def test_the_app_signs_in_with_its_certificate(provider: TokenServer, pem: str) -> None:
    token = ask(access(provider, "microsoft-app", client_secret="", key=pem))

    assert [token.value] == provider.world.issued


@pytest.mark.parametrize("way", ["microsoft-user", "google-user", "oauth2"])
def test_a_rotated_refresh_token_is_handed_on(provider: TokenServer, way: str) -> None:
    first = ask(access(provider, way, refresh_token="refresh-1"))
    second = ask(access(provider, way, refresh_token=first.refresh_token))

    assert [first.value, second.value] == provider.world.issued
    assert provider.world.refresh_tokens == {second.refresh_token}


def test_a_person_signs_in_by_device_code(provider: TokenServer) -> None:
    shown: list[str] = []

    token = sign_in_by_device(access(provider, "microsoft-user"), shown.append)

    assert "enter the code ABCD" in shown[0]
    assert provider.world.refresh_tokens >= {token.refresh_token}


def test_a_google_service_account_acts_for_the_mailbox(provider: TokenServer, service_account: str) -> None:
    token = ask(access(provider, "google-service", key=service_account))

    assert [token.value] == provider.world.issued


def test_another_provider_takes_client_credentials(provider: TokenServer) -> None:
    assert [ask(access(provider, "oauth2")).value] == provider.world.issued


@pytest.mark.parametrize(
    ("way", "changes", "words", "fix"),
    [
        ("microsoft-app", {"client_secret": "wrong words"}, "AADSTS7000215", "secret's value"),
        ("microsoft-app", {"client_id": "another"}, "AADSTS700016", "client ID"),
        ("microsoft-app", {"scopes": ("https://graph.microsoft.com/Mail.Read",)}, "AADSTS1002012", "scopes"),
        ("microsoft-user", {"refresh_token": "spent"}, "AADSTS700082", "authorise_mailbox"),
        ("google-user", {"refresh_token": "spent"}, "invalid_grant", "AADSTS"),
        ("oauth2", {"client_secret": "wrong words"}, "invalid_client", "secret"),
        ("google-service", {"username": "ceo@corp.example"}, "unauthorized_client", "delegation"),
    ],
)
def test_a_refusal_is_told_in_the_providers_words_with_what_to_do(
    provider: TokenServer, service_account: str, way: str, changes: dict[str, Any], words: str, fix: str
) -> None:
    more = {"key": service_account} if way == "google-service" else {}
    if fix == "AADSTS":
        fix = "authorise_mailbox"

    error = refused(access(provider, way, **{**more, **changes}))

    assert words in error.reply
    assert fix in error.fix
    assert error.permanent
    assert "wrong words" not in error.reply


def test_a_certificate_that_is_not_registered_is_named(provider: TokenServer, pem: str) -> None:
    provider.world.certificate = None

    assert "Upload the certificate" in refused(access(provider, "microsoft-app", client_secret="", key=pem)).fix


@pytest.mark.parametrize("way", ["microsoft-app", "google-service", "google-user", "oauth2"])
@pytest.mark.parametrize("fault", ["500", "503", "cut", "html-200", "no-data", "truncated", "huge", "deep-json"])
def test_a_broken_provider_is_asked_again(provider: TokenServer, service_account: str, way: str, fault: str) -> None:
    provider.faults.add("token", fault, count=20)
    more = {"key": service_account} if way == "google-service" else {"refresh_token": "refresh-1"}

    error = refused(access(provider, way, **more))

    assert error.fix
    assert not error.permanent
    assert SECRET not in error.reply


def test_an_unknown_authority_is_not_trusted(provider: TokenServer) -> None:
    error = refused(access(provider, "oauth2", ca_file=""))

    assert "CERTIFICATE_VERIFY_FAILED" in error.reply


@pytest.mark.parametrize("url", ["http://login.corp.example/token", "", "ftp://login.corp.example"])
def test_secrets_leave_this_machine_encrypted_only(provider: TokenServer, url: str) -> None:
    assert refused(access(provider, "oauth2", login_url=url)).permanent


@pytest.mark.parametrize("bad", ["a\1b", "a\r\nb", "", "a b"])
def test_a_token_that_could_break_out_of_the_login_is_refused(provider: TokenServer, bad: str) -> None:
    provider.world.mint = lambda user: bad

    assert "no access token" in refused(access(provider, "oauth2")).reply


@pytest.mark.parametrize(("told", "kept"), [(0, 60), (10**9, 86400), (4000, 4000)])
def test_the_life_of_a_token_is_kept_within_reason(provider: TokenServer, told: int, kept: int) -> None:
    provider.world.lives = told

    assert ask(access(provider, "oauth2")).lives == kept


def test_secrets_are_not_shown_by_accident(provider: TokenServer) -> None:
    shown = repr(access(provider, "oauth2", refresh_token="refresh-1")) + repr(Token("access-1", 1, "refresh-2"))

    assert not [secret for secret in (SECRET, "refresh-1", "access-1", "refresh-2") if secret in shown]


def refused(asked: Any) -> TokenError:
    with pytest.raises(TokenError) as caught:
        ask(asked)
    return caught.value
