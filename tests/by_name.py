"""Runs the modules of a package by their names: the measurements of `make bench`, the campaigns of `make torture`."""

import importlib
import pkgutil
import sys
from types import ModuleType


def run(package: ModuleType) -> None:
    """All modules that have a `main(arguments)`, or the one named first on the command line, with what follows it."""
    found = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name != "__main__"]
    names = [name for name in found if hasattr(importlib.import_module(f"{package.__name__}.{name}"), "main")]
    wanted = sys.argv[1:2] or names
    if unknown := set(wanted) - set(names):
        sys.exit(f"Nothing is called {', '.join(unknown)} here; there are: {', '.join(names)}")
    for name in wanted:
        print(f"== {name}", flush=True)
        importlib.import_module(f"{package.__name__}.{name}").main(sys.argv[2:])
