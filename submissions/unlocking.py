"""A password from an analyst: the mail is taken apart once more with it, and what comes out is analysed."""

from datetime import timedelta

from django.db import transaction

from mailmonitor.models import LeaseLost
from submissions import items, policy, storage
from submissions.extraction import wire
from submissions.extraction.types import ExtractedMail, Limits
from submissions.jail import JailBroken, JailLimits
from submissions.jail import run as run_in_jail
from submissions.judgement import judge
from submissions.models import Analysis, Item, Submission
from submissions.plan import read_plan
from submissions.review import Refused, afresh
from submissions.searched import searched

State = Submission.State
LOCKED = "locked"
LONGEST = 200


def locked(row: Submission) -> list[str]:
    """The paths of what no known password opens."""
    return list(dict.fromkeys(str(one["path"]) for one in row.problems if one["code"] == LOCKED))


def unlock(row: Submission, password: str, actor: str) -> list[int]:
    """Open what is locked in a mail that has its verdict; gives back the analyses to submit.

    The mail is read with no transaction open; what is new is recorded, and the mail analysed anew, in one. Raises
    Refused, with an event, when the password opens nothing.
    """
    before = locked(row)
    if row.state != State.DONE:
        raise Refused("still being analysed")
    if not before or not password or len(password) > LONGEST:
        raise Refused("nothing of it is locked" if not before else "that is no password")
    mail = extract(row, password)
    still = {problem.path for problem in mail.problems if problem.code == LOCKED}
    opened = [path for path in before if path not in still]
    if not opened:
        row.tell("not-unlocked", ", ".join(before)[:500], actor=actor)
        raise Refused("the password does not fit")
    for file in mail.files:
        storage.save(file.content)
    return record(row, mail, opened, actor)


def extract(row: Submission, password: str) -> ExtractedMail:
    """What is in the mail when this password is tried as well. Raises Refused when it cannot be read now."""
    try:
        payload = wire.request(storage.load(row.digest), Limits(), (password,))
        return wire.load(run_in_jail("extract-with", payload, JailLimits()))
    except FileNotFoundError as error:
        raise Refused("its raw bytes are no longer in the storage") from error
    except (JailBroken, ValueError) as error:
        raise Refused("it could not be taken apart") from error


def record(row: Submission, mail: ExtractedMail, opened: list[str], actor: str) -> list[int]:
    told = wire.as_json(mail, "")
    known = row.items.count()
    try:
        with transaction.atomic():
            files = items.store_more(row, mail, read_plan(row.plan))
            row.reported = told["reported"]
            row.advance(
                State.ANALYSING,
                "opened with a password",
                due_in=timedelta(seconds=60),
                reported=row.reported,
                problems=told["problems"],
                searched=searched(row, row.items.values_list("artifact__kind", "name")),
            )
            new = row.items.count() - known
            row.tell("unlocked", f"{', '.join(opened)[:500]}; new items: {new}", actor=actor)
            return [*again(row, files), *policy.begin(row.pk)]
    except LeaseLost as error:
        raise Refused("somebody changed it at the same moment") from error


def again(row: Submission, files: list[Item]) -> list[int]:
    """New analyses of the files that were opened, which the sandboxes now get with their password."""
    opened = {item.pk for item in files}
    ended = [
        afresh(analysis, policy.context_of(judged.item))
        for judged in judge(row)
        if judged.item.pk in opened
        for analysis in judged.analyses
        if analysis.state in Analysis.FINAL
    ]
    return [analysis.pk for analysis in Analysis.objects.bulk_create(ended)]
