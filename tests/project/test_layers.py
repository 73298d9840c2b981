"""Dependencies point downwards only: see docs/architecture.md."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = [
    # the lowest first; a module may import from its own layer and from those above it in this list
    [
        "submissions.verdicts",
        "submissions.whitelist",
        "submissions.shared_hosts",
        "submissions.denylist",
        "submissions.file_names",
        "submissions.plan",
        "submissions.extraction",
        "submissions.sandbox.base",
        "mailmonitor.tls",
        "mailmonitor.web",
        "mailmonitor.graph",
        "notifications.kinds",
    ],
    ["submissions.sandbox", "submissions.mailbox", "submissions.jail", "submissions.jail_child"],
    [
        "mailmonitor.models",
        "mailmonitor.fields",
        "mailmonitor.hosts",
        "mailmonitor.secrets",
        "mailmonitor.database",
        "mailmonitor.outage",
        "mailmonitor.hints",
        "submissions.roles",
    ],
    ["mailmonitor.oauth", "mailmonitor.grants", "notifications.kinds"],
    ["notifications.words"],
    ["notifications.models", "submissions.models"],
    ["notifications"],
    [
        "submissions.storage",
        "submissions.older_digests",
        "submissions.sandboxes",
        "submissions.gates",
        "submissions.judgement",
        "submissions.webhooks",
    ],
    [
        "submissions.letters",
        "submissions.plain_reasons",
        "submissions.items",
        "submissions.words",
        "submissions.told",
        "submissions.origin",
        "submissions.searched",
        "submissions.campaigns",
        "submissions.simulations",
        "submissions.policy",
        "submissions.parts",
    ],
    ["submissions.intake", "submissions.analysis", "submissions.conclusion", "submissions.same"],
    [
        "submissions.accounts",
        "submissions.alarms",
        "submissions.failures",
        "submissions.trials",
        "submissions.round_trip",
        "submissions.handover",
        "submissions.quotas",
        "submissions.downloads",
        "submissions.evidence",
        "submissions.mailboxes",
        "submissions.recovery",
        "submissions.retention",
        "submissions.subscriptions",
        "submissions.invariants",
        "submissions.search",
        "submissions.selectors",
    ],
    ["submissions", "mailmonitor"],
]
PURE = (
    "submissions.extraction",
    "submissions.verdicts",
    "submissions.whitelist",
    "submissions.denylist",
    "submissions.file_names",
    "submissions.plan",
    "submissions.sandbox.static.engine",
)


def modules() -> list[Path]:
    return [
        path
        for app in ("mailmonitor", "submissions", "notifications")
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer(module: str) -> int:
    """The layer whose longest name is the beginning of the module's."""
    fitting = [
        (len(name), number)
        for number, names in enumerate(LAYERS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    return max(fitting)[1]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def own(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in ("mailmonitor", "submissions", "notifications")}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_only_from_its_own_layer_and_those_below(path: Path) -> None:
    module = name_of(path)

    upwards = {name for name in own(imports(path)) if layer(name) > layer(module) and not is_package_of(name, module)}

    assert upwards == set()


def is_package_of(name: str, module: str) -> bool:
    return name in ("submissions", "mailmonitor", "notifications")


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_notifications_know_nothing_of_submissions(path: Path) -> None:
    if name_of(path).startswith("notifications"):
        assert not {name for name in imports(path) if name.startswith("submissions")}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_the_core_is_pure(path: Path) -> None:
    if name_of(path).startswith(PURE):
        outside = {"django", "celery", "requests", "socket", "time", "mailmonitor", "notifications"}

        assert not {name for name in imports(path) if name.split(".")[0] in outside}
