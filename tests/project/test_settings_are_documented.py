import re
from itertools import pairwise
from pathlib import Path

from mailmonitor.embedded.plan import PORTS

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""(?:env\.\w+\(|secret\(env,\s*|env\(\s*)\s*"([A-Z_]+)\"""")


def settings_read() -> set[str]:
    return set(READ.findall((ROOT / "mailmonitor/settings.py").read_text())) | set(PORTS) | {"ADMIN_PASSWORD"}


def settings_described() -> dict[str, str]:
    """Each setting of the example with the line above it."""
    lines = pairwise((ROOT / ".env.example").read_text().splitlines())
    return {line.split("=")[0]: above for above, line in lines if re.match(r"[A-Z_]+=", line)}


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    assert settings_read() == set(settings_described())


def test_each_is_described_in_one_sentence() -> None:
    unexplained = [name for name, above in settings_described().items() if not re.match(r"# .+[.]$", above)]

    assert unexplained == []
