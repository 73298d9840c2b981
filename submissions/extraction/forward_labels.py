"""The label of a line, and what it means where a language is known; lines of dashes."""

import re

from submissions.extraction.forward_words import FORWARDED, LABELS

LONGEST_LABEL = 40
MOST_WORDS = 5
# Fields of a header block that say nothing of sender, date and subject, such as `x-priority`.
OTHER = "other"
_RAW = re.compile(r"[a-z]{1,20}(?:-[a-z]{1,20}){1,4}")
_LABEL = re.compile(r"""[ \t']*+([^\W\d_][^\d@<>=;,?!{}\\":：]*+)[:：]""")
_DASHES = r"[-–—_=*~─━#+<>8\s]"
_DASHED = re.compile(rf"{_DASHES}{{2,60}}([^\W\d_].*?)[\s:：]*{_DASHES}{{2,60}}$")
_RULE = re.compile(r"[-–—_=*~─━\s]{5,200}$")


def label_of(text: str) -> tuple[str, str] | None:
    """Label and value of a line that may be a header field; None for any other."""
    if ":" not in text and "：" not in text:
        return None
    found = _LABEL.match(text, 0, LONGEST_LABEL + 4)
    if found is None:
        return None
    label, value = found[1].rstrip(" \t'"), text[found.end() :].strip()
    if not label[0].isalpha() or len(label.split()) > MOST_WORDS or value.startswith("//"):
        return None
    return label, value


def meanings_of(label: str) -> tuple[str, ...]:
    """The roles that the label has in some language."""
    word = " ".join(label.casefold().rstrip(". ").split())
    return LABELS.get(word) or ((OTHER,) if _RAW.fullmatch(word) else ())


def is_rule(text: str) -> bool:
    return _RULE.match(text) is not None


def is_dashed(text: str) -> bool:
    """Whether it is a rule, or words between dashes."""
    return text[:1] in "-–—_=*~─━#+<" and (is_rule(text) or _DASHED.match(text[:200]) is not None)


def is_announcement(text: str) -> bool:
    """Whether it says that a forwarded message follows."""
    words = text[:200].casefold()
    return any(phrase in words for phrase in FORWARDED)
