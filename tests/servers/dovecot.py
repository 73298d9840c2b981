"""A real Dovecot of a test's own: IMAP in the clear and over TLS, any user with one password, Maildir."""

import base64
import hmac
import json
import os
import pwd
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Certificate, make_certificate
from tests.servers.processes import directory_for, free_port, program, running, wait_for_port

PASSWORD = "secret-of-the-tests"
KEY = b"the key that signs the tokens of the tests"
CONFIGURATION = """
base_dir = {server.directory}/run
state_dir = {server.directory}/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{server.certificate.certificate}
ssl_key = <{server.certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:{server.directory}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
first_valid_gid = 0
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {internal_group}
mail_max_userip_connections = 100
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {server.directory}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={server.password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={server.directory}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {server.port}
  }}
  inet_listener imaps {{
    port = {server.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
{capability}
"""
OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={directory}/keys/
username_attribute = email
"""


@dataclass(frozen=True)
class Dovecot:
    """`port` speaks in the clear and STARTTLS, `tls_port` TLS at once. Any user enters with `password`."""

    directory: Path
    port: int
    tls_port: int
    certificate: Certificate
    owner: pwd.struct_passwd
    password: str = PASSWORD

    def token(self, user: str, *, lives: float = 600) -> str:
        """An access token for the user, signed as Dovecot's local validation wants it (RFC 7519, HS256)."""
        now = int(time.time())
        claims = {"sub": user, "email": user, "iat": now - 1, "nbf": now - 1, "exp": int(now + lives)}
        parts = [url_safe(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
        signature = hmac.new(KEY, ".".join(parts).encode(), "sha256").digest()
        return ".".join([*parts, url_safe(signature)])

    def deliver(self, content: bytes, user: str = "sandbox@localhost", folder: str = "new") -> Path:
        """Drop a mail into the user's Maildir, as a delivery agent does."""
        maildir = self.directory / "mail" / user
        for part in ("tmp", "new", "cur"):
            if not (maildir / part).exists():
                (maildir / part).mkdir(parents=True)
                shutil.chown(maildir / part, self.owner.pw_uid, self.owner.pw_gid)
                shutil.chown(maildir, self.owner.pw_uid, self.owner.pw_gid)
        place = f"{time.time():.6f}.{uuid.uuid4().hex}.localhost"
        draft = maildir / "tmp" / place
        draft.write_bytes(content)
        os.chown(draft, self.owner.pw_uid, self.owner.pw_gid)
        return draft.rename(maildir / folder / place)

    def mails(self, folder: str = "", user: str = "sandbox@localhost") -> list[bytes]:
        """The mails in a folder of Maildir++ (`.MailMonitor.Processed`), or in the inbox."""
        maildir = self.directory / "mail" / user / folder
        return [path.read_bytes() for part in ("new", "cur") for path in sorted((maildir / part).glob("*"))]


def url_safe(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def write_oauth2(directory: Path) -> None:
    """How tokens are validated, and the key."""
    (directory / "oauth2.conf").write_text(OAUTH2.format(directory=directory))
    key = directory / "keys/default/HS256/default"
    key.parent.mkdir(parents=True)
    key.write_bytes(base64.b64encode(KEY))


@contextmanager
def dovecot(
    *,
    capability: str = "",
    certificate: Certificate | None = None,
    prefix: str = "",
    password: str = PASSWORD,
    more: str = "",
) -> Iterator[Dovecot]:
    """Runs as long as the block. `capability` replaces what the server says it can; `prefix` is a namespace.

    `more` stands at the end of its configuration.
    """
    binary = program("dovecot", "dovecot-imapd")
    owner = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with directory_for("dovecot") as directory:
        (directory / "mail").mkdir()
        shutil.chown(directory / "mail", owner.pw_uid, owner.pw_gid)
        server = Dovecot(
            directory, free_port(), free_port(), certificate or make_certificate(directory), owner, password
        )
        write_oauth2(directory)
        written = directory / "dovecot.conf"
        written.write_text(configuration(server, prefix, capability) + more)
        log = directory / "dovecot.log"
        with running([binary, "-F", "-c", str(written)], log=log, stop_signal=signal.SIGTERM) as process:
            wait_for_port(server.tls_port, process, log)
            yield server


def configuration(server: Dovecot, prefix: str, capability: str) -> str:
    root = os.geteuid() == 0
    owner = server.owner
    return CONFIGURATION.format(
        server=server,
        user=owner.pw_uid,
        group=owner.pw_gid,
        internal="dovecot" if root else owner.pw_name,
        login="dovenull" if root else owner.pw_name,
        internal_group="dovecot" if root else owner.pw_gid,
        separator="." if prefix else "/",
        prefix=prefix,
        capability=f"imap_capability = {capability}" if capability else "",
    )
