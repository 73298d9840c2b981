"""What a judgement can be and how many become one. Pure: no Django, no clock, no network."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """The word of a sandbox or of a whole mail, worst first in `ORDER`."""

    MALICIOUS = "malicious"
    SUSPICIOUS = "suspicious"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CLEAN = "clean"


ORDER = tuple(Verdict)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of the verdicts; UNKNOWN when there is none, for nothing judged is never clean."""
    return min(verdicts, key=ORDER.index, default=Verdict.UNKNOWN)


def combine(judged: Iterable[Verdict], *, incomplete: bool = False) -> Verdict:
    """The verdict of a mail: that of its worst item.

    `judged` holds one verdict per item that counts. `incomplete` says that something of the mail
    could not be looked at (locked, over a limit, broken); then the mail can never be clean.
    """
    verdicts = list(judged)
    if incomplete:
        verdicts.append(Verdict.UNKNOWN)
    return worst(verdicts)
