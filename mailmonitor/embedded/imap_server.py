"""IMAP on loopback over a Maildir, by pymap; and what pymap's Maildir needs to be trusted with hostile mail."""

import asyncio
import os
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Any

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.maildir import Config, Login
from pymap.backend.maildir import mailbox as maildir_mailbox
from pymap.backend.maildir.uidlist import UidList
from pymap.backend.maildir.users import PasswordsFile, UsersFile
from pymap.imap import IMAPServer
from pymap.mime import MessageBody, MessageContent, MessageHeader
from pymap.parsing.specials import FetchRequirement
from pysasl.hashing import Cleartext

INBOX = "inbox"
# Each connection in IDLE keeps one
THREADS = "16"


async def start_imap(mail: Path, port: int, user: str, password: str) -> asyncio.Server:
    """Serve the Maildir `mail/inbox` to `user`. The passwords of pymap lie in files beside it."""
    prepare(mail)
    config = Config.from_args(
        Namespace(
            base_dir=str(mail),
            layout="++",
            colon=None,
            concurrency=int(THREADS),
            host="127.0.0.1",
            port=port,
            tls=False,
            cert=None,
            key=None,
            debug=False,
            passlib_cfg=None,
            proxy_protocol=None,
        ),
        hash_context=Cleartext(),
    )
    config.apply_context()
    async with UsersFile.with_write(str(mail)) as users, PasswordsFile.with_write(str(mail)) as passwords:
        users.set(UsersFile.build_record(user, INBOX))
        passwords.set(PasswordsFile.build_record(user, password))
    serve = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(Login(config), config))
    return await asyncio.start_server(serve, os.environ.get("MAIL_BIND", "127.0.0.1"), port)


def prepare(mail: Path) -> None:
    """See to what pymap takes for granted."""
    maildir_mailbox.Message.load_content = load_as_it_is  # type: ignore[method-assign, assignment]
    maildir_mailbox.MailboxData.update_selected = update_with_files  # type: ignore[method-assign, assignment]
    # The greeting would else look up this machine's name, which may take seconds without a network
    os.environ.setdefault("FQDN", "localhost")
    # Its files are written to the temporary directory and renamed, which fails between file systems
    drafts = mail / "drafts"
    drafts.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(drafts)
    # A server that was killed leaves locks behind, and its successor would wait ten minutes for them
    for lock in mail.rglob("*.lock"):
        lock.unlink(missing_ok=True)


async def load_as_it_is(message: Any, requirement: FetchRequirement) -> maildir_mailbox.LoadedMessage:
    """The bytes of the file. The original parses the mail and writes it anew, which changes it (line ends,
    wrong headers) and lets a nested mail end the connection."""
    if message._key is None or requirement.has_none(FetchRequirement.CONTENT):
        return maildir_mailbox.LoadedMessage(message, requirement, None)
    try:
        content = Path(message._maildir._join(message._maildir._lookup(message._key))).read_bytes()
    except (KeyError, FileNotFoundError):
        return maildir_mailbox.LoadedMessage(message, requirement, None)
    return maildir_mailbox.LoadedMessage(message, requirement, opaque(content))


def opaque(content: bytes) -> MessageContent:
    """A mail with a header and a body that nobody looks into."""
    gap = content.find(b"\r\n\r\n")
    split = gap + 4 if gap >= 0 else len(content)
    header = MessageHeader._parse(content, memoryview(content), MessageContent._find_lines(content[:split]))
    plain = MessageBody._parse_content_type("text/plain")
    return MessageContent(content, header, MessageBody(content, [(split, len(content), len(content))], plain, []))


async def update_with_files(folder: Any, selected: Any, *, wait_on: Any = None) -> Any:
    """Like the original, which never notices a file that was delivered while the folder is open."""
    if wait_on is not None:
        await wait_on.wait(timeout=1.0)
    await folder.reset()
    await forget_the_moved(folder)
    selected.set_messages([message async for message in folder.messages()])
    return selected


async def forget_the_moved(folder: Any) -> None:
    """Drop the records of mails that were moved away: the original keeps them and looks for each, every second."""
    async with UidList.with_read(folder._path) as listed:
        if not gone(folder, listed):
            return
    async with UidList.with_write(folder._path) as listed:
        for uid in gone(folder, listed):
            listed.remove(uid)


def gone(folder: Any, listed: UidList) -> list[int]:
    """UIDs without a file. The files are listed after the records, so that a mail just delivered stays."""
    records = list(listed.records)
    files = {name.split(":")[0] for part in ("new", "cur") for name in os.listdir(os.path.join(folder._path, part))}
    return [record.uid for record in records if record.key not in files]
