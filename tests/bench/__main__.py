"""`make bench`: every measurement, or those that are named. Nothing here is a test; figures are ratios or rates."""

import importlib
import pkgutil
import sys

import tests.bench


def main() -> None:
    """`python -m tests.bench [NAME [ARGUMENT...]]`."""
    names = [module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name != "__main__"]
    wanted = sys.argv[1:2] or names
    if unknown := set(wanted) - set(names):
        sys.exit(f"No measurement {', '.join(unknown)}; there are: {', '.join(names)}")
    for name in wanted:
        print(f"== {name}", flush=True)
        importlib.import_module(f"tests.bench.{name}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
