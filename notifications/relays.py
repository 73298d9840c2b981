"""By which relay a mail goes, that of its outgoing server, else that of EMAIL_URL; and handing it over."""

from collections.abc import Callable

from django.conf import settings

from mailmonitor import grants
from mailmonitor.oauth import TokenError
from notifications import graph_mail, smtp
from notifications.models import OutgoingServer
from notifications.smtp import Relay, Route, SmtpError, relay


def relay_of(outgoing: OutgoingServer | None) -> Relay:
    """Raises SmtpError with the fix for an address that cannot be used."""
    if outgoing is not None:
        return relay(outgoing.url, token_of(outgoing.grant_id))
    return relay(settings.EMAIL_URL, token_of(from_environment()))


def send(message: bytes, route: Route, *, before_dot: Callable[[], None]) -> str:
    """Hand the message over and return what the relay said. Raises SmtpError."""
    way = graph_mail.send if route.relay.security == "graph" else smtp.send
    return way(message, route, before_dot=before_dot)


def send_as(message: bytes, route: Route) -> str:
    """The same as a person's mail program does it, with their address in the envelope. Raises SmtpError."""
    way = graph_mail.send_as if route.relay.security == "graph" else smtp.send_as
    return way(message, route)


def probe(place: Relay) -> str:
    """What the relay is, in words; nothing is sent. Raises SmtpError."""
    return graph_mail.probe(place) if place.security == "graph" else smtp.probe(place)


def try_sender(place: Relay, sender: str) -> str:
    """Whether the relay takes mails from this address, in words; nothing is sent. Raises SmtpError."""
    way = graph_mail.try_sender if place.security == "graph" else smtp.try_sender
    return way(place, sender)


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
