"""The inside of the fake Joe Sandbox: submissions, their uploads, their analyses and how they get on in time."""

import email
import hashlib
import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy

from tests.fakes.joe_rules import INVALID, QUOTA, JoeError

CHUNK_BYTES = 10 * 1024 * 1024
SYSTEMS = ("w10x64_office", "w7x64", "w10x64_21h1_office")
STAGES = ("accepted", "submitted", "running", "finished")
LINK = re.compile(r"https?://[^\s\"'<>]+")


def marked(name: str, content: bytes, url: str) -> tuple[str, int]:
    """The default verdict: by the marker MALWARE or SUSPICIOUS in the content, in a URL in any case."""
    searched = content + url.upper().encode()
    if b"MALWARE" in searched:
        return "malicious", 92
    return ("suspicious", 48) if b"SUSPICIOUS" in searched else ("clean", 2)


@dataclass
class Submission:
    id: str
    name: str
    source: str
    comments: str
    systems: list[str]
    tags: list[str]
    url: str = ""
    content: bytes = b""
    chunks: dict[int, bytes] = field(default_factory=dict)
    complete_at: float | None = None
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    analyses: list[dict[str, object]] = field(default_factory=list)


class World:
    """`delays` are the seconds a submission stays accepted, submitted and running; `judge` gives word and score.

    `files` are downloads other than the usual ones, `missing` the kinds that this server does not make.
    """

    def __init__(self) -> None:
        self.api_key = "test-key"
        self.delays = (0.0, 0.0, 0.0)
        self.judge: Callable[[str, bytes, str], tuple[str, int]] = marked
        self.quota_limit = 10_000
        self.used = 0
        self.queue = 3
        self.online = True
        self.files: dict[str, bytes] = {}
        self.missing: set[str] = set()
        self.submissions: dict[str, Submission] = {}
        self._ids = itertools.count(1001)
        self._webids = itertools.count(501)
        self.lock = threading.RLock()

    def open(self, submission: Submission) -> Submission:
        with self.lock:
            if self.used >= self.quota_limit:
                raise JoeError(QUOTA, "The daily quota is used up.")
            self.used += 1
            submission.id = str(next(self._ids))
            self.submissions[submission.id] = submission
        return submission

    def complete(self, submission: Submission) -> None:
        """Its content is whole: from now on time runs for it."""
        with self.lock:
            submission.complete_at = time.monotonic()
            submission.analyses = [self._analysis(submission, *thing) for thing in _things(submission)]

    def add_chunk(self, submission: Submission, numbers: dict[str, int], chunk: bytes) -> bool:
        """Take one chunk, as strict as it gets; true once the whole file is there."""
        size, index, count = numbers["file-size"], numbers["current-chunk-index"], numbers["chunk-count"]
        expected = min(CHUNK_BYTES, size - (index - 1) * CHUNK_BYTES)
        if submission.source != "chunked-sample" or submission.complete_at is not None:
            raise JoeError(INVALID, "This submission takes no chunk.")
        if numbers["chunk-size"] != CHUNK_BYTES or count != -(-size // CHUNK_BYTES) or not 1 <= index <= count:
            raise JoeError(INVALID, "Invalid parameter chunk-count.")
        if index != len(submission.chunks) + 1:
            raise JoeError(INVALID, "Invalid parameter current-chunk-index.")
        if not len(chunk) == numbers["current-chunk-size"] == expected:
            raise JoeError(INVALID, "Invalid parameter current-chunk-size.")
        submission.chunks[index] = chunk
        if index < count:
            return False
        submission.content = b"".join(submission.chunks[number] for number in range(1, count + 1))
        self.complete(submission)
        return True

    def status(self, submission: Submission) -> str:
        if submission.complete_at is None:
            return "accepted"
        passed = time.monotonic() - submission.complete_at
        ends = itertools.accumulate(self.delays)
        return STAGES[sum(passed >= end for end in ends)]

    def get(self, submission_id: str) -> Submission:
        with self.lock:
            if submission_id not in self.submissions:
                raise JoeError(INVALID, "Submission not found.")
            return self.submissions[submission_id]

    def analyses(self) -> Iterator[dict[str, object]]:
        """All analyses that can be seen: those of submissions past `accepted`."""
        with self.lock:
            for submission in list(self.submissions.values()):
                yield from self.seen(submission)

    def seen(self, submission: Submission) -> list[dict[str, object]]:
        status = self.status(submission)
        if status == "accepted":
            return []
        if status == "finished":
            return submission.analyses
        return [self._unfinished(analysis) for analysis in submission.analyses]

    @staticmethod
    def _unfinished(analysis: dict[str, object]) -> dict[str, object]:
        return {**analysis, "status": "running", "detection": "unknown", "score": 0, "runs": []}

    def analysis(self, webid: str) -> dict[str, object]:
        for analysis in self.analyses():
            if analysis["webid"] == webid:
                return analysis
        raise JoeError(INVALID, "Analysis not found.")

    def _analysis(self, submission: Submission, name: str, content: bytes, url: str) -> dict[str, object]:
        word, score = self.judge(name, content, url)
        webid = str(next(self._webids))
        digests = {kind: "" if url else hashlib.new(kind, content).hexdigest() for kind in ("md5", "sha1", "sha256")}
        run = {"detection": word, "error": None, "score": score, "sigma": False, "suricata": False, "yara": False}
        return {
            "webid": webid,
            "analysisid": webid,
            "time": submission.made_at.isoformat(timespec="seconds"),
            "status": "finished",
            "detection": word,
            "score": score,
            "classification": "phis." if word == "malicious" else "",
            "threatname": "Demo.Trojan" if word == "malicious" else "Unknown",
            "comments": submission.comments,
            "filename": url or name,
            "scriptname": "browseurl.jbs" if url else "default.jbs",
            "duration": 595,
            "encrypted": False,
            "has_malwareconfig": False,
            **digests,
            "tags": submission.tags,
            "runs": [{**run, "system": system} for system in submission.systems or SYSTEMS[:1]],
        }


def _things(submission: Submission) -> list[tuple[str, bytes, str]]:
    """What gets an analysis of its own: a mail is taken apart into its attachments and links."""
    if submission.url:
        return [("", b"", submission.url)]
    whole = (submission.name, submission.content, "")
    if not submission.name.lower().endswith(".eml"):
        return [whole]
    found = list(_dissected(submission.content))
    return [whole, *found]


def _dissected(content: bytes) -> Iterator[tuple[str, bytes, str]]:
    for part in email.message_from_bytes(content, policy=policy.default).walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        body = payload if isinstance(payload, bytes) else b""
        if part.get_filename():
            yield str(part.get_filename()), body, ""
        else:
            yield from (("", b"", link) for link in LINK.findall(body.decode("utf-8", "replace")))
