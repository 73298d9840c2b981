"""`make torture`: every long campaign, or the one named in ARGS."""

import tests.torture
from tests.by_name import run

if __name__ == "__main__":
    run(tests.torture)
