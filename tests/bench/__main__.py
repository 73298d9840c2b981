"""`make bench`: every measurement, or the one named in ARGS. Nothing here is a test; figures are ratios or rates."""

import tests.bench
from tests.by_name import run

if __name__ == "__main__":
    run(tests.bench)
