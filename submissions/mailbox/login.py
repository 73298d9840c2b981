"""Entering an IMAP account: by password, or by an OAuth2 access token (XOAUTH2, or OAUTHBEARER of RFC 7628)."""

import imaplib
import re

from imapclient.exceptions import LoginError

from submissions.mailbox.base import Account
from submissions.mailbox.connection import Client


class TokenRefused(LoginError):
    """The server does not take the access token; its words hold the reason that it gave in between."""


def log_in(client: Client, account: Account) -> None:
    """Raises LoginError when the server refuses; a line that broke meanwhile is no refusal."""
    try:
        if account.token:
            by_token(client, account)
        else:
            by_password(client, account)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        raise


def by_password(client: Client, account: Account) -> None:
    """By SASL PLAIN where offered, since LOGIN knows neither other alphabets nor quoting of names."""
    if client.has_capability("LOGINDISABLED"):
        raise LoginError("LOGINDISABLED")
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(account.username, account.password)
        return
    if any(ord(letter) < 32 for letter in account.username + account.password):
        raise LoginError("user name or password holds a control character")
    client.login(f'"{account.username}"' if " " in account.username else account.username, account.password)


def by_token(client: Client, account: Account) -> None:
    """A server that refuses sends the reason as JSON first and wants an empty answer before it says NO."""
    if re.search(r"[\x00-\x1f,=]", account.username):
        raise LoginError("user name holds a control character, a comma or an equals sign")
    bearer = not client.has_capability("AUTH=XOAUTH2") and client.has_capability("AUTH=OAUTHBEARER")
    start = f"n,a={account.username},\1" if bearer else f"user={account.username}\1"
    told: list[str] = []

    def respond(challenge: bytes) -> str:
        if not challenge:
            return f"{start}auth=Bearer {account.password}\1\1"
        told.append(challenge.decode("utf-8", "replace"))
        return "\1" if bearer else ""

    try:
        client.sasl_login("OAUTHBEARER" if bearer else "XOAUTH2", respond)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise
        raise TokenRefused(" ".join([str(error), *told])) from error
