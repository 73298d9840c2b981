"""Access tokens for mail accounts (OAuth 2.0, RFC 6749): asks the provider, knows no tables.

    TokenError
      permanent   asking again cannot help before somebody changes something
      reply       the provider's exact words, never a secret
      fix         one sentence that tells a person what to do

Microsoft is asked by msal, Google by google-auth, everybody else as the RFC says.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msal
import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request as GoogleRequest
from google.oauth2.credentials import Credentials as GoogleUser
from google.oauth2.service_account import Credentials as GoogleService

from mailmonitor.hosts import is_loopback
from mailmonitor.web import Session

MICROSOFT = "https://login.microsoftonline.com"
GOOGLE = "https://oauth2.googleapis.com/token"
GOOGLE_MAIL = "https://mail.google.com/"
SHORTEST, USUAL, LONGEST = 60, 3600, 24 * 3600
WORDS = 500


class TokenError(Exception):
    """The provider gave no token."""

    def __init__(self, reply: str, *, fix: str, permanent: bool = False) -> None:
        super().__init__(reply)
        self.reply = reply
        self.fix = fix
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Access:
    """What a provider wants to know before it gives a token.

    `way` is one of WAYS. `key` is a PEM file's text (private key and certificate) for Microsoft, the JSON key
    of a service account for Google. `login_url` replaces the provider's public address: a national cloud's
    login host for Microsoft, the token URL for the others. `username` is the mailbox a Google service account
    acts for. `ca_file` names authorities to trust beside the system's.
    """

    way: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    tenant: str = ""
    username: str = ""
    login_url: str = ""
    scopes: tuple[str, ...] = ()
    ca_file: str = ""

    @property
    def secrets(self) -> list[str]:
        return [text for text in (self.client_secret, self.key, self.refresh_token) if text]


@dataclass(frozen=True, slots=True)
class Token:
    """`lives` is in seconds. `refresh_token` is the one to use from now on; empty when it stays as it was."""

    value: str = field(repr=False)
    lives: int
    refresh_token: str = field(default="", repr=False)


def ask(access: Access) -> Token:
    """A fresh access token. Raises TokenError."""
    with explained(access), Session(access.ca_file) as session:
        return WAYS[access.way](access, session)


def microsoft_app(access: Access, session: Session) -> Token:
    """Client credentials, with a secret or a certificate: the app signs in for itself."""
    credential: str | dict[str, str] = access.client_secret
    if access.key:
        credential = {"private_key": access.key, "public_certificate": access.key}
    app = msal.ConfidentialClientApplication(
        access.client_id,
        client_credential=credential,
        authority=authority(access),
        http_client=session,
        instance_discovery=False,
    )
    return from_answer(app.acquire_token_for_client(list(access.scopes)))


def microsoft_user(access: Access, session: Session) -> Token:
    """Delegated access: Microsoft rotates the refresh token at each use."""
    answer = public_app(access, session).acquire_token_by_refresh_token(access.refresh_token, list(access.scopes))
    return from_answer(answer)


def public_app(access: Access, session: Session) -> msal.PublicClientApplication:
    return msal.PublicClientApplication(
        access.client_id, authority=authority(access), http_client=session, instance_discovery=False
    )


def sign_in_by_device(access: Access, show: Callable[[str], None]) -> Token:
    """Delegated access by device code: `show` gets the sentence for the person. Blocks until it is done."""
    with explained(access), Session(access.ca_file) as session:
        app = public_app(access, session)
        flow = app.initiate_device_flow(list(access.scopes))
        if "user_code" not in flow:
            return from_answer(flow)
        show(str(flow["message"]))
        return from_answer(app.acquire_token_by_device_flow(flow))


def authority(access: Access) -> str:
    return f"{(access.login_url or MICROSOFT).rstrip('/')}/{access.tenant or 'organizations'}"


def google_service(access: Access, session: Session) -> Token:
    """A service account with domain-wide delegation, acting for the mailbox."""
    facts = json.loads(access.key)
    if access.login_url:
        facts["token_uri"] = access.login_url
    must_be_encrypted(str(facts.get("token_uri", "")))
    credentials = GoogleService.from_service_account_info(  # type: ignore[no-untyped-call]
        facts, scopes=list(access.scopes or (GOOGLE_MAIL,)), subject=access.username
    )
    credentials.refresh(GoogleRequest(session))
    return from_answer({"access_token": credentials.token, "expires_in": left(credentials)})


def google_user(access: Access, session: Session) -> Token:
    """The refresh token of an installed app."""
    credentials = GoogleUser(  # type: ignore[no-untyped-call]
        None,
        refresh_token=access.refresh_token,
        token_uri=access.login_url or GOOGLE,
        client_id=access.client_id,
        client_secret=access.client_secret,
    )
    credentials.refresh(GoogleRequest(session))  # type: ignore[no-untyped-call]
    answer = {"access_token": credentials.token, "refresh_token": credentials.refresh_token}
    return from_answer({**answer, "expires_in": left(credentials)})


def left(credentials: GoogleService | GoogleUser) -> int:
    """Seconds until the token ends; google-auth tells the moment, in UTC without a zone."""
    if credentials.expiry is None:
        return USUAL
    return max(0, int((credentials.expiry.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()))


def standard(access: Access, session: Session) -> Token:
    """RFC 6749 sections 4.4 (client credentials) and, when there is a refresh token, 6."""
    must_be_encrypted(access.login_url)
    form = {"client_id": access.client_id, "client_secret": access.client_secret, "scope": " ".join(access.scopes)}
    if access.refresh_token:
        form |= {"grant_type": "refresh_token", "refresh_token": access.refresh_token}
    else:
        form |= {"grant_type": "client_credentials"}
    answer = session.post(access.login_url, data={name: value for name, value in form.items() if value})
    return from_answer(answer.json())


WAYS: dict[str, Callable[[Access, Session], Token]] = {
    "microsoft-app": microsoft_app,
    "microsoft-user": microsoft_user,
    "google-service": google_service,
    "google-user": google_user,
    "oauth2": standard,
}


def usual_scopes(way: str, host: str) -> str:
    """What a mailbox at this host needs. Microsoft names the resource in the scope, which differs by cloud."""
    if way == "microsoft-app":
        return f"https://{host}/.default"
    if way == "microsoft-user":
        rights = ("Mail.ReadWrite", "Mail.Send") if "graph" in host else ("IMAP.AccessAsUser.All", "SMTP.Send")
        return " ".join(f"https://{host}/{right}" for right in rights)
    return GOOGLE_MAIL if way.startswith("google") else ""


def must_be_encrypted(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise TokenError(f"{url or 'nothing'} is no https:// address", fix="Enter the token URL.", permanent=True)


def from_answer(answer: Any) -> Token:
    """The token of a provider's JSON answer (RFC 6749 sections 5.1 and 5.2)."""
    if not isinstance(answer, dict):
        raise ValueError("the answer is no JSON object")
    if answer.get("error"):
        raise refused(f"{answer['error']}: {answer.get('error_description') or 'no reason given'}")
    token = answer.get("access_token")
    # A control character would end the SASL message that carries it (RFC 7628)
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token):
        raise ValueError("the answer holds no access token")
    told = answer.get("expires_in")
    lives = int(told) if isinstance(told, int | str) and str(told).isdigit() else USUAL
    rotated = answer.get("refresh_token")
    return Token(token, min(max(lives, SHORTEST), LONGEST), rotated if isinstance(rotated, str) else "")


FIXES = (
    ("AADSTS7000215", "Enter the client secret's value, not its ID."),
    ("AADSTS7000222", "The client secret has expired: make a new one in the app registration and enter it."),
    ("AADSTS700016|AADSTS90002", "Check the tenant and the client ID in the app registration."),
    ("AADSTS700027|AADSTS5000224", "Upload the certificate of this key to the app registration."),
    ("AADSTS700082|AADSTS50173|AADSTS65001", "Sign in again: manage.py authorise_mailbox."),
    ("AADSTS5007[69]|AADSTS53003", "Conditional access asks for more than we can give: exempt the account."),
    ("unauthorized_client", "Grant the client the scope: admin consent, or Google's domain-wide delegation."),
    ("invalid_client", "The provider refuses the client ID or its secret: check both."),
    ("invalid_grant", "The sign-in is no longer valid: sign in again and enter the new refresh token."),
    ("invalid_scope|AADSTS70011|AADSTS1002012", "Check the scopes."),
)
LATER = "temporarily_unavailable|server_error|slow_down|AADSTS90033|AADSTS50196|internal_failure"


def refused(reply: str) -> TokenError:
    """The provider said no."""
    if re.search(LATER, reply):
        return TokenError(reply, fix="The provider is busy: it is asked again.")
    fix = next((fix for sign, fix in FIXES if re.search(sign, reply)), "Check the sign-in's values.")
    return TokenError(reply, fix=fix, permanent=True)


@contextmanager
def explained(access: Access) -> Iterator[None]:
    """Whatever the libraries raise inside leaves as a TokenError without a secret in its words."""
    try:
        yield
    except TokenError as error:
        raise TokenError(words(error, access), fix=error.fix, permanent=error.permanent) from None
    except RefreshError as error:
        told = refused(words(error, access))
        raise TokenError(told.reply, fix=told.fix, permanent=told.permanent and not error.retryable) from None
    except (requests.RequestException, OSError) as error:
        fix = "The provider cannot be reached: check the network, a proxy (HTTPS_PROXY), and the address."
        raise TokenError(words(error, access), fix=fix) from None
    except (GoogleAuthError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        fix = "Check the sign-in's values: key, tenant and addresses."
        raise TokenError(words(error, access), fix=fix) from None


def words(error: Exception, access: Access) -> str:
    """On one line, cut, and without the secrets that a provider may repeat."""
    text = " ".join(str(error).split()) or type(error).__name__
    for secret in access.secrets:
        text = text.replace(secret, "***")
    return text[:WORDS]
