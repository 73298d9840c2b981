"""The truth about a campaign: what the servers really took, counted by mail, and what is allowed."""

from collections import Counter
from dataclasses import dataclass, field

from submissions.invariants import broken
from submissions.models import Submission
from tests.reports import report
from tests.whole.promises import (
    ENDS,
    KEPT,
    LOST,
    PROCESSED,
    RECEIPT,
    ROWS,
    SUBMITTED,
    TWICE,
    VERDICT,
    letters,
    submissions,
)
from tests.whole.real_parts import RealParts


@dataclass
class Doubt:
    """Letters whose sender was struck between the final dot and the recorded answer, by thread and kind."""

    letters: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass
class Sent:
    """The mails of one batch: their Message-IDs, and the files and links that only they hold."""

    prefix: str
    count: int

    def mails(self) -> list[bytes]:
        """Every fifth holds a file and a link that the others of its kind hold too."""
        return [self.one(number) for number in range(self.count)]

    def one(self, number: int) -> bytes:
        own = "same" if number % 5 == 0 else str(number)
        files = {f"{self.prefix}-{own}.txt": f"own {self.prefix} {own}".encode()}
        text = f"https://{self.prefix}-{own}.example/\n"
        raw = report(files, text, number=number, reporter=f"{self.prefix}-{number}@corp.example")
        return raw.replace(b"<report-", f"<{self.prefix}-".encode(), 1)

    @property
    def message_ids(self) -> set[str]:
        return {f"<{self.prefix}-{number}@corp.example>" for number in range(self.count)}

    @property
    def artifacts(self) -> int:
        owns = {"same" if number % 5 == 0 else str(number) for number in range(self.count)}
        return 2 * len(owns)


def faults(parts: RealParts, sent: Sent, doubt: Doubt) -> list[str]:
    """What is wrong with a batch that has come to its end, in words; the servers' ledgers are emptied after it."""
    rows = dict(Submission.objects.filter(message_id__in=sent.message_ids).values_list("message_id", "state"))
    number = Submission.objects.filter(message_id__in=sent.message_ids).count()
    wrong = [f"{LOST}: {one}" for one in sent.message_ids - set(rows)]
    wrong += [f"{TWICE}: {number - len(rows)} mails"] if number > len(rows) else []
    wrong += [f"{ENDS}: {one} as {state}" for one, state in rows.items() if state != "done"]
    wrong += [f"{KEPT}: {len(parts.imap.mails())} left in the folder"] if parts.imap.mails() else []
    moved = len(parts.imap.mails(PROCESSED))
    wrong += [f"{KEPT}: {moved} of {sent.count} moved"] if moved != sent.count else []
    taken = submissions(parts)
    wrong += [f"{SUBMITTED}: {count} times {one}" for one, count in taken.items() if count > 1]
    wrong += [f"{SUBMITTED}: {len(taken)} of {sent.artifacts}"] if len(taken) != sent.artifacts else []
    wrong += wrong_letters(parts, sent, doubt)
    return wrong + [f"{ROWS}: {one.name}: {row}" for one, found in broken() for row in found]


def wrong_letters(parts: RealParts, sent: Sent, doubt: Doubt) -> list[str]:
    """One receipt and one verdict each. In doubt a receipt may be missing and a verdict may come twice, alike."""
    taken, wrong = letters(parts), []
    for one in sent.message_ids:
        receipts, verdicts = taken.get((one, "receipt"), []), taken.get((one, "verdict"), [])
        unsure = {kind: doubt.letters[one, kind] for kind in ("receipt", "verdict")}
        if len(receipts) > 1 or (not receipts and not unsure["receipt"]):
            wrong.append(f"{RECEIPT}: {len(receipts)} for {one}")
        lost = not verdicts and unsure["verdict"] < 2  # sent once more, and that was struck in the same place
        if lost or len(verdicts) > 1 + min(unsure["verdict"], 1) or len(set(verdicts)) > 1:
            wrong.append(f"{VERDICT}: {len(verdicts)} for {one}")
    return wrong


def clear(parts: RealParts) -> None:
    """Forget a batch that was counted, so that the next costs no more than it."""
    parts.smtp.clear()
    parts.joe.ledger.write_text("")
    for part in ("new", "cur"):
        for path in (parts.imap.directory / "mail" / "sandbox@localhost" / PROCESSED / part).glob("*"):
            path.unlink()
