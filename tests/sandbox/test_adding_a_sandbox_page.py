"""docs/adding-a-sandbox.md names things that exist."""

import re
from pathlib import Path

import pytest

from submissions.sandbox import base, reading
from submissions.sandboxes import BUILDERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/adding-a-sandbox.md").read_text()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w./]+/[\w.]+\.(?:py|md))`", PAGE))))
def test_every_file_on_the_page_exists(path: str) -> None:
    assert (ROOT / path).is_file()


def test_every_sandbox_stands_in_the_table() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(BUILDERS)


def test_the_optional_protocols_and_reading_functions_exist() -> None:
    functions = PAGE.split("`reading.py`: ")[1].split(": each")[0]

    assert all(hasattr(reading, name) for name in re.findall(r"`(\w+)`", functions))
    assert all(hasattr(base, name) for name in ("Reuses", "Accounts", "Downloads"))
