"""Which commit a checkout says it is."""

from pathlib import Path

import pytest

from mailmonitor.build import checked_out

COMMIT = "4da22e64a0000000000000000000000000000000"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"HEAD": f"{COMMIT}\n"}, COMMIT),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": f"{COMMIT}\n"}, COMMIT),
        ({"HEAD": "ref: refs/heads/main\n", "packed-refs": f"# pack-refs\n{COMMIT} refs/heads/main\n"}, COMMIT),
        ({"HEAD": "ref: refs/heads/new\n", "packed-refs": f"{COMMIT} refs/heads/main\n"}, ""),
        ({}, ""),
    ],
)
def test_a_checkout_names_its_commit(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert checked_out(tmp_path) == expected
