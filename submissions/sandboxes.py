"""Which sandboxes there are: profiles from the table, completed by the environment, made into adapters."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings

from submissions.models import Artifact, SandboxProfile
from submissions.sandbox.assemblyline import AssemblyLineSandbox
from submissions.sandbox.base import Sandbox, SandboxError
from submissions.sandbox.cape import CapeSandbox
from submissions.sandbox.fake import FakeSandbox
from submissions.sandbox.joe import JoeAccount, JoeProfile, JoeSandbox
from submissions.sandbox.rest import RestAccount
from submissions.sandbox.static.adapter import StaticSandbox
from submissions.sandbox.virustotal import VirusTotalProfile, VirusTotalSandbox

DEFAULT = "default"
ACCOUNT = ("url", "user", "key", "web_url", "accept_tac")
# The settings that give a kind its values, by field of the profile.
ENVIRONMENT: dict[str, dict[str, str]] = {
    "joe": {
        "url": "JOESANDBOX_API_URL",
        "key": "JOESANDBOX_API_KEY",
        "accept_tac": "JOESANDBOX_ACCEPT_TAC",
        "web_url": "JOESANDBOX_WEB_URL",
        "systems": "JOESANDBOX_SYSTEMS",
    },
    "cape": {"url": "CAPE_URL", "key": "CAPE_TOKEN"},
    "virustotal": {"key": "VIRUSTOTAL_API_KEY", "upload": "VIRUSTOTAL_UPLOAD"},
    "assemblyline": {"url": "ASSEMBLYLINE_URL", "user": "ASSEMBLYLINE_USER", "key": "ASSEMBLYLINE_API_KEY"},
}


def joe(profile: SandboxProfile) -> Sandbox:
    account = JoeAccount(
        api_url=profile.url,
        api_key=profile.key,
        accept_tac=profile.accept_tac,
        web_url=profile.web_url,
        verify=settings.CA_FILE or True,
        proxies=proxies(),
    )
    return JoeSandbox(account, joe_profile(profile))


def joe_profile(profile: SandboxProfile) -> JoeProfile:
    return JoeProfile(
        systems=tuple(listed(profile.systems)),
        tags=tuple(listed(profile.tags)),
        comment=profile.comment,
        internet_access=profile.internet_access,
        report_cache=profile.report_cache,
        url_reputation=profile.url_reputation,
        document_password=profile.document_password or None,
        archive_password=profile.archive_password or None,
        localized_internet_country=profile.localized_internet or None,
        language_and_locale=profile.language_and_locale or None,
        priority=profile.priority,
        delete_after_days=profile.delete_after_days,
    )


def cape(profile: SandboxProfile) -> Sandbox:
    return CapeSandbox(rest(profile))


def virustotal(profile: SandboxProfile) -> Sandbox:
    account = rest(profile, url="https://www.virustotal.com")
    return VirusTotalSandbox(account, VirusTotalProfile(upload=profile.upload))


def assemblyline(profile: SandboxProfile) -> Sandbox:
    return AssemblyLineSandbox(rest(profile))


def static(profile: SandboxProfile) -> Sandbox:
    return StaticSandbox(
        yara_dir=settings.YARA_DIR, own_domains=tuple(settings.OWN_DOMAINS), brands=tuple(settings.BRANDS)
    )


@cache
def pretended() -> Sandbox:
    """One per process: it remembers what it was given."""
    return FakeSandbox()


def fake(profile: SandboxProfile) -> Sandbox:
    return pretended()


def rest(profile: SandboxProfile, *, url: str = "") -> RestAccount:
    return RestAccount(
        profile.url or url,
        key=profile.key,
        user=profile.user,
        web_url=profile.web_url,
        verify=settings.CA_FILE or True,
        proxies=proxies(),
    )


def proxies() -> dict[str, str]:
    return dict.fromkeys(("http", "https"), settings.SANDBOX_PROXY) if settings.SANDBOX_PROXY else {}


BUILDERS: dict[str, Callable[[SandboxProfile], Sandbox]] = {
    "static": static,
    "joe": joe,
    "cape": cape,
    "virustotal": virustotal,
    "assemblyline": assemblyline,
    "fake": fake,
}


def listed(text: str) -> list[str]:
    """The words of a list that people wrote with commas or blanks."""
    return text.replace(",", " ").split()


def chosen() -> str:
    """The kind of sandbox that the environment names."""
    return str(settings.SANDBOX)


def sandbox(kind: str, name: str = DEFAULT) -> Sandbox:
    """The adapter for a profile. Raises SandboxError when the profile is gone."""
    return built(profile(kind, name))


def built(row: SandboxProfile) -> Sandbox:
    """The adapter for a completed profile."""
    return BUILDERS[row.kind](row)


def profile(kind: str, name: str) -> SandboxProfile:
    """The completed profile of that name. Raises SandboxError when it is gone; the environment's never is."""
    row = SandboxProfile.objects.filter(kind=kind, name=name).first()
    if row is None and name == DEFAULT:
        row = SandboxProfile(kind=kind, name=DEFAULT, from_environment=True)
    if row is None:
        words = f"the sandbox profile {kind} {name} no longer exists"
        raise SandboxError(words, kind="invalid", permanent=True)
    return completed(row)


def completed(row: SandboxProfile) -> SandboxProfile:
    """The profile with what the environment says: first of all for its own one, else for an account left empty.

    A key of the environment never goes to an address that was typed into the table.
    """
    for field, value in given(row.kind).items():
        if (row.from_environment and value) or (field in ACCOUNT and not row.url and not getattr(row, field)):
            setattr(row, field, value)
    return row


def given(kind: str) -> dict[str, Any]:
    """What the environment says about this kind, by field of the profile. The address comes last."""
    values = {field: getattr(settings, name) for field, name in ENVIRONMENT.get(kind, {}).items()}
    plain = {field: ", ".join(value) if isinstance(value, list) else value for field, value in values.items()}
    return dict(sorted(plain.items(), key=lambda pair: pair[0] == "url"))


def from_environment() -> SandboxProfile:
    """Keep the profile of SANDBOX as a row like any other, so that steps can name it."""
    return SandboxProfile.objects.get_or_create(kind=chosen(), name=DEFAULT, defaults={"from_environment": True})[0]


def account_name(row: SandboxProfile) -> str:
    """What the limiter of the account is called: profiles that share address and key share it."""
    own = given(row.kind)
    if all(getattr(row, field) == own.get(field, getattr(row, field)) for field in ("url", "user", "key")):
        return row.kind
    told = "\n".join((row.url, row.user, row.key))
    return f"{row.kind}:{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def reuse(row: SandboxProfile, kind: str) -> timedelta:
    """How long a word on an artifact of this kind counts."""
    if kind == Artifact.Kind.URL:
        return settings.REUSE_URLS if row.reuse_urls_days is None else timedelta(days=row.reuse_urls_days)
    return settings.REUSE_FILES if row.reuse_files_days is None else timedelta(days=row.reuse_files_days)
