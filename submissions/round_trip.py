"""A mail of our own sent round: out by the relay, into the mailbox, taken apart, its receipt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Literal

from mailmonitor.models import Event, now
from notifications.addresses import domain_of
from notifications.models import Notification
from notifications.relays import relay_of, send_as
from notifications.smtp import Route, SmtpError
from submissions.models import Mailbox, Submission

Status = Literal["OK", "FAIL", "SKIP", "WAIT"]
SENT, REFUSED = "round-trip", "round-trip-refused"
PATIENCE = timedelta(minutes=1)
TEXT = "This mail was sent by Mail Monitor to test the mailbox {address}. Nothing needs to be done.\n"
LOOK = "Look for it in the mailbox, also among junk mail, and check that {address} is delivered there."
STUCK = "See the status page: a worker may be missing, or the relay defers."
RELAY = "Check the relay's address: host, port, user and password, and that it takes this sender."


@dataclass(frozen=True)
class Step:
    """One stretch of the way. WAIT is what may still happen by itself."""

    name: str
    status: Status
    words: str
    fix: str = ""


@dataclass(frozen=True)
class Trip:
    """The last mail that was sent round, begun at `at`."""

    at: datetime
    steps: list[Step]

    @property
    def is_open(self) -> bool:
        return any(step.status == "WAIT" for step in self.steps)


def send(row: Mailbox, reporter: str, actor: str) -> None:
    """Send a mail to the mailbox as if the reporter had written it; what the relay says is kept."""
    mail = letter(row.address, reporter)
    try:
        reply = send_as(mail.as_bytes(), Route(relay_of(row.outgoing), reporter, row.address))
    except SmtpError as error:
        row.tell(REFUSED, f"{mail['Message-ID']} {error}", actor=actor)
    else:
        row.tell(SENT, f"{mail['Message-ID']} {reply}", actor=actor)


def letter(address: str, reporter: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = reporter, address, "Mail Monitor: round trip"
    mail["Date"], mail["Message-ID"] = formatdate(localtime=True), make_msgid(domain=domain_of(reporter))
    mail.set_content(TEXT.format(address=address))
    return mail


def last(row: Mailbox) -> Trip | None:
    """How far the last mail has come; None when none was sent."""
    event = Event.objects.filter(reference=row.label, kind__in=(SENT, REFUSED)).order_by("-id").first()
    if event is None:
        return None
    message_id, _, reply = event.words.partition(" ")
    if event.kind == REFUSED:
        return Trip(event.at, [Step("sent", "FAIL", reply, RELAY)])
    mail = Submission.objects.filter(mailbox=row, message_id=message_id).order_by("-id").first()
    late = now() - event.at > PATIENCE
    return Trip(event.at, [Step("sent", "OK", reply), *way(row, mail, event.at, late=late)])


def way(row: Mailbox, mail: Submission | None, begun: datetime, *, late: bool) -> list[Step]:
    """From the relay's yes to the receipt."""
    names = ("arrived", "taken apart", "receipt")
    if mail is None:
        return [waiting(names[0], LOOK.format(address=row.address), late=late), *(map(later, names[1:]))]
    arrived = Step("arrived", "OK", f"as {mail.number}, {seconds(begun, stored_at(mail))} s after it was sent")
    if mail.state == Submission.State.RECEIVED:
        return [arrived, waiting(names[1], STUCK, late=late), later(names[2])]
    if mail.state == Submission.State.UNPARSEABLE:
        return [arrived, Step(names[1], "FAIL", mail.state_reason, STUCK)]
    return [arrived, Step(names[1], "OK", mail.get_state_display()), receipt(mail, late=late)]


def receipt(mail: Submission, *, late: bool) -> Step:
    """What became of the first mail to the reporter."""
    answer = Notification.objects.filter(thread=mail.label).order_by("pk").first()
    if answer is None:
        return Step("receipt", "SKIP", f"not answered: {mail.no_answer or mail.get_state_display()}")
    if answer.state == Notification.State.SENT:
        return Step("receipt", "OK", answer.reply)
    if answer.state == Notification.State.SUPPRESSED:
        return Step("receipt", "SKIP", f"not answered: {answer.reason}")
    if answer.state == Notification.State.FAILED:
        return Step("receipt", "FAIL", answer.reason, RELAY)
    return waiting("receipt", STUCK, late=late)


def waiting(name: str, fix: str, *, late: bool) -> Step:
    return Step(name, "FAIL", "not within a minute", fix) if late else Step(name, "WAIT", "not yet")


def later(name: str) -> Step:
    return Step(name, "SKIP", "not yet")


def stored_at(mail: Submission) -> datetime:
    """When we had it, by our own clock: the server's may be another."""
    return Event.objects.filter(reference=mail.label, kind="received").values_list("at", flat=True)[0]


def seconds(begin: datetime, end: datetime) -> int:
    return max(0, round((end - begin).total_seconds()))
