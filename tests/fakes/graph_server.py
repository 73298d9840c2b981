"""A strict stand-in for Microsoft Graph's mail endpoints, over TLS: delta query, MIME, move, folders, sendMail.

It knows only what the documents say of these calls, hands out pages of two, moves mails under their immutable
ids, and keeps a ledger. It is written from the documents: no tenant was asked.
"""

import base64
import json
import re
import ssl
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from tests.fakes.faults import Answer
from tests.fakes.server import Call, FakeServer
from tests.servers.certificates import Certificate

USER = "sandbox@corp.example"
TOKEN = "a-token-for-graph"
PAGE = 2
SIZE = "Integer 0x0E08"


class Refusal(Exception):
    """`args` are status, code and message."""


@dataclass
class Folder:
    """`log` is what happened, in order: what a delta token counts."""

    name: str
    parent: str = ""
    mails: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


class GraphServer(FakeServer):
    """`deliver`, `expunge` and `mails` are for the test; `refused` are ids whose MIME is not handed out.

    `refuses` is the code that mails to be sent are refused with.
    """

    def __init__(self, certificate: Certificate) -> None:
        super().__init__(answer=self.answer_call, endpoint=lambda path: path.rsplit("/", 1)[-1])
        self.folders: dict[str, Folder] = {"inbox-id": Folder("Inbox")}
        self.refused: set[str] = set()
        self.sent: list[bytes] = []
        self.refuses = ""
        self.forgotten = False
        self.ca_file = str(certificate.authority)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server_address[1]}"

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def deliver(self, content: bytes) -> str:
        name = f"AAMk{uuid.uuid4().hex}="
        inbox = self.folders["inbox-id"]
        inbox.mails[name] = (datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), content)
        inbox.log.append(name)
        return name

    def mails(self, name: str) -> list[bytes]:
        """Of the folder with this name."""
        return [mail[1] for folder in self.folders.values() if folder.name == name for mail in folder.mails.values()]

    def answer_call(self, call: Call) -> Answer:
        try:
            found = self.found(call)
        except Refusal as refusal:
            status, code, words = refusal.args
            return Answer(json.dumps({"error": {"code": code, "message": words}}).encode(), status)
        if isinstance(found, bytes):
            return Answer(found, 200, "text/plain")
        return Answer(json.dumps(found).encode() if found is not None else b"", 200 if found is not None else 202)

    def found(self, call: Call) -> Any:
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refusal(401, "InvalidAuthenticationToken", "Access token is empty or invalid.")
        root = f"/v1.0/users/{USER}"
        whole = unquote(call.path)
        if not whole.startswith(f"{root}/"):
            raise Refusal(404, "ErrorInvalidUser", "The requested user is invalid.")
        path = whole.removeprefix(root)
        for method, pattern, action in ROUTES:
            if call.method == method and (match := re.fullmatch(pattern, path)):
                return action(self, call, *match.groups())
        raise Refusal(400, "BadRequest", f"Resource not found for the segment {path}.")

    def one_folder(self, call: Call, name: str) -> Any:
        key = "inbox-id" if name == "inbox" else name
        if key not in self.folders:
            raise Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        return {"id": key}

    def children(self, call: Call, parent: str = "") -> Any:
        wanted = re.fullmatch(r"displayName eq '((?:[^']|'')*)'", call.query.get("$filter", [""])[0])
        if not wanted:
            raise Refusal(400, "BadRequest", "Invalid filter clause")
        name = wanted[1].replace("''", "'")
        found = [key for key, folder in self.folders.items() if (folder.name, folder.parent) == (name, parent)]
        return {"value": [{"id": key} for key in found]}

    def create(self, call: Call, parent: str = "") -> Any:
        name = json.loads(call.body)["displayName"]
        if any((folder.name, folder.parent) == (name, parent) for folder in self.folders.values()):
            raise Refusal(409, "ErrorFolderExists", "A folder with the specified name already exists.")
        key = f"folder{len(self.folders)}"
        self.folders[key] = Folder(name, parent)
        return {"id": key, "displayName": name}

    def delta(self, call: Call, folder: str) -> Any:
        """Pages of the changes since a token; without one, of all that is there."""
        if 'IdType="ImmutableId"' not in call.headers.get("prefer", ""):
            raise Refusal(400, "ErrorTests", "Ask for immutable ids, or moved mails change theirs.")
        place = self.folders[self.one_folder(call, folder)["id"]]
        token = call.query.get("$deltatoken", call.query.get("$skiptoken", ["0-0"]))[0]
        if "$deltatoken" in call.query and self.forgotten:
            self.forgotten = False
            raise Refusal(410, "SyncStateNotFound", "The sync state generation is not found.")
        start, end = (int(part) for part in token.split("-"))
        end = end if "$skiptoken" in call.query else len(place.log)
        names = place.log[start:end][:PAGE]
        value = [
            {"id": name, "receivedDateTime": place.mails[name][0]}
            if name in place.mails
            else {"id": name, "@removed": {"reason": "deleted"}}
            for name in dict.fromkeys(names)
        ]
        address = f"{self.url}{call.path}"
        if start + len(names) < end:
            return {"value": value, "@odata.nextLink": f"{address}?$skiptoken={start + len(names)}-{end}"}
        return {"value": value, "@odata.deltaLink": f"{address}?$deltatoken={end}-{end}"}

    def holder(self, name: str) -> Folder:
        for folder in self.folders.values():
            if name in folder.mails:
                return folder
        raise Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")

    def mime(self, call: Call, name: str) -> Any:
        mail = self.holder(name).mails[name]
        if name in self.refused:
            raise Refusal(500, "ErrorMimeContentConversionFailed", "The conversion of the MIME content failed.")
        return mail[1]

    def message(self, call: Call, name: str) -> Any:
        content = self.holder(name).mails[name][1]
        if call.query.get("$expand") != [f"singleValueExtendedProperties($filter=id eq '{SIZE}')"]:
            raise Refusal(400, "BadRequest", "Ask for what you need.")
        head = content.split(b"\r\n\r\n", 1)[0].decode()
        fields = [line.split(": ", 1) for line in head.split("\r\n")]
        return {
            "id": name,
            "internetMessageHeaders": [{"name": field[0], "value": field[1]} for field in fields],
            "singleValueExtendedProperties": [{"id": SIZE, "value": str(len(content))}],
        }

    def move(self, call: Call, name: str) -> Any:
        source, target = self.holder(name), json.loads(call.body)["destinationId"]
        place = self.folders[self.one_folder(call, target)["id"]]
        place.mails[name] = source.mails.pop(name)
        source.log.append(name)
        place.log.append(name)
        return {"id": name}

    def send(self, call: Call) -> Any:
        if call.headers.get("content-type") != "text/plain":
            raise Refusal(400, "ErrorMimeContentInvalidBase64String", "Send MIME as base64 with text/plain.")
        if self.refuses:
            raise Refusal(400, self.refuses, "The mail is not accepted.")
        self.sent.append(base64.b64decode(call.body, validate=True))


ROUTES = [
    ("GET", r"/mailFolders/([^/]+)", GraphServer.one_folder),
    ("GET", r"/mailFolders", GraphServer.children),
    ("GET", r"/mailFolders/([^/]+)/childFolders", GraphServer.children),
    ("POST", r"/mailFolders", GraphServer.create),
    ("POST", r"/mailFolders/([^/]+)/childFolders", GraphServer.create),
    ("GET", r"/mailFolders/([^/]+)/messages/delta", GraphServer.delta),
    ("GET", r"/messages/([^/]+)/\$value", GraphServer.mime),
    ("GET", r"/messages/([^/]+)", GraphServer.message),
    ("POST", r"/messages/([^/]+)/move", GraphServer.move),
    ("POST", r"/sendMail", GraphServer.send),
]
