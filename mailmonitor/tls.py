"""Whom to trust at the other end. Loaded once: reading the system's authorities costs more than the rest of a call."""

import os
import ssl
from functools import lru_cache


def trusting(ca_file: str = "") -> ssl.SSLContext:
    """The system's authorities and those of the PEM file, read anew when the file has changed.

    It is shared: nobody may change it. Raises OSError when the file cannot be read.
    """
    return _loaded(ca_file, os.stat(ca_file).st_mtime_ns if ca_file else 0)


@lru_cache(maxsize=16)
def _loaded(ca_file: str, changed_at: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
