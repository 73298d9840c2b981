"""Values on their way into a mail: cleaned, cut and defanged. What comes from a mail is an attacker's text."""

import re
from functools import cache

from publicsuffixlist import PublicSuffixList

SUBJECT_LENGTH = 200
ATTACKER_LENGTH = 120
OWN_LENGTH = 500
TRUSTED = frozenset(
    (
        "organisation",
        "contact",
        "contact_phone",
        "instance_name",
        "submission_url",
        "report_url",
        "view_url",
        "submission_id",
        "doctor_command",
    )
)
WEB = re.compile(r"\b(?:h[tx]{2}p(s?)|f[tx]p(s?))://([^\s/?#]*)", re.IGNORECASE)
OTHER_SCHEME = re.compile(r"\b(mailto|tel|sms|data|javascript|vbscript|file|ms-[a-z]{1,20}):(?=\S)", re.IGNORECASE)
HOST = re.compile(r"[^\W_][\w-]{0,62}(?:[.。．｡][\w-]{1,63}){1,10}", re.UNICODE)
DOTS = re.compile(r"(?<!\[)[.。．｡](?!\])")
ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")


def one_line(text: str, length: int = OWN_LENGTH) -> str:
    """The text without controls, bidi marks and other unseen characters, on one line, cut with an ellipsis."""
    # Cut twice: the first bounds the work on a hostile megabyte.
    cut = text[: length * 8]
    seen = cut if cut.isprintable() else "".join(letter if letter.isprintable() else " " for letter in cut)
    line = " ".join(seen.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def defang(text: str) -> str:
    """The text with every URL, host and address written so that no mail program makes a link of it."""
    text = WEB.sub(lambda match: f"{inert_scheme(match[0])}://{inert(match[3])}", text)
    text = OTHER_SCHEME.sub(r"\1[:]", text)
    text = ADDRESS.sub(lambda match: inert(match[0]), text)
    return HOST.sub(lambda match: inert(match[0]) if is_host(match[0]) else match[0], text)


def inert_scheme(url: str) -> str:
    scheme = url.split(":", 1)[0].lower()
    return "fxp" if scheme[0] == "f" else "hxxps" if scheme.endswith("s") else "hxxp"


def inert(host: str) -> str:
    return DOTS.sub("[.]", host)


def is_host(name: str) -> bool:
    """Whether a mail program would take the name for a host: it ends in a known top-level domain."""
    return is_top_level(DOTS.split(name)[-1].lower()) or name.lower().startswith("www.")


@cache
def public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def is_top_level(label: str) -> bool:
    return not label.isdigit() and public_suffixes().publicsuffix(label) is not None


def shown(name: str, value: str, *, recipient: str = "") -> str:
    """The value of the placeholder as it may stand in a mail to `recipient`."""
    if name in TRUSTED or (recipient and value.strip() == recipient):
        return one_line(value)
    return one_line(defang(one_line(value, ATTACKER_LENGTH * 2)), ATTACKER_LENGTH)


def shown_row(row: dict[str, str], *, name_length: int = ATTACKER_LENGTH) -> dict[str, str]:
    """One line of the table of items."""
    lengths = {"verdict": 40, "name": name_length, "type": 40, "score": 10, "reason": ATTACKER_LENGTH, "reused": 40}
    return {key: one_line(defang(one_line(row.get(key, ""), length * 2)), length) for key, length in lengths.items()}
