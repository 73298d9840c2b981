"""Tests of the suite with larger numbers, in a process of their own."""

import os
import subprocess
import sys
import time


def repeat(case: str, words: str, **numbers: int) -> None:
    """Run the tests with these numbers in the environment and say what became of it; exit with 1 when one failed."""
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=0", case]
    environment = {**os.environ, **{name: str(number) for name, number in numbers.items()}}
    failed = subprocess.run(command, env=environment, check=False).returncode
    print(f"{words}: {'failed' if failed else 'held'}, {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        sys.exit(1)
