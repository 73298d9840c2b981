"""The line, rule or element by which a mail program announces what it forwards."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from submissions.extraction.forward_labels import is_announcement, is_dashed, is_rule, label_of
from submissions.extraction.forward_lines import Line, Wrapper
from submissions.extraction.forward_words import LABELS, ORIGINAL

NEAR = 4
LONGEST = 200
LONGEST_GLUED = 2000
MOST_GLUED = 5
_FORWARD_WRAPPERS = ("moz-forward", "isforwardcontent", "forwardcontent", "forwardintro")
_GLUED = re.compile(r"^(.{0,20}[-–—_=]{3,20}\s?[^\W\d_][^-–—_=:：<>@]{2,80}[-–—_=]{3,20})\s*(\S.*)$")
_LABEL = r"[^\W\d_][^\s\d:：<>@;,]{0,24}(?: [^\s\d:：<>@;,]{1,14}){0,2}"
_GLUE = re.compile(rf"(?<=[>;\"')\w])(?=({_LABEL})\s?[:：])")


@dataclass(frozen=True, slots=True)
class Separator:
    """What stands before the line `number`. `strength` is 0 for nothing, 1 for a rule, 2 for words or a wrapper."""

    number: int
    strength: int = 0
    name: str = "block"
    says_forwarded: bool = False
    wrapper: Wrapper | None = None

    def start_in(self, lines: Sequence[Line]) -> int:
        start = lines[self.number].start
        return min(start, self.wrapper.start) if self.wrapper else start


def separator_of(lines: Sequence[Line], number: int) -> Separator:
    """What announces a block that begins at line `number`: the strongest of what stands on the lines right above."""
    best = _stronger(Separator(number), _of_wrapper(lines[number], number))
    for at in range(number - 1, max(number - NEAR, 0) - 1, -1):
        line = lines[at]
        found = _of_text(line, at) if line.text else None
        if line.text and found is None:
            break
        best = _stronger(_stronger(best, found), _of_wrapper(line, at))
        if line.text:
            break
    return best


def _stronger(best: Separator, found: Separator | None) -> Separator:
    if found is None:
        return best
    if found.strength <= best.strength:
        return replace(best, number=min(best.number, found.number), wrapper=best.wrapper or found.wrapper)
    return replace(found, number=min(best.number, found.number), wrapper=found.wrapper or best.wrapper)


def _of_wrapper(line: Line, number: int) -> Separator | None:
    wrapper = line.wrapper
    if wrapper is None:
        return None
    is_strong = wrapper.name not in ("hr", "blockquote")
    says = wrapper.name.startswith(_FORWARD_WRAPPERS)
    return Separator(number, 2 if is_strong else 1, wrapper.name, says, wrapper)


def _of_text(line: Line, number: int) -> Separator | None:
    text = line.text[:LONGEST]
    if is_rule(text):
        return Separator(number, 1, "rule")
    says_forwarded = is_announcement(text)
    if is_dashed(text) or says_forwarded:
        is_original = any(phrase in text.casefold() for phrase in ORIGINAL)
        return Separator(number, 2, "separator", says_forwarded or not is_original)
    if text.endswith((":", "：")) and len(text) <= 80 and label_of(text):
        return Separator(number, 1, "separator")
    return None


def unglued(lines: Sequence[Line]) -> list[Line]:
    """The lines, with a separator and the header fields that one program writes on a single line set apart."""
    done: list[Line] = []
    left = MOST_GLUED
    for line in lines:
        if left and len(line.text) > 60 and _GLUED.match(line.text[:LONGEST_GLUED]):
            done.extend(_apart(line))
            left -= 1
        else:
            done.append(line)
    return done


def _apart(line: Line) -> Iterator[Line]:
    glued = _GLUED.match(line.text[:LONGEST_GLUED])
    if glued is None or label_of(glued[2]) is None:
        yield line
        return
    yield line._replace(text=glued[1])
    yield from (line._replace(text=text, wrapper=None) for text in _fields(glued[2]))


def _fields(text: str) -> Iterator[str]:
    """A field ends where the next label begins: behind a bracket, or where words follow digits or capitals."""
    start = 0
    for match in _GLUE.finditer(text):
        at = match.start()
        if at > start and _begins_label(text[at - 1], match[1]):
            yield text[start:at]
            start = at
    yield text[start:]


def _begins_label(last: str, label: str) -> bool:
    """Whether a word begins behind this character: it is no letter, or a capital follows that no word has inside."""
    if not last.isalpha():
        return True
    if last.isascii() and not label[0].isascii():
        return label.casefold().strip() in LABELS
    return label[0].isupper() and (last.islower() or label[1:2].islower())
