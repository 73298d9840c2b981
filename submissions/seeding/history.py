"""A year of reported mails with everything that became of them, row by row."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from mailmonitor.models import Event
from notifications.models import Notification
from submissions.models import Analysis, Artifact, Item, Mailbox, Review, Submission
from submissions.searched import searched
from submissions.seeding.tables import Row, Table, count_on, without_indexes
from submissions.seeding.world import THREATS, Story, Thing, World
from submissions.verdicts import Verdict, worst

TABLES = [Table(model) for model in (Artifact, Submission, Item, Analysis, Review, Notification, Event)]
YEAR = timedelta(days=365)
BATCH = 5000
STILL_ANALYSED = 20
SCORES = {"malicious": 90, "suspicious": 55, "failed": None, "unknown": 20, "clean": 0}
ANSWER = b"Subject: Result\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\nthank you for your report.\r\n"


class History:
    """Makes `mails` submissions with `items` items in all, the newest of them at `end`."""

    def __init__(self, mailbox: Mailbox, *, mails: int, items: int, end: datetime) -> None:
        self.mailbox, self.mails, self.items, self.end = mailbox, mails, items, end
        self.first = {table.model: table.next_key() for table in TABLES}
        self.world = World(20261125, mails, self.first[Artifact])
        self.rows: dict[type, list[Row]] = defaultdict(list)
        self.made = 0

    def load(self) -> Iterator[int]:
        """Write everything; gives back after each batch how many mails stand."""
        with without_indexes(TABLES):
            for number in range(self.mails):
                self._mail(number)
                if (number + 1) % BATCH == 0 or number + 1 == self.mails:
                    self._write()
                    yield number + 1
        count_on(TABLES)

    def _write(self) -> None:
        for thing in self.world.new:
            self._artifact(thing)
        self.world.new.clear()
        for table in TABLES:
            table.load(self.rows.pop(table.model, ()))

    def _add(self, model: type, **values: Any) -> None:
        key = self.first[model]
        self.first[model] = key + 1
        self.rows[model].append({"id": key, **values})

    def _artifact(self, thing: Thing) -> None:
        size = 0 if thing.kind == "url" else 1000 + thing.pk % 90000
        values = {"kind": thing.kind, "digest": thing.digest, "name": thing.name, "type": thing.type, "size": size}
        self.rows[Artifact].append({"id": thing.pk, **values, "first_seen_at": self.end - YEAR})
        if not thing.common:
            self._analysis(thing)

    def _analysis(self, thing: Thing) -> None:
        failed = thing.verdict == "failed"
        threats = [THREATS[thing.pk % len(THREATS)]] if thing.verdict == "malicious" else []
        self._add(
            Analysis, artifact_id=thing.pk, sandbox="static", key=uuid.UUID(int=thing.pk), due_at=None,
            state="failed" if failed else "finished", verdict="" if failed else thing.verdict,
            score=SCORES[thing.verdict], threat_names=threats, created_at=self.end - YEAR,
            finished_at=self.end - YEAR, deadline_at=self.end,
        )  # fmt: skip

    def _mail(self, number: int) -> None:
        story = self.world.story(number / self.mails)
        things = self.world.things(story, self._number_of_items(number))
        pk = self.first[Submission]
        at = self.end - YEAR * (1 - number / self.mails)
        mail = self._submission(number, story, at)
        for position, thing in enumerate(things):
            self._item(pk, position, thing)
        mail["sender_domain"] = story.sender.rpartition("@")[2].rstrip(">")
        mail["searched"] = searched(Submission(**mail), [(thing.kind, thing.name) for thing in things])
        if number < self.mails - STILL_ANALYSED:
            mail |= self._concluded(number, things, at)
            self._tell(pk, mail)
        self._add(Submission, **mail)

    def _number_of_items(self, number: int) -> int:
        mean = (self.items - self.made) / (self.mails - number)
        last = number == self.mails - 1
        drawn = round(mean) if last else min(60, int(self.world.random.expovariate(1 / max(mean, 0.1)) + 0.5))
        self.made += drawn
        return drawn

    def _submission(self, number: int, story: Story, at: datetime) -> dict[str, Any]:
        digest = sha256(f"mail {number}".encode()).hexdigest()
        reported = [{"path": "2", "how": "attached", "subject": story.subject, "from": story.sender}]
        return {
            "mailbox_id": self.mailbox.pk, "digest": digest, "fingerprint": digest, "size": 20000 + number % 9999,
            "received_at": at, "reporter": self.world.reporter(), "subject": f"FW: {story.subject}",
            "message_id": f"<{number}@corp.example>", "reported": reported, "state": "analysing",
            "due_at": self.end + YEAR,
        }  # fmt: skip

    def _item(self, mail: int, position: int, thing: Thing) -> None:
        at_random = self.world.random.random()
        place = f"2.1 text/html {'qr' if at_random < 0.02 else 'a[href]'}"
        self._add(
            Item, submission_id=mail, artifact_id=thing.pk, position=position, name=thing.name,
            path="2.2" if thing.kind == "file" else "", found_in=[] if thing.kind == "file" else [place],
            skipped="decoration" if thing.common else "", password="infected" if at_random > 0.998 else "",
        )  # fmt: skip

    def _concluded(self, number: int, things: list[Thing], at: datetime) -> dict[str, Any]:
        if number % 331 == 0:
            return {"state": "unparseable", "due_at": None, "state_reason": "It broke the reader."}
        verdict = worst([Verdict(thing.verdict) for thing in things] or [Verdict.CLEAN])
        seconds = 20 + self.world.random.expovariate(1 / 240)
        reviewed = number < self.mails * 0.98 and verdict != "clean" and number % 20
        reviewed_at = at + timedelta(hours=5) if reviewed else None
        return {
            "state": "done", "due_at": None, "verdict": str(verdict), "score": SCORES[verdict],
            "concluded_at": at + timedelta(seconds=seconds), "reviewed_at": reviewed_at,
        }  # fmt: skip

    def _tell(self, pk: int, mail: dict[str, Any]) -> None:
        """Review, mails to the reporter and events."""
        thread, at = f"submission:{pk}", mail["received_at"]
        if mail.get("reviewed_at"):
            self._add(Review, submission_id=pk, reviewed_by="grace", overrides=int(pk % 40 == 0))
        mail["told"] = self._letter(thread, "received", mail["reporter"], at)
        self._add(Event, at=at, reference=thread, subject=thread, kind="received", words=f"{mail['size']} bytes")
        if mail["state"] == "done":
            mail["told"] = self._letter(thread, f"summary_{mail['verdict']}", mail["reporter"], mail["concluded_at"])
        self._add(Event, at=at, reference=thread, subject=thread, kind=mail["state"], words=mail.get("verdict", ""))

    def _letter(self, thread: str, kind: str, to: str, at: datetime) -> str:
        """Gives back what the reporter has heard by it."""
        failed = self.first[Notification] % 999 == 0
        self._add(
            Notification, thread=thread, about=thread, kind=kind, state="failed" if failed else "sent", due_at=None,
            to=to, recipient=to, subject=kind, message_id=f"<{self.first[Notification]}@seeded>", message=ANSWER,
            created_at=at, queued_at=at, sent_at=None if failed else at, reply="250 2.0.0 Ok",
        )  # fmt: skip
        return "failed" if failed else "receipt" if kind == "received" else "sent"
