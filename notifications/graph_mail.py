"""Handing one mail to Microsoft Graph (sendMail), with the faults and phases of `smtp`.

Graph answers 202 when the mail is queued and knows no way to say which one it has already. So an answer that is
lost is an unknown outcome, like a lost answer to the final dot.
https://learn.microsoft.com/graph/api/user-sendmail
"""

import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from email.parser import BytesHeaderParser
from email.policy import compat32

from django.conf import settings
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from mailmonitor.graph import Graph, GraphError
from notifications.smtp import PORTS, Relay, Route, SmtpError

ABOUT_THE_MAIL = (400, 413, 422)
NOT_NOW = 503
NEVER_REACHED = (NewConnectionError, ConnectTimeoutError, ssl.SSLCertVerificationError)


def send(message: bytes, route: Route, *, before_dot: Callable[[], None]) -> str:
    """Hand the message over and return Graph's answer, `202` and the id of the request. Raises SmtpError.

    `before_dot` is called when nothing but the request itself is left to do.
    """
    refuse_blind_copy(message, route.to)
    token = access_token(route.relay)
    graph = Graph(host(route.relay), route.relay.user, lambda: token, ca_file=settings.CA_FILE)
    with closing(graph.session):
        before_dot()
        try:
            return graph.send(message)
        except GraphError as error:
            raise fault(error) from error


def probe(place: Relay) -> str:
    """Get a token, in words. Whether it may send is only seen by sending. Raises SmtpError."""
    access_token(place)
    return f"{host(place)}, Microsoft Graph, a token was given"


def send_as(message: bytes, route: Route) -> str:
    """Graph sends as the account alone, whatever stands in the mail. Raises SmtpError."""
    return send(message, route, before_dot=lambda: None)


def try_sender(place: Relay, sender: str) -> str:
    return "Graph only tells when a mail is sent"


def access_token(place: Relay) -> str:
    if place.token is None or not place.user:
        raise SmtpError("", cause="Graph needs a sign-in and the address that sends: graph://user@graph.microsoft.com")
    return place.token()


def host(place: Relay) -> str:
    return place.host if place.port == PORTS["graph"] else f"{place.host}:{place.port}"


def refuse_blind_copy(message: bytes, to: str) -> None:
    """Graph writes to whom the headers name, and has no envelope."""
    if BytesHeaderParser(policy=compat32).parsebytes(message)["To"] != to:
        raise SmtpError("", permanent=True, cause="Graph sends to the To line alone: a blind copy needs an SMTP relay")


def fault(error: GraphError) -> SmtpError:
    """A refusal of the mail, of our rights or for now; nothing that has reached Graph; or an unknown outcome."""
    if error.status in ABOUT_THE_MAIL:
        return SmtpError(str(error), permanent=True, phase="after")
    if error.status == 0 and any(isinstance(one, NEVER_REACHED) for one in causes(error)):
        return SmtpError("", cause=str(error))
    if error.status == 0 or (error.status >= 500 and error.status != NOT_NOW):
        return SmtpError("", phase="after", cause=str(error))
    return SmtpError(str(error), phase="after")


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, down to the socket's."""
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__ or one.__context__
