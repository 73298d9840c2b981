"""By which relay a mail goes: that of its outgoing server, else that of EMAIL_URL."""

from collections.abc import Callable

from django.conf import settings

from mailmonitor import grants
from mailmonitor.oauth import TokenError
from notifications.models import OutgoingServer
from notifications.smtp import Relay, SmtpError, relay


def relay_of(outgoing: OutgoingServer | None) -> Relay:
    """Raises SmtpError with the fix for an address that cannot be used."""
    if outgoing is not None:
        return relay(outgoing.url, token_of(outgoing.grant_id))
    return relay(settings.EMAIL_URL, token_of(from_environment()))


def from_environment() -> int | None:
    """The sign-in of the environment, when EMAIL_OAUTH says that the relay takes it too."""
    grant = grants.from_environment() if settings.EMAIL_OAUTH else None
    return grant.pk if grant else None


def token_of(grant: int | None) -> Callable[[], str] | None:
    if grant is None:
        return None
    return lambda: access_token(grant)


def access_token(grant: int) -> str:
    """A good access token of the sign-in. Raises SmtpError."""
    try:
        return grants.access_token(grant)
    except TokenError as error:
        raise SmtpError("", cause=f"no access token: {error.reply}. {error.fix}") from error
