"""Mail addresses in header values (RFC 5322 section 3.4), read in linear time and without guessing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST = 100
_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\"]+")
_DOMAIN = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[(),:;<>]|(?:[^"(),:;<>\\]|\\.)+|\\')
_PARENTHESES = ("(", ")")
_ANGLES = ("<", ">")


@dataclass(slots=True)
class _Mailbox:
    name: str = ""
    address: str = ""
    comment: str = ""
    angles: int = 0
    defect: bool = False

    @property
    def text(self) -> str:
        return self.address.strip() if self.angles else self.name.strip()


def single_address(values: Sequence[str]) -> str | None:
    """The one address that sent a mail, its domain in lower case; None whenever there is any doubt.

    `values` are all From fields. Two fields, two mailboxes, a group, a second address in the display name:
    each is how a reporter is forged (CVE-2023-27043), so such a mail has no sender that may be answered.
    """
    if len(values) != 1 or len(values[0]) > 1000:
        return None
    mailboxes = list(_mailboxes(values[0]))
    if len(mailboxes) != 1 or mailboxes[0].defect:
        return None
    mailbox = mailboxes[0]
    if "@" in mailbox.comment or "<" in mailbox.comment:
        return None
    if mailbox.angles and "@" in _unquoted(mailbox.name):
        return None
    return _valid(mailbox.text)


def addresses(value: str) -> tuple[str, ...]:
    """The addresses in an address list, at most 100, domains in lower case; what is no address is left out."""
    found: dict[str, None] = {}
    for mailbox in _mailboxes(value):
        if address := _valid(mailbox.text):
            found[address] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def display_name(value: str) -> str:
    """The name of the first mailbox as people read it, without its quotes; empty when it has none."""
    for mailbox in _mailboxes(value):
        name = mailbox.name if mailbox.angles else mailbox.comment
        return re.sub(r'\\(.)|"', r"\1", name).strip()
    return ""


def _valid(address: str) -> str | None:
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 320 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    return f"{local}@{domain.lower()}"


def _unquoted(name: str) -> str:
    return re.sub(r'"[^"]*"', "", name)


def _mailboxes(value: str) -> Iterator[_Mailbox]:
    """One pass over the tokens; brackets are counted, never recursed into."""
    box = _Mailbox()
    depth, in_angle = 0, False
    for piece in _TOKEN.findall(value):
        if depth or piece in _PARENTHESES:
            depth = _comment(box, piece, depth)
        elif piece == "," and not in_angle:
            yield box
            box = _Mailbox()
        elif piece in _ANGLES:
            box.angles += piece == "<"
            box.defect |= box.angles > 1 or (piece == ">") != in_angle
            in_angle = piece == "<"
        elif in_angle:
            box.address += piece
        else:
            _outside(box, piece)
    box.defect |= bool(depth or in_angle)
    yield box


def _comment(box: _Mailbox, piece: str, depth: int) -> int:
    box.comment += piece if piece not in _PARENTHESES else " "
    depth += (piece == "(") - (piece == ")")
    box.defect |= depth < 0
    return max(depth, 0)


def _outside(box: _Mailbox, piece: str) -> None:
    unclosed = piece.startswith('"') and not (len(piece) > 1 and piece.endswith('"'))
    box.defect |= unclosed or piece in (":", ";", "\\") or (box.angles > 0 and bool(piece.strip()))
    box.name += piece
