"""Header blocks in a text: two to a dozen `label: value` lines that tell from whom, when and about what a mail was.

What a value can be decides first (addresses, a date, words), so that a block is read in any language; the label's
meaning, where it is known, makes it sure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from submissions.extraction.forward_labels import OTHER, is_announcement, is_dashed, label_of, meanings_of
from submissions.extraction.forward_lines import Line
from submissions.extraction.forward_values import date_likeness, is_addresses

MOST_FIELDS = 40
MOST_CONTINUED = 60
LONG_LINE = 50
_RECEIVERS = ("to", "cc", "bcc")


@dataclass(slots=True)
class Field:
    """One line of a block: `meanings` are the roles that its label can have in some language."""

    label: str
    value: str
    meanings: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What the value can be: addresses, date or words; empty for nothing."""
        if not self.value:
            return ""
        if is_addresses(self.value):
            return "addresses"
        return "date" if date_likeness(self.value) else "words"


@dataclass(slots=True)
class Block:
    """`end` is the line after the block; `stacked` says that values stand on the line below their labels."""

    fields: list[Field] = field(default_factory=list)
    end: int = 0
    stacked: bool = False

    @property
    def known(self) -> set[str]:
        """The roles that the labels name."""
        return {meaning for one in self.fields for meaning in one.meanings} - {OTHER}

    @property
    def waits(self) -> bool:
        return bool(self.fields) and not self.fields[-1].value

    @property
    def addresses(self) -> int:
        """How many values are addresses."""
        return sum(is_addresses(one.value) for one in self.fields)


def block_at(lines: Sequence[Line], start: int) -> Block | None:
    """The block whose first field is the line `start`; None when no two fields stand there."""
    block = Block()
    number, continued = start, 0
    while number < len(lines) and len(block.fields) < MOST_FIELDS and continued < MOST_CONTINUED:
        found = _field(block, lines, number)
        if found is not None:
            if _ends_before(block, found):
                break
            block.stacked |= not block.fields and not found.value
            block.fields.append(found)
            continued = 0
        elif not block.fields or not _continues(block, lines, number):
            break
        else:
            block.fields[-1].value = f"{block.fields[-1].value} {lines[number].text}".strip()
            continued += 1
        number += 1
    block.end = number
    return block if len(block.fields) >= 2 else None


def _field(block: Block, lines: Sequence[Line], number: int) -> Field | None:
    read = label_of(lines[number].text)
    if read is None:
        return None
    meanings = meanings_of(read[0])
    if meanings:
        return Field(*read, meanings)
    if not block.fields:
        return Field(*read, ()) if read[1] or _has_value_below(lines, number) else None
    # Below a label without a value stands its value, which may hold a colon too, as may the rest of a long subject.
    field = Field(*read, ())
    is_value = (block.stacked and block.waits) or (field.kind == "words" and _is_rest(block, lines, number))
    return None if is_value else field


def _has_value_below(lines: Sequence[Line], number: int) -> bool:
    """Whether a line that ends in a colon is a label, rather than what announces a block."""
    below = next((line.text for line in lines[number + 1 : number + 3] if line.text), "")
    return bool(below) and not is_announcement(lines[number].text) and label_of(below) is None


def _is_rest(block: Block, lines: Sequence[Line], number: int) -> bool:
    """Whether the line is what did not fit on the line above, which is then long; in a known language only."""
    if len(lines[number - 1].text) < LONG_LINE or not all(one.meanings for one in block.fields):
        return False
    return any(_is_next_field(block, lines, at) for at in (number + 1, number + 2))


def _ends_before(block: Block, found: Field) -> bool:
    """Whether the field is rather the first line of the text below: a label comes once, and a full block is over."""
    if any(one.label.casefold() == found.label.casefold() for one in block.fields):
        return True
    return not found.meanings and {"from", "subject", "date"} <= block.known


def _continues(block: Block, lines: Sequence[Line], number: int) -> bool:
    """Whether a line without a label goes on with the value before it."""
    last, text = block.fields[-1], lines[number].text
    if block.stacked and not text:
        return block.waits or _is_next_field(block, lines, number + 1)
    if not text:
        following = label_of(lines[number + 1].text) if number + 1 < len(lines) and last.value else None
        return bool(following and set(meanings_of(following[0])) - block.known - {OTHER}) and bool(last.meanings)
    if is_dashed(text):
        return False
    if not last.value:
        return True
    if last.value.endswith((",", ";")) or (is_addresses(text) and is_addresses(last.value)):
        return True
    return any(_is_next_field(block, lines, at) for at in (number + 1, number + 2))


def _is_next_field(block: Block, lines: Sequence[Line], number: int) -> bool:
    """Whether the line surely is one more field of the block."""
    read = label_of(lines[number].text) if number < len(lines) else None
    if read is None:
        return False
    meanings = meanings_of(read[0])
    if meanings or block.known:
        return bool(set(meanings) - block.known)
    return bool(date_likeness(read[1])) or is_addresses(read[1])


def roles_of(block: Block) -> dict[str, str]:
    """Values by role: from, to, cc, date, subject, reply_to. First what labels say, then what the values can be."""
    roles: dict[str, str] = {}
    left = []
    for one in block.fields:
        role = next((role for role in one.meanings if role not in (OTHER, *roles) and _fits(one, role)), "")
        if role:
            roles[role] = one.value
        elif one.value and not one.meanings:
            left.append(one)
    _guess_addresses(roles, left)
    _guess_date(roles, left)
    _guess_words(roles, left)
    return roles


def _fits(one: Field, role: str) -> bool:
    """Whether the value can have the role that its label names in some language."""
    if role == "date":
        return any(character.isdigit() for character in one.value)
    if role == "from" or role in _RECEIVERS:
        return one.kind in ("addresses", "words")
    return bool(one.value)


def _guess_addresses(roles: dict[str, str], left: list[Field]) -> None:
    """The sender comes before those who received the mail, in every client."""
    for one in [one for one in left if one.kind == "addresses"]:
        role = next((role for role in ("from", *_RECEIVERS) if role not in roles), "")
        if role:
            roles[role] = one.value
            left.remove(one)


def _guess_date(roles: dict[str, str], left: list[Field]) -> None:
    dates = [one for one in left if one.kind == "date"]
    if dates and "date" not in roles:
        best = max(dates, key=lambda one: date_likeness(one.value))
        roles["date"] = best.value
        left.remove(best)


def _guess_words(roles: dict[str, str], left: list[Field]) -> None:
    """A sender without an address (of the same organisation) stands first; then the first words are the subject."""
    words = [one.value for one in left if one.kind in ("words", "date")]
    if "from" not in roles and len(words) > 1:
        roles["from"] = words.pop(0)
    if "subject" not in roles and words:
        roles["subject"] = words[0] if "to" in roles or len(words) == 1 or "from" in roles else words[-1]


def is_header_block(block: Block, *, announced: int) -> bool:
    """Whether the block tells of a mail. `announced`: 0 by nothing, 1 by a rule or a quote, 2 by words or a wrapper."""
    known, fields = block.known, len(block.fields)
    named = len(known & {"from", "to", "cc", "date", "subject"})
    if "from" in known and known & {"subject", "date"}:
        if announced > 1:
            return named >= 2
        if named < 3 or not (announced or "to" in known or _names_sender(block)):
            return False
        return "subject" in known or block.addresses > 0
    # A few shared words are no known language, and an order form has a date and an address too.
    if fields < (4 if not announced or (named and announced == 1) else 3):
        return False
    addresses = block.addresses
    if not addresses and not (announced > 1 and named):
        return False
    if not any(one.kind == "date" for one in block.fields):
        return False
    valued = sum(bool(one.value) for one in block.fields)
    return announced > 0 or (addresses >= 2 and valued - addresses >= 2)


def _names_sender(block: Block) -> bool:
    """Whether the sender has an address: a form that somebody filled in has names only."""
    return any("from" in one.meanings and one.kind == "addresses" for one in block.fields)
