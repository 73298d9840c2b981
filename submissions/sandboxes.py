"""Which sandbox judges, built from the settings."""

from collections.abc import Callable
from functools import cache

from django.conf import settings

from submissions.sandbox.base import Sandbox
from submissions.sandbox.fake import FakeSandbox
from submissions.sandbox.joe import JoeAccount, JoeProfile, JoeSandbox


def joe() -> Sandbox:
    account = JoeAccount(
        api_url=settings.JOESANDBOX_API_URL,
        api_key=settings.JOESANDBOX_API_KEY,
        accept_tac=settings.JOESANDBOX_ACCEPT_TAC,
        web_url=settings.JOESANDBOX_WEB_URL,
        verify=settings.CA_FILE or True,
    )
    return JoeSandbox(account, JoeProfile(systems=tuple(settings.JOESANDBOX_SYSTEMS)))


def static() -> Sandbox:
    from submissions.sandbox.static.adapter import StaticSandbox

    return StaticSandbox(yara_dir=settings.YARA_DIR, own_domains=tuple(settings.OWN_DOMAINS))


BUILDERS: dict[str, Callable[[], Sandbox]] = {"static": static, "joe": joe, "fake": FakeSandbox}


@cache
def sandbox(name: str) -> Sandbox:
    """The adapter of that name, one per process. Raises KeyError for a name that is not in BUILDERS."""
    return BUILDERS[name]()


def chosen() -> str:
    """The name of the sandbox that new artifacts go to."""
    return str(settings.SANDBOX)
