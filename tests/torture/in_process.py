"""The real servers around this very process, which takes the place of an installation's own."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from tests.whole.real_parts import RealParts, real_parts


@contextmanager
def in_process(database: str, *, careless: bool) -> Iterator[RealParts]:
    """Django set up over them; `careless` has mails moved before they are stored, for the rest of this process."""
    with tempfile.TemporaryDirectory() as directory, real_parts(Path(directory), database=database) as parts:
        os.environ.update(parts.installation.environment, DJANGO_SETTINGS_MODULE="mailmonitor.settings")
        django.setup()
        if careless:
            importlib.import_module("tests.torture.stepping.careless").acknowledge_early()
        yield parts
