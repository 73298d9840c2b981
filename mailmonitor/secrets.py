"""Where secrets come from: the environment, a file named in it, or (embedded only) a file of our own."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from environ import Env


def secret(env: Env, name: str) -> str:
    """The value of `NAME`, or the content of the file that `NAME_FILE` names, or an empty text."""
    path = env.str(f"{name}_FILE", default="")
    if not path:
        return str(env.str(name, default=""))
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE={path} cannot be read: {error.strerror}. Fix the path or its rights."
        ) from error


def generated(path: Path, *, allowed: bool) -> str:
    """A key kept in `path` (mode 0600), made on first use; an empty text where keys must be given."""
    if not allowed:
        return ""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_bytes(Fernet.generate_key())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
