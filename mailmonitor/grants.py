"""Sign-ins: whose access token is used, and when it is renewed.

A token is renewed at 80 % of its life by whoever notices, under the row's lease. What a provider rotates is
kept in the same stroke, so that no refresh token is lost and none is used twice.
"""

import hashlib
import logging
import time
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models.functions import Now

from mailmonitor.models import Grant, now
from mailmonitor.oauth import Access, Token, TokenError, ask, usual_scopes

log = logging.getLogger(__name__)
SHARE = 0.8
LEASE = timedelta(seconds=90)
AGAIN = timedelta(seconds=60)
PATIENCE = 30.0
NAME = "environment"


def access_token(pk: int) -> str:
    """A token that is still good; renewed first when it is not. Raises TokenError. Called outside transactions."""
    end = time.monotonic() + PATIENCE
    while not (token := usable(grant := Grant.objects.get(pk=pk))):
        if grant.state != Grant.State.ACTIVE:
            raise TokenError("the sign-in is disabled", fix=f"Enable the sign-in {grant}.", permanent=True)
        if grant.failing_since and not is_due(grant):
            raise TokenError(grant.error, fix=grant.error_fix)
        if not renew(pk) and time.monotonic() > end:
            raise TokenError("the token is being renewed elsewhere", fix="It is tried again.")
        time.sleep(0.05)
    return token


def usable(grant: Grant) -> str:
    """The token kept, or nothing when its time is over."""
    fresh = grant.expires_at is not None and grant.expires_at > now()
    return grant.access_token if fresh else ""


def is_due(grant: Grant) -> bool:
    return grant.due_at is not None and grant.due_at <= now()


def due() -> list[int]:
    """The sign-ins whose token wants to be renewed."""
    from_environment()
    return Grant.due([Grant.State.ACTIVE])


def renew(pk: int) -> bool:
    """Ask the provider for a token and keep it. False when somebody else does so now, or it failed."""
    grant = Grant.claim(pk, [Grant.State.ACTIVE], LEASE)
    if grant is None:
        return False
    try:
        token = ask(access(grant))
    except TokenError as error:
        failed(grant, error)
        return False
    keep(grant, token)
    return True


def keep(grant: Grant, token: Token) -> None:
    """Record a token. Raises LeaseLost when the row was changed meanwhile."""
    was_failing = grant.failing_since is not None
    rotated = {"refresh_token": token.refresh_token} if token.refresh_token else {}
    grant.release(
        due_in=timedelta(seconds=token.lives * SHARE),
        access_token=token.value,
        renewed_at=Now(),
        expires_at=Now() + timedelta(seconds=token.lives),
        failing_since=None,
        error="",
        error_fix="",
        **rotated,
    )
    if was_failing:
        grant.tell("recovered", "The provider gives tokens again.")


def adopt(pk: int, token: Token) -> None:
    """Keep what a person's sign-in gave. Raises TokenError when the old one is being renewed at this moment."""
    grant = Grant.claim(pk, [Grant.State.ACTIVE], LEASE)
    if grant is None:
        raise TokenError("the sign-in is disabled or being renewed", fix="Try again in a minute.")
    keep(grant, token)


def failed(grant: Grant, error: TokenError) -> None:
    """The old token is used as long as it lives; the provider is asked again each minute."""
    log.warning("sign-in %s: %s", grant, error)
    if not grant.failing_since:
        grant.tell("failing", error.reply)
    since = grant.failing_since or now()
    grant.release(due_in=AGAIN, failing_since=since, error=error.reply, error_fix=error.fix)


def distrust(pk: int) -> None:
    """A server has refused the token: it may have been revoked, so the next one to need it asks for another."""
    Grant.objects.filter(pk=pk, token=None, renewed_at__lt=Now() - AGAIN).update(expires_at=None, due_at=Now())


def access(grant: Grant) -> Access:
    """What the provider is told."""
    return Access(
        way=grant.way,
        client_id=grant.client_id,
        client_secret=grant.client_secret,
        key=grant.key,
        refresh_token=grant.refresh_token,
        tenant=grant.tenant,
        username=grant.username,
        login_url=grant.login_url,
        scopes=tuple(grant.scopes.split()),
        ca_file=settings.CA_FILE,
    )


def from_environment() -> Grant | None:
    """Keep the sign-in of OAUTH_KIND as a row like any other.

    The row is written only when the environment has changed, for the provider may have rotated the refresh token.
    """
    if not settings.OAUTH["way"]:
        return None
    values = with_defaults(settings.OAUTH)
    told = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
    grant, made = Grant.objects.get_or_create(name=NAME, defaults={**values, "given": told})
    if not made and grant.given != told:
        Grant.objects.filter(pk=grant.pk).update(**values, given=told, due_at=Now(), expires_at=None)
        grant.refresh_from_db()
    return grant


def with_defaults(values: dict[str, str]) -> dict[str, str]:
    """What MAILBOX_URL says already need not be said again."""
    mailbox = urlsplit(settings.MAILBOX_URL)
    return {
        **values,
        "username": values["username"] or unquote(mailbox.username or ""),
        "scopes": values["scopes"] or usual_scopes(values["way"], mailbox.hostname or ""),
    }
