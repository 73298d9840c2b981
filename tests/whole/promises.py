"""What a campaign counts: the promises that must hold whatever dies, and what the servers' ledgers say of them."""

from collections import Counter
from collections.abc import Sequence

from tests.whole.real_parts import RealParts

PROCESSED = ".MailMonitor.Processed"
# Whoever reports what somebody else has reported is thanked instead of getting the usual receipt
RECEIPTS = ("Received", "Already known")

LOST = "no mail is lost"
TWICE = "no mail is stored twice"
KEPT = "the mail server keeps every mail"
SUBMITTED = "every file and link is submitted once"
RECEIPT = "every report gets one receipt"
VERDICT = "every report gets one verdict"
ENDS = "every mail comes to its end"
RESUMES = "work goes on in time"
STALE = "no stale worker writes"
HOLDS = "no step fails but by a blow"
ROWS = "every invariant of the rows holds"
PROMISES = (LOST, TWICE, KEPT, SUBMITTED, RECEIPT, VERDICT, ENDS, RESUMES, STALE, HOLDS, ROWS)


def submissions(parts: RealParts) -> Counter[str]:
    """How often Joe Sandbox really took each file and link as a whole."""
    calls = parts.joe.calls("submission/new") + parts.joe.calls("submission/chunked-sample")
    return Counter(str(call["url"] or call["sha256"]) for call in calls if call.get("complete"))


def letters(parts: RealParts) -> dict[tuple[str, str], list[str]]:
    """The Message-IDs that the relay took as receipt and as verdict for each report, by the report's Message-ID."""
    taken: dict[tuple[str, str], list[str]] = {}
    for mail in parts.smtp.mails():
        kind = "receipt" if str(mail.message["Subject"]).startswith(RECEIPTS) else "verdict"
        taken.setdefault((str(mail.message["In-Reply-To"]), kind), []).append(str(mail.message["Message-ID"]))
    return taken


def table(broken: Sequence[str], mails: int) -> str:
    """Each promise with how often it was broken over so many mails. What is `broken` begins with the promise."""
    counts = Counter(words.partition(": ")[0] for words in broken)
    lines = [f"{name:40}{mails:>8} mails{counts[name]:>6} broken" for name in PROMISES]
    return "\n".join([*lines, f"broken promises: {len(broken)}", *(f"  {words}" for words in broken[:20])])
