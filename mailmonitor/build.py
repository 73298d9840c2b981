"""Which Mail Monitor this is."""

from functools import cache
from pathlib import Path

from django.conf import settings

VERSION = "3.0.0"


@cache
def commit() -> str:
    """The first digits of the commit: the setting COMMIT, else that of the checkout; empty where neither is known."""
    return (settings.COMMIT or checked_out(settings.BASE_DIR / ".git"))[:12]


def checked_out(git: Path) -> str:
    """What HEAD points to (gitrepository-layout(5)): a commit, or a branch that names one."""
    try:
        head = (git / "HEAD").read_text().strip()
        branch = head.removeprefix("ref: ")
        if branch == head:
            return head
        if (git / branch).exists():
            return (git / branch).read_text().strip()
        lines = (git / "packed-refs").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split()[0] for line in lines if line.endswith(f" {branch}")), "")
