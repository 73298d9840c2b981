"""Runs the modules of a package by their names: the measurements of `make bench`, the campaigns of `make torture`."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType


def run(package: ModuleType) -> None:
    """The module named first on the command line, with what follows it; without a name all, each in its own process."""
    names = runnable(package)
    if len(sys.argv) > 1:
        if sys.argv[1] not in names:
            sys.exit(f"Nothing is called {sys.argv[1]} here; there are: {', '.join(names)}")
        print(f"== {sys.argv[1]}", flush=True)
        importlib.import_module(f"{package.__name__}.{sys.argv[1]}").main(sys.argv[2:])
        return
    ends = [subprocess.run([sys.executable, "-m", package.__name__, name], check=False).returncode for name in names]
    sys.exit(max(ends))


def runnable(package: ModuleType) -> list[str]:
    """Those that have a `main(arguments)`. They are not imported: each sets up what it needs by itself."""
    files = sorted(path for place in package.__path__ for path in Path(place).glob("*.py"))
    return [path.stem for path in files if "\ndef main(arguments" in path.read_text()]
