"""System checks: a wrong configuration stops the start and names the setting and the fix."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from mailmonitor.hosts import may_be_plain
from notifications.signature import BadKey, signed
from notifications.smtp import PORTS
from submissions.mailbox.url import read_mailbox_url
from submissions.sandboxes import BUILDERS, ENVIRONMENT

NEW_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
VARIED = 8

SANDBOX_NEEDS = {
    "cape": ("CAPE_URL",),
    "virustotal": ("VIRUSTOTAL_API_KEY",),
    "assemblyline": ("ASSEMBLYLINE_URL", "ASSEMBLYLINE_USER", "ASSEMBLYLINE_API_KEY"),
}


@register()
def check_settings(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Every check of this page; each yields nothing when its setting is fine."""
    checks = (
        secret_key,
        pages_by_tls,
        field_keys,
        mailbox_url,
        email_url,
        dkim,
        sandbox,
        joe,
        other_sandboxes,
        storage,
        database,
        answers,
        debug,
    )
    return [message for check in checks for message in check()]


def secret_key() -> Iterator[CheckMessage]:
    try:
        length = len(settings.SECRET_KEY)
    except ImproperlyConfigured:
        length = 0
    if length < 32:
        yield Error(
            "SECRET_KEY is not set or shorter than 32 characters.",
            hint=f"Set it (or SECRET_KEY_FILE) to a long random text, such as what this prints: {NEW_KEY}",
            id="mailmonitor.E001",
        )
    elif len(set(settings.SECRET_KEY)) < VARIED or settings.SECRET_KEY.startswith("django-insecure-"):
        yield Warning(
            "SECRET_KEY can be guessed.",
            hint=f"Set it (or SECRET_KEY_FILE) to a long random text, such as what this prints: {NEW_KEY}",
            id="mailmonitor.W005",
        )


def pages_by_tls() -> Iterator[CheckMessage]:
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    if parts.scheme != "https" and not may_be_plain(host, settings.INSECURE_HOSTS):
        yield Warning(
            f"PUBLIC_URL is not https: passwords and sessions travel to {host} in the clear.",
            hint="Put a proxy with a certificate before the pages and set PUBLIC_URL to its https:// address.",
            id="mailmonitor.W006",
        )


def field_keys() -> Iterator[CheckMessage]:
    try:
        for key in settings.FIELD_KEYS:
            Fernet(key.strip())
    except ValueError:
        yield Error(
            "FIELD_KEYS is not set or holds something that is no key.",
            hint=f"It encrypts the passwords in the database. Make a key with: {NEW_KEY}",
            id="mailmonitor.E002",
        )


def mailbox_url() -> Iterator[CheckMessage]:
    if not settings.MAILBOX_URL:
        return
    try:
        url = read_mailbox_url(settings.MAILBOX_URL)
    except ValueError as error:
        yield Error("MAILBOX_URL cannot be read.", hint=f"{error}.", id="mailmonitor.E003")
        return
    if url.protocol != "maildir" and url.security == "plain" and not may_be_plain(url.host, settings.INSECURE_HOSTS):
        yield unencrypted("MAILBOX_URL", "imaps://", url.host)


def email_url() -> Iterator[CheckMessage]:
    parts = urlsplit(settings.EMAIL_URL)
    if not settings.EMAIL_URL:
        yield Warning(
            "EMAIL_URL is not set: no receipt and no verdict can be sent.",
            hint="Set it to your mail relay, such as smtp+tls://user:password@relay.corp.example:587",
            id="mailmonitor.W001",
        )
    elif parts.scheme not in PORTS or not parts.hostname:
        yield Error(
            "EMAIL_URL cannot be read.",
            hint="Use smtp+tls://user:password@host:587, smtps://user:password@host:465 or smtp://127.0.0.1:25",
            id="mailmonitor.E004",
        )
    elif parts.scheme == "smtp" and not may_be_plain(parts.hostname, settings.INSECURE_HOSTS):
        yield unencrypted("EMAIL_URL", "smtp+tls://", parts.hostname)


def dkim() -> Iterator[CheckMessage]:
    try:
        signed(b"From: a@b.example\r\n\r\n")
    except BadKey as error:
        yield Error(
            "The answers cannot be signed.",
            hint=f"{error}. DKIM_KEY is a private key in PEM, DKIM_DOMAIN the domain of the From address.",
            id="mailmonitor.E020",
        )


def sandbox() -> Iterator[CheckMessage]:
    if settings.SANDBOX not in BUILDERS:
        known = ", ".join(sorted(BUILDERS))
        yield Error(f'SANDBOX is "{settings.SANDBOX}".', hint=f"Choose one of: {known}.", id="mailmonitor.E005")


def joe() -> Iterator[CheckMessage]:
    if settings.SANDBOX != "joe":
        return
    if not settings.JOESANDBOX_API_KEY:
        yield Error(
            "SANDBOX is joe, but JOESANDBOX_API_KEY is not set.",
            hint="Copy the key from your Joe Sandbox account (Settings, API key), or set JOESANDBOX_API_KEY_FILE.",
            id="mailmonitor.E006",
        )
    if not settings.JOESANDBOX_ACCEPT_TAC:
        yield Error(
            "SANDBOX is joe, but JOESANDBOX_ACCEPT_TAC is not true.",
            hint="Read Joe Sandbox's terms and conditions and set JOESANDBOX_ACCEPT_TAC=true to accept them.",
            id="mailmonitor.E007",
        )
    parts = urlsplit(settings.JOESANDBOX_API_URL)
    if parts.scheme != "https" and not may_be_plain(parts.hostname or "", settings.INSECURE_HOSTS):
        yield unencrypted("JOESANDBOX_API_URL", "https://", parts.hostname or "")


def other_sandboxes() -> Iterator[CheckMessage]:
    for name in SANDBOX_NEEDS.get(settings.SANDBOX, ()):
        if not getattr(settings, name):
            yield Error(
                f"SANDBOX is {settings.SANDBOX}, but {name} is not set.",
                hint=f"Set {name}; .env.example says what it is.",
                id="mailmonitor.E011",
            )
    if settings.SANDBOX == "virustotal" and settings.VIRUSTOTAL_UPLOAD:
        yield Warning(
            "VIRUSTOTAL_UPLOAD is on: reported files and links can be read by VirusTotal's other customers.",
            hint="Set VIRUSTOTAL_UPLOAD=false to look up only what is known there already.",
            id="mailmonitor.W004",
        )
    name = ENVIRONMENT.get(settings.SANDBOX, {}).get("url", "")
    url = str(getattr(settings, name)) if name and settings.SANDBOX != "joe" else ""
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not may_be_plain(parts.hostname or "", settings.INSECURE_HOSTS):
        yield unencrypted(name, "https://", parts.hostname or "")


def storage() -> Iterator[CheckMessage]:
    parts = urlsplit(settings.STORAGE_URL)
    if parts.scheme == "s3+http" and not may_be_plain(parts.hostname or "", settings.INSECURE_HOSTS):
        yield unencrypted("STORAGE_URL", "s3://", parts.hostname or "")
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    is_bucket = parts.scheme in ("s3", "s3+http") and parts.username and parts.password and parts.path.strip("/")
    if not is_folder and not is_bucket:
        yield Error(
            f'STORAGE_URL is "{urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))}".',
            hint="Use a folder with three slashes, such as file:///var/lib/mailmonitor/blobs, "
            "or a bucket, such as s3://KEY:SECRET@s3.eu-central-1.amazonaws.com/bucket?region=eu-central-1",
            id="mailmonitor.E008",
        )


def database() -> Iterator[CheckMessage]:
    engine = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
    if engine not in ("sqlite3", "postgresql"):
        yield Error(
            f"DATABASE_URL names {engine}.",
            hint="Use postgres://user:password@host/name, or leave it empty for SQLite.",
            id="mailmonitor.E009",
        )


def answers() -> Iterator[CheckMessage]:
    if settings.MAILBOX_URL and not settings.REPORTER_DOMAINS:
        yield Warning(
            "REPORTER_DOMAINS is empty: nobody who reports a mail is answered.",
            hint="List your own mail domains, such as REPORTER_DOMAINS=corp.example,corp.test",
            id="mailmonitor.W002",
        )


def debug() -> Iterator[CheckMessage]:
    if settings.DEBUG and not settings.EMBEDDED:
        yield Warning("DEBUG is on.", hint="Error pages then show secrets. Remove DEBUG.", id="mailmonitor.W003")


def unencrypted(name: str, scheme: str, host: str) -> CheckMessage:
    return Error(
        f"{name} talks to {host} without encryption.",
        hint=f"Use {scheme}, or name the host in INSECURE_HOSTS if that network is yours alone.",
        id="mailmonitor.E010",
    )
