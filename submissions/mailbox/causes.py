"""From what a library raised to what a person can do: the only place that knows both."""

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from submissions.mailbox.base import Account, MailboxError, Step

# Besides its own error class, the IMAP library lets the sockets' errors through, and answers that are
# not IMAP surface as whatever its parser stumbled over.
FAULTS = (imaplib.IMAP4.error, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
WORDS = 500
LONGEST_PAUSE = 3600.0
PAUSE = r"\[(UNAVAILABLE|INUSE|LIMIT)\]|throttl|too many"
MICROSOFT = r"(^|\.)(office365|outlook|hotmail)\.(com|cn|de|us)$"
LOOK_CLOSER = "check its name."


class Cause(NamedTuple):
    """A fault seen at `step` (any, when empty) whose type and words match `sign`. `host` narrows it."""

    step: str
    sign: str
    fix: str
    permanent: bool = False
    host: str = ""


CAUSES = (
    Cause("connect", "gaierror", "No address is known for {host}: check its spelling, and this machine's DNS.", True),
    Cause(
        "connect",
        "ConnectionRefused",
        "Nothing listens at {host}:{port}: check that the server runs, and the port (993 for TLS, 143 for STARTTLS).",
    ),
    Cause(
        "connect",
        "",
        "{host}:{port} cannot be reached: check the port, and whether a firewall is in between.",
    ),
    Cause(
        "tls",
        "mismatch|doesn't match|not valid for",
        "The certificate was issued for another name: enter the name that stands in it as the host.",
        True,
    ),
    Cause("tls", "expired|not yet valid", "The server's certificate is out of date: have it renewed.", True),
    Cause(
        "tls",
        "CERTIFICATE_VERIFY_FAILED",
        "Nobody trusted here signed the certificate: name the authority's PEM file (the CA file, or SSL_CERT_FILE).",
        True,
    ),
    Cause(
        "tls",
        "WRONG_VERSION_NUMBER|record layer failure|UNEXPECTED_EOF|unknown protocol",
        "Port {port} of {host} does not speak TLS at once: choose STARTTLS, or the TLS port (993).",
        True,
    ),
    Cause(
        "tls", "does not support STARTTLS|CapabilityError", "{host} offers no STARTTLS: choose TLS on port 993.", True
    ),
    Cause("tls", "", "The encrypted connection to {host}:{port} failed: check port and kind of encryption."),
    Cause(
        "greeting",
        "timed out",
        "{host}:{port} is silent: it may expect TLS at once (port 993), or be overloaded.",
    ),
    Cause("greeting", "", "{host}:{port} does not greet like an IMAP server: check host, port and encryption."),
    Cause("login", PAUSE, "The server is busy: it is asked again later."),
    Cause(
        "login",
        "TokenRefused",
        "Exchange Online refuses the token: check the permission IMAP.AccessAsApp (or IMAP.AccessAsUser.All) with its "
        "consent, and that New-ServicePrincipal and Add-MailboxPermission were run for this mailbox.",
        True,
        MICROSOFT,
    ),
    Cause("login", "TokenRefused", "The server refuses the token: check user name, scopes, and its consent.", True),
    Cause(
        "",
        "authenticated but not connected",
        "Exchange knows us but opens no mailbox: check Add-MailboxPermission and that the mailbox exists; it also says "
        "so when it is overloaded.",
    ),
    Cause(
        "login",
        "",
        "Exchange Online takes no passwords for IMAP any more: this mailbox needs OAuth2.",
        True,
        MICROSOFT,
    ),
    Cause(
        "login",
        "",
        "Google takes no account passwords for IMAP: use an app password (with 2-step verification), or OAuth2.",
        True,
        r"(^|\.)(gmail|googlemail)\.com$",
    ),
    Cause(
        "login",
        "LOGINDISABLED|PRIVACYREQUIRED|insecure|plaintext",
        "The server takes no password over an open connection: choose TLS or STARTTLS.",
        True,
    ),
    Cause(
        "login",
        "LoginError",
        "The server refused user name or password: check both, and that the account may use IMAP.",
        True,
    ),
    Cause("login", "", "The connection broke while logging in: it is tried again later."),
    Cause("folder", "is not writable", "The account may only read this folder: give it the right to move mails.", True),
    Cause("folder", "failed", f"The folder {{folder}} cannot be opened: {LOOK_CLOSER}", True),
    Cause("move", r"\[OVERQUOTA\]|quota", "The account is full: make room, or raise its quota.", True),
    Cause(
        "move", "failed", "Mails cannot be moved to {processed}: check that the account may create and fill it.", True
    ),
    Cause("", "timed out", "{host} stopped answering: it is tried again later; check the network if it stays."),
    Cause("", PAUSE, "The server asks for a pause: it is tried again later."),
    Cause("", "", "The connection to {host} broke, or its answer was not IMAP: it is tried again later."),
)


@contextmanager
def step(name: Step, account: Account) -> Iterator[None]:
    """Whatever the libraries raise inside leaves as a MailboxError of this step."""
    try:
        yield
    except FAULTS as error:
        raise explained(name, error, account) from error


def explained(name: Step, error: BaseException, account: Account) -> MailboxError:
    reply = words(error, account)
    sign = f"{type(error).__name__}: {error}"
    cause = next(cause for cause in CAUSES if applies(cause, name, sign, account.host))
    fix = cause.fix.format(
        host=account.host,
        port=account.port,
        folder=account.folder,
        processed=account.processed_folder,
    )
    told = MailboxError(name, reply, fix=fix, permanent=cause.permanent)
    told.pause = asked_pause(reply)
    return told


def asked_pause(reply: str) -> float:
    """Seconds: Exchange says "Suggested Backoff Time: 299961 milliseconds"."""
    found = re.search(r"Backoff Time: (\d{1,9}) milliseconds", reply, re.IGNORECASE)
    return min(int(found[1]) / 1000, LONGEST_PAUSE) if found else 0.0


def applies(cause: Cause, name: Step, sign: str, host: str) -> bool:
    return (
        cause.step in ("", name)
        and re.search(cause.sign, sign, re.IGNORECASE) is not None
        and re.search(cause.host, host, re.IGNORECASE) is not None
    )


def words(error: BaseException, account: Account) -> str:
    """The exact words, on one line, cut, and never with the password that a server may echo."""
    text = str(error) or type(error).__name__
    text = re.sub(r"^\w+ failed: ", "", text)
    if account.password:
        text = text.replace(account.password, "***")
    return "".join(letter if letter.isprintable() else " " for letter in text[:WORDS])
