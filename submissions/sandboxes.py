"""Which sandbox judges, built from the settings."""

from collections.abc import Callable
from functools import cache

from django.conf import settings

from submissions.sandbox.assemblyline import AssemblyLineSandbox
from submissions.sandbox.base import Sandbox
from submissions.sandbox.cape import CapeSandbox
from submissions.sandbox.fake import FakeSandbox
from submissions.sandbox.joe import JoeAccount, JoeProfile, JoeSandbox
from submissions.sandbox.rest import RestAccount
from submissions.sandbox.static.adapter import StaticSandbox
from submissions.sandbox.virustotal import VirusTotalProfile, VirusTotalSandbox


def joe() -> Sandbox:
    account = JoeAccount(
        api_url=settings.JOESANDBOX_API_URL,
        api_key=settings.JOESANDBOX_API_KEY,
        accept_tac=settings.JOESANDBOX_ACCEPT_TAC,
        web_url=settings.JOESANDBOX_WEB_URL,
        verify=settings.CA_FILE or True,
        proxies=proxies(),
    )
    return JoeSandbox(account, JoeProfile(systems=tuple(settings.JOESANDBOX_SYSTEMS)))


def cape() -> Sandbox:
    return CapeSandbox(rest(settings.CAPE_URL, settings.CAPE_TOKEN))


def virustotal() -> Sandbox:
    account = rest("https://www.virustotal.com", settings.VIRUSTOTAL_API_KEY)
    return VirusTotalSandbox(account, VirusTotalProfile(upload=settings.VIRUSTOTAL_UPLOAD))


def assemblyline() -> Sandbox:
    return AssemblyLineSandbox(
        rest(settings.ASSEMBLYLINE_URL, settings.ASSEMBLYLINE_API_KEY, user=settings.ASSEMBLYLINE_USER)
    )


def rest(url: str, key: str, *, user: str = "") -> RestAccount:
    return RestAccount(url, key=key, user=user, verify=settings.CA_FILE or True, proxies=proxies())


def proxies() -> dict[str, str]:
    return dict.fromkeys(("http", "https"), settings.SANDBOX_PROXY) if settings.SANDBOX_PROXY else {}


def static() -> Sandbox:
    return StaticSandbox(yara_dir=settings.YARA_DIR, own_domains=tuple(settings.OWN_DOMAINS))


BUILDERS: dict[str, Callable[[], Sandbox]] = {
    "static": static,
    "joe": joe,
    "cape": cape,
    "virustotal": virustotal,
    "assemblyline": assemblyline,
    "fake": FakeSandbox,
}


@cache
def sandbox(name: str) -> Sandbox:
    """The adapter of that name, one per process. Raises KeyError for a name that is not in BUILDERS."""
    return BUILDERS[name]()


def chosen() -> str:
    """The name of the sandbox that new artifacts go to."""
    return str(settings.SANDBOX)
