"""Where processor time goes: by part of an installation, and by task."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.whole.real_parts import RealParts

TICKS = os.sysconf("SC_CLK_TCK")
SIGNS = {"jail_child": "jail", "dovecot": "dovecot", "smtp_sink": "relay", "joe_server": "sandbox"}
SUCCEEDED = re.compile(r"Task ([\w.]+)\[\S+\] succeeded in ([\d.e-]+)s")


def by_part(parts: RealParts) -> Counter[str]:
    """Seconds that each part has used since it was started, its children with it."""
    names = {process.pid: name for name, process in parts.installation.processes.items()}
    names[parts.redis.pid] = "redis"
    if parts.postgres:
        names[parts.postgres.pid] = "postgres"
    used: Counter[str] = Counter()
    for process, name in tree(os.getpid(), "measurement", names):
        used[name] += seconds(process)
    return used


def tree(process: int, name: str, names: dict[int, str]) -> Iterator[tuple[int, str]]:
    """The process and all below it, each with the part that it belongs to."""
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    name = names.get(process) or next((part for sign, part in SIGNS.items() if sign in words), name)
    yield process, name
    for child in children:
        yield from tree(int(child), name, names)


def seconds(process: int) -> float:
    """What the process and its children that have ended used (proc(5), stat)."""
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / TICKS


def by_task(directory: Path) -> dict[str, list[float]]:
    """How long each run of each task took, by the logs of the workers."""
    found: dict[str, list[float]] = defaultdict(list)
    for log in directory.glob("worker-*.log"):
        for name, took in SUCCEEDED.findall(log.read_text(errors="replace")):
            found[name].append(float(took))
    return dict(found)
