"""Mails that were forwarded inside a text: whose they are, about what, and where the text of the original begins.

Found are header blocks that mail programs write above what they forward, in plain text or HTML, in any language,
quoted or not, one in another; and, in a mail whose subject says that it is a forward, a line like `On ... wrote:`.
A reply quotes in the same way as a forward: in a mail whose subject says that it is a reply, only what calls itself
forwarded counts. See docs/decisions/0020.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from submissions.extraction import forward_attributions
from submissions.extraction.forward_blocks import Block, block_at, is_header_block, roles_of
from submissions.extraction.forward_labels import MOST_WORDS, is_dashed, label_of, meanings_of
from submissions.extraction.forward_lines import LONGEST_SOURCE, Line, Wrapper, html_lines, text_lines
from submissions.extraction.forward_separators import Separator, separator_of, unglued
from submissions.extraction.forward_values import mailbox, sender_of
from submissions.extraction.forward_words import FORWARD_PREFIXES, REPLY_PREFIXES

DEEPEST = 5
# As `label_of` has it: at the beginning of a line, not long, without digits and signs of code.
_LABEL = re.compile(r"""\n[\s>|*"']{0,40}+([^\W\d_][^\d:：@<>=;,?!{}\\"\n]{0,42}+)\s{0,4}+[:：]""")
_BEHIND_DASHES = re.compile(r"[-_=]{3}[ \t]{0,4}[^\W\d_]")
_NOT_SHOWN = re.compile(r"<(?:[sS][tT][yY][lL][eE]|[sS][cC][rR][iI][pP][tT])\b")
_TAG = re.compile(r"<[/!?a-zA-Z][^>]*+>\s*+")
_PREFIX = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?([^\W\d_][^:：\[\]]{0,20}?)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]")


@dataclass(frozen=True, slots=True)
class Forward:
    """One forwarded mail. `start`, `body` and `end` are offsets in the source: of what announces it, of its text,
    and behind it. `found_by` says how it was found: a separator, a wrapper, the block alone, or an attribution.
    """

    sender: str
    subject: str = ""
    date: str = ""
    to: str = ""
    cc: str = ""
    reply_to: str = ""
    found_by: str = ""
    start: int = 0
    body: int = 0
    end: int = 0


def find(source: str, *, is_html: bool, subject: str = "") -> tuple[Forward, ...]:
    """The mails forwarded in a body, the outermost first, at most five deep. `subject` is that of the mail it is in."""
    if not (is_forward(subject) or _is_worth_reading(source, is_html=is_html)):
        return ()
    lines = html_lines(source) if is_html else unglued(text_lines(source))
    found = list(_blocks(lines, len(source), subject))
    if not found and is_forward(subject):
        found = list(_attributed(lines, len(source), subject))
    return tuple(found)


def _is_worth_reading(source: str, *, is_html: bool) -> bool:
    """A cheap look: whether there are labels of a block at the beginnings of lines, or words behind dashes."""
    if ":" not in source and "：" not in source:
        return False
    text = source[:LONGEST_SOURCE]
    if is_html:
        text = html.unescape(_between_tags(_without_unseen(text)))
    if _has_labels(text):
        return True
    # Plain strings are found far faster than one of three characters.
    may_show_dashes = "---" in text or "___" in text or "===" in text
    return may_show_dashes and _BEHIND_DASHES.search(text) is not None


def _has_labels(text: str) -> bool:
    """Whether two labels stand there and one of them is known, or three and an address, as `is_header_block` asks."""
    colons = text.count(":") - text.count("://") + text.count("：")
    if colons < 2:
        return False
    # A pattern that begins with one plain character is found several times faster.
    labels = [label for label in _LABEL.findall("\n" + text) if len(label.split()) <= MOST_WORDS]
    if len(labels) > 2 and "@" in text:
        return True
    return len(labels) > 1 and any(meanings_of(label.replace("*", "")) for label in labels)


def _without_unseen(source: str) -> str:
    """The source without styles and scripts."""
    first, *others = _NOT_SHOWN.split(source)
    return "".join([first, *(part.partition("</")[2] for part in others)])


def _between_tags(source: str) -> str:
    """The text between the tags, each piece on a line of its own; roughly, for a tree of every mail costs too much."""
    # Up to the last `>` every tag closes: looking for ends that do not come would take quadratic time.
    end = source.rfind(">") + 1
    return _TAG.sub("\n", source[:end]) + source[end:]


def prefix_of(subject: str) -> str:
    """`fwd` of `Fwd: Invoice`, in small letters; empty when the subject begins with none."""
    match = _PREFIX.match(subject[:100]) if ":" in subject or "：" in subject else None
    return match[1].casefold().strip() if match else ""


def is_forward(subject: str) -> bool:
    return prefix_of(subject) in FORWARD_PREFIXES


def is_reply(subject: str) -> bool:
    return prefix_of(subject) in REPLY_PREFIXES


def without_prefix(subject: str) -> str:
    match = _PREFIX.match(subject[:100])
    known = FORWARD_PREFIXES | REPLY_PREFIXES
    return subject[match.end() :].strip() if match and match[1].casefold().strip() in known else subject.strip()


def _blocks(lines: Sequence[Line], length: int, subject: str) -> Iterator[Forward]:
    """Each block that forwards: the first of a mail, and inside it those that say so."""
    number, level = 0, 0
    while number < len(lines) and level < DEEPEST:
        block = block_at(lines, number) if label_of(lines[number].text) else None
        # What is no header block when it is announced by words is none at all.
        separator = separator_of(lines, number) if block and is_header_block(block, announced=2) else None
        if block is None or separator is None or not is_header_block(block, announced=separator.strength):
            number += 1
            continue
        if _counts(separator, subject, level):
            made = _forward(lines, block, separator, length)
            if made is not None:
                yield made
                subject, level = made.subject, level + 1
        number = max(block.end, number + 1)


def _counts(separator: Separator, subject: str, level: int) -> bool:
    """Whether the block forwards a mail rather than quotes it in an answer."""
    if separator.says_forwarded:
        return True
    return is_forward(subject) if level else not is_reply(subject)


def _forward(lines: Sequence[Line], block: Block, separator: Separator, length: int) -> Forward | None:
    roles = roles_of(block)
    name, address = sender_of(roles.get("from", ""))
    if not name and not address:
        return None
    below = (line for line in lines[block.end :] if line.text and not is_dashed(line.text))
    after = next(below, None)
    return Forward(
        sender=mailbox(name, address),
        subject=" ".join(roles.get("subject", "").split()),
        date=roles.get("date", ""),
        to=roles.get("to", ""),
        cc=roles.get("cc", ""),
        reply_to=roles.get("reply_to", ""),
        found_by=separator.name,
        start=separator.start_in(lines),
        body=after.start if after else length,
        end=_end(lines, block, separator, length),
    )


def _end(lines: Sequence[Line], block: Block, separator: Separator, length: int) -> int:
    """Where the reporter's own words go on: behind the wrapper, or behind the last quoted line."""
    wrapper = separator.wrapper
    if wrapper is not None and wrapper.end > lines[block.end - 1].start and _holds(wrapper):
        return wrapper.end
    depth = lines[block.end - 1].depth
    if depth:
        quoted = (number for number in range(len(lines) - 1, -1, -1) if lines[number].depth >= depth)
        last = next(quoted, len(lines) - 1)
        return lines[last + 1].start if last + 1 < len(lines) else length
    return length


def _holds(wrapper: Wrapper) -> bool:
    """Whether the wrapper goes around the forwarded text, not only around its header block."""
    return wrapper.name.startswith(
        ("gmail_quote", "moz-forward", "yahoo_quoted", "protonmail", "zmail", "block", "type=")
    )


def _attributed(lines: Sequence[Line], length: int, subject: str) -> Iterator[Forward]:
    found = forward_attributions.attribution(lines)
    if found is not None:
        yield Forward(
            sender=mailbox(found.name, found.address),
            subject=without_prefix(subject),
            date=found.date,
            found_by="attribution",
            start=lines[found.first].start,
            body=lines[found.after].start if found.after < len(lines) else length,
            end=length,
        )
