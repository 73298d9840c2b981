"""Handing one mail to the relay, so that we know at any moment whether it may have been accepted.

    SmtpError
      permanent     the relay refused this mail for good (5xx to MAIL, RCPT, DATA or the dot)
      phase         "before" the final dot: surely not delivered; "after": only the reply tells
      reply         what the relay said; empty when the connection died or stayed silent

RFC 1047: between the final dot and its 250 neither side can know. RFC 5321 4.5.3.2.6: that 250 may take
ten minutes. Whatever happens after the 250 is of no interest.
"""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import unquote, urlsplit

from django.conf import settings

from mailmonitor.hosts import may_be_plain
from mailmonitor.tls import trusting

CONNECT_SECONDS = 30.0
COMMAND_SECONDS = 60.0
FINAL_SECONDS = 600.0
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465, "graph": 443}
NULL_SENDER = ""
# 530 and 535 speak of the connection's rights, not of this mail.
ABOUT_THE_LINK = (530, 535, 538)
Phase = Literal["before", "after"]


class SmtpError(Exception):
    """The mail was not accepted, or nobody knows whether it was."""

    def __init__(self, reply: str, *, permanent: bool = False, phase: Phase = "before", cause: str = "") -> None:
        super().__init__(reply or cause or "the connection was lost")
        self.reply = reply
        self.permanent = permanent
        self.phase = phase

    @property
    def unknown(self) -> bool:
        """Whether the mail may have been accepted all the same."""
        return self.phase == "after" and not self.reply


@dataclass(frozen=True)
class Relay:
    """Where outgoing mail goes. `security` is smtp, smtp+tls (STARTTLS), smtps or graph.

    `token` gives an OAuth2 access token; then the login is XOAUTH2 instead of a password's.
    """

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = None


def relay(url: str, token: Callable[[], str] | None = None) -> Relay:
    """`smtp+tls://user:password@host:587`. Raises SmtpError with the fix for a URL that cannot be used."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in PORTS or not parts.hostname:
        raise SmtpError(
            "",
            cause="EMAIL_URL must be smtp://, smtp+tls://, smtps:// or graph:// with a host, such as smtp+tls://user:password@mail.example:587",
        )
    if parts.scheme == "smtp" and not may_be_plain(parts.hostname, settings.INSECURE_HOSTS):
        raise SmtpError(
            "", cause=f"EMAIL_URL sends in the clear to {parts.hostname}: use smtp+tls:// or name it in INSECURE_HOSTS"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Relay(parts.hostname, port or PORTS[parts.scheme], parts.scheme, user, password, token)


@dataclass(frozen=True)
class Route:
    """From whom to whom by which relay. `sender` takes part only where the relay refuses the null one."""

    relay: Relay
    sender: str
    to: str


def send(message: bytes, route: Route, *, before_dot: Callable[[], None]) -> str:
    """Hand the message over and return the relay's last line, such as `250 2.0.0 Ok: queued as 4711`.

    The envelope's sender is the null one, so that no bounce starts a loop; where the relay refuses that,
    it is `sender`. `before_dot` is called when everything but the final dot is sent; what it raises ends
    the connection without the dot. Raises SmtpError.
    """
    with connection(route.relay) as link:
        try:
            return transaction(link, message, replace(route, sender=NULL_SENDER), before_dot=before_dot)
        except SmtpError as error:
            if not error.permanent or not refuses_sender(error) or not route.sender:
                raise
        command(link, "RSET", permanent_codes=False)
        return transaction(link, message, route, before_dot=before_dot)


def send_as(message: bytes, route: Route) -> str:
    """The same with `route.sender` in the envelope, as a person's mail program sends. Raises SmtpError."""
    with connection(route.relay) as link:
        return transaction(link, message, route, before_dot=lambda: None)


def try_sender(place: Relay, sender: str) -> str:
    """What the relay says to this sender; nothing is sent. Raises SmtpError."""
    with connection(place) as link:
        reply = command(link, f"MAIL FROM:<{sender}>")
        command(link, "RSET")
    return f"{sender} is accepted: {reply}"


def probe(place: Relay) -> str:
    """Greet the relay and log in, send nothing: what it is, in words. Raises SmtpError."""
    with connection(place) as link:
        command(link, "NOOP")
    ways = {"smtp": "not encrypted", "smtp+tls": "STARTTLS", "smtps": "TLS"}
    return f"{place.host}:{place.port}, {ways[place.security]}{', logged in' if place.user else ''}"


def refuses_sender(error: SmtpError) -> bool:
    """Whether the relay may take the mail under another sender: Exchange says so only after the dot."""
    return error.phase == "before" or "SendAsDenied" in error.reply or " 5.7.60 " in error.reply


@contextmanager
def connection(place: Relay) -> Iterator[smtplib.SMTP]:
    """A greeted, encrypted and authenticated connection."""
    with faults():
        link = opened(place)
    try:
        yield link
    finally:
        with suppress(OSError, smtplib.SMTPException):
            link.quit()
        link.close()


def opened(place: Relay) -> smtplib.SMTP:
    context = None if place.security == "smtp" else trusting(settings.CA_FILE)
    if place.security == "smtps":
        link: smtplib.SMTP = smtplib.SMTP_SSL(place.host, place.port, timeout=CONNECT_SECONDS, context=context)
    else:
        link = smtplib.SMTP(place.host, place.port, timeout=CONNECT_SECONDS)
    try:
        set_timeout(link, COMMAND_SECONDS)
        link.ehlo_or_helo_if_needed()
        if place.security == "smtp+tls":
            link.starttls(context=context)
            link.ehlo()
        log_in(link, place)
    except (OSError, smtplib.SMTPException):
        link.close()
        raise
    return link


def log_in(link: smtplib.SMTP, place: Relay) -> None:
    """By XOAUTH2 where there is a token, by password where there is a user, else not at all."""
    if place.token:
        start = f"user={place.user}\1auth=Bearer {place.token()}\1\1"
        link.auth("XOAUTH2", lambda challenge=None: start if challenge is None else "", initial_response_ok=True)
    elif place.user:
        link.login(place.user, place.password)


def set_timeout(link: smtplib.SMTP, seconds: float) -> None:
    if link.sock:
        link.sock.settimeout(seconds)


@contextmanager
def faults(phase: Phase = "before") -> Iterator[None]:
    """What smtplib and the socket raise, as a fault of the link: never a refusal of the mail."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise SmtpError(line(error.smtp_code, error.smtp_error), phase=phase) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise SmtpError("", phase=phase, cause=str(error)) from error


def transaction(link: smtplib.SMTP, message: bytes, route: Route, *, before_dot: Callable[[], None]) -> str:
    command(link, f"MAIL FROM:<{route.sender}>")
    command(link, f"RCPT TO:<{route.to}>")
    command(link, "DATA", expected=354)
    with faults():
        link.send(stuffed(message))
    with ExitStack() as unsure:
        # Without the dot the relay must forget the mail; a QUIT here would be read as its next line.
        unsure.callback(link.close)
        before_dot()
        unsure.pop_all()
    set_timeout(link, FINAL_SECONDS)
    with faults("after"):
        link.send(b".\r\n")
        code, reply = link.getreply()
    if code != 250:
        raise SmtpError(line(code, reply), permanent=500 <= code < 600, phase="after")
    return line(code, reply)


def command(link: smtplib.SMTP, words: str, *, expected: int = 250, permanent_codes: bool = True) -> str:
    """Say one command, demand its answer and give it back."""
    with faults():
        code, reply = link.docmd(words)
    if code != expected and code != 251:
        permanent = permanent_codes and 500 <= code < 600 and code not in ABOUT_THE_LINK
        raise SmtpError(line(code, reply), permanent=permanent)
    return line(code, reply)


def stuffed(message: bytes) -> bytes:
    """The message with doubled leading dots (RFC 5321 4.5.2), ending in CRLF, without the final dot."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if one.startswith(b".") else b"") + one + b"\r\n" for one in lines)


def line(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(f"{code} {text}".split())[:500]
