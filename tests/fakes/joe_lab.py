"""The Joe Lab part of the fake: nothing we use, but the official client has it, so it is answered strictly too."""

from tests.fakes.faults import Answer
from tests.fakes.forms import Form
from tests.fakes.joe_rules import CHUNK, INVALID, MISSING, UNKNOWN_ENDPOINT, JoeError

MACHINE = "w10_lab"
CHUNKED = frozenset(CHUNK - {"submission_id"}) | {"chunk", "accept-tac"}
# Endpoint: the parameters it needs and those it takes besides.
PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "machine/info": (frozenset(["machine"]), frozenset()),
    "images/list": (frozenset(["machine"]), frozenset()),
    "images/capture": (frozenset(["machine", "accept-tac"]), frozenset(["image"])),
    "images/reset": (frozenset(["machine", "accept-tac"]), frozenset(["image"])),
    "filesystem/upload": (frozenset(["machine", "accept-tac", "file"]), frozenset(["path"])),
    "filesystem/upload-chunked": (CHUNKED | {"machine"}, frozenset(["path"])),
    "filesystem/download": (frozenset(["machine", "path"]), frozenset()),
    "network/info": (frozenset(["machine"]), frozenset()),
    "network/update": (
        frozenset(["machine", "accept-tac", "internet-enabled"]),
        frozenset(["internet-exitpoint"]),
    ),
    "pcap/start": (frozenset(["machine", "accept-tac"]), frozenset()),
    "pcap/stop": (frozenset(["machine", "accept-tac"]), frozenset()),
    "pcap/download": (frozenset(["machine"]), frozenset()),
    "internet-exitpoints/list": (frozenset(), frozenset()),
}


class Lab:
    """One machine with files, images and a network switch."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.images = ["base"]
        self.internet = False
        self.recording = False

    def answer(self, endpoint: str, form: Form) -> object:
        action = endpoint.removeprefix("joelab/")
        if action not in PARAMETERS:
            raise JoeError(UNKNOWN_ENDPOINT, "Unknown endpoint.")
        self._check(action, form)
        if action.endswith("/download"):
            return self._download(action, form)
        return {"data": self._data(action, form)}

    def _check(self, action: str, form: Form) -> None:
        needed, besides = PARAMETERS[action]
        given = (form.fields.keys() | form.files.keys()) - {"apikey"}
        if given - needed - besides:
            raise JoeError(INVALID, f"Unknown parameter {min(given - needed - besides)}.")
        if needed - given:
            raise JoeError(MISSING, f"Missing parameter {min(needed - given)}.")
        if "machine" in needed and form.one("machine") != MACHINE:
            raise JoeError(INVALID, "Invalid parameter machine.")

    def _data(self, action: str, form: Form) -> object:
        if action.startswith("filesystem/"):
            upload = form.files.get("file") or form.files["chunk"]
            path = form.one("path", "C:\\" + upload.name)
            self.files[path] = self.files.get(path, b"") * (action != "filesystem/upload") + upload.content
            return {"path": path}
        if action == "images/capture":
            self.images.append(form.one("image", "captured"))
        if action == "network/update":
            self.internet = form.one("internet-enabled") == "1"
        if action in ("pcap/start", "pcap/stop"):
            self.recording = action == "pcap/start"
        return {
            "machine/info": {"name": MACHINE, "status": "free"},
            "images/list": [{"name": name} for name in self.images],
            "network/info": {"internet-enabled": self.internet},
            "internet-exitpoints/list": ["default"],
        }.get(action, {"done": True})

    def _download(self, action: str, form: Form) -> Answer:
        if action == "pcap/download":
            return Answer(b"\xd4\xc3\xb2\xa1", type="application/vnd.tcpdump.pcap")
        if form.one("path") not in self.files:
            raise JoeError(INVALID, "Invalid parameter path.")
        return Answer(self.files[form.one("path")], type="application/octet-stream")
