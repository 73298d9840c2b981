"""The settings choose the sandbox, and a wrong choice is named before anything starts."""

import pytest
from django.conf import LazySettings

from mailmonitor.checks import other_sandboxes
from submissions.models import SandboxProfile
from submissions.sandbox.base import Accounts, AccountState, Downloads, Reuses, Sandbox
from submissions.sandbox.joe import JoeSandbox
from submissions.sandboxes import BUILDERS, built, completed

COMPLETE = {
    "CAPE_URL": "https://cape.corp.example",
    "CAPE_TOKEN": "t0ken",
    "VIRUSTOTAL_API_KEY": "k3y",
    "ASSEMBLYLINE_URL": "https://al.corp.example",
    "ASSEMBLYLINE_USER": "mail",
    "ASSEMBLYLINE_API_KEY": "name:s3cret",
    "JOESANDBOX_API_KEY": "j0e",
}
OUTSIDE = sorted(BUILDERS.keys() - {"static"})


@pytest.fixture(autouse=True)
def complete(settings: LazySettings) -> None:
    for name, value in COMPLETE.items():
        setattr(settings, name, value)


def adapter(name: str) -> Sandbox:
    """As the environment alone makes it."""
    return built(completed(SandboxProfile(kind=name, from_environment=True)))


def ids(settings: LazySettings, sandbox: str) -> list[str]:
    settings.SANDBOX = sandbox
    return [str(message.id) for message in other_sandboxes()]


@pytest.mark.parametrize("name", OUTSIDE)
def test_every_name_builds_an_adapter_that_calls_itself_so(name: str) -> None:
    made = adapter(name)

    assert made.name == name
    assert isinstance(made.repeatable, bool)


@pytest.mark.parametrize("name", ["cape", "virustotal", "assemblyline"])
def test_a_complete_choice_is_fine(settings: LazySettings, name: str) -> None:
    assert ids(settings, name) == []


@pytest.mark.parametrize(
    ("sandbox", "missing"),
    [("cape", "CAPE_URL"), ("virustotal", "VIRUSTOTAL_API_KEY"), ("assemblyline", "ASSEMBLYLINE_API_KEY")],
)
def test_what_is_missing_is_named(settings: LazySettings, sandbox: str, missing: str) -> None:
    setattr(settings, missing, "")

    assert ids(settings, sandbox) == ["mailmonitor.E011"]
    assert missing in str([message.msg for message in other_sandboxes()])


def test_a_sandbox_without_encryption_is_refused_but_on_this_machine(settings: LazySettings) -> None:
    settings.CAPE_URL = "http://cape.corp.example"
    refused = ids(settings, "cape")
    settings.CAPE_URL = "http://127.0.0.1:8000"

    assert refused == ["mailmonitor.E010"]
    assert ids(settings, "cape") == []


def test_uploads_to_virustotal_are_warned_of(settings: LazySettings) -> None:
    settings.VIRUSTOTAL_UPLOAD = True

    assert ids(settings, "virustotal") == ["mailmonitor.W004"]


def test_what_more_an_adapter_can_do_is_told_by_its_type() -> None:
    made = {name: adapter(name) for name in OUTSIDE}

    assert {name for name, one in made.items() if isinstance(one, Reuses)} == {
        "joe",
        "cape",
        "virustotal",
        "assemblyline",
    }
    assert {name for name, one in made.items() if isinstance(one, Accounts)} == {"joe"}
    assert {name for name, one in made.items() if isinstance(one, Downloads)} == {"joe"}
    assert isinstance(made["joe"], JoeSandbox)
    assert AccountState(online=True).quotas == ()


def test_the_proxy_and_the_authorities_reach_every_adapter(settings: LazySettings) -> None:
    settings.SANDBOX_PROXY = "http://proxy.corp.example:3128"
    settings.CA_FILE = "/etc/corp.pem"

    accounts = [adapter(name).account for name in ("joe", "cape", "virustotal", "assemblyline")]  # type: ignore[attr-defined]

    assert {account.proxies["https"] for account in accounts} == {"http://proxy.corp.example:3128"}
    assert {account.verify for account in accounts} == {"/etc/corp.pem"}
