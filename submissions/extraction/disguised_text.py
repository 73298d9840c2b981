"""Gives text back the plain characters of which links are made: invisible ones go, wide and defanged ones turn."""

import re

from submissions.extraction.hosts import INVISIBLE

JOINERS = "\u200c\u200d"
UNSEEN = {code: None for code in INVISIBLE if chr(code) not in JOINERS}
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（）［］｛｝＜＞，；！？＂＇｜"}
DISGUISES = str.maketrans({**UNSEEN, **WIDE, "\u2044": "/", "\u2215": "/"})

DISGUISED = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2044\u2060-\u2069\u2215\ufeff\uff01-\uff5e]"
)
JOINER_IN_ASCII = re.compile(f"(?<=[!-~])[{JOINERS}]+(?=[!-~])")
IDEOGRAPHIC_DOT = re.compile(r"(?<=[a-zA-Z0-9\-])[\u3002\uff61](?=[a-zA-Z0-9\-]+[.\u3002\uff61/:\s]|[a-z]{2,}$)")

# It looks at every text, so it begins with a few plain characters and spells out both cases.
BRACKETED = re.compile(
    r"[\[({<\\](?:\s?(?:\.|[dD][oO0][tT]|[pP](?:[uU][nN]|[oO][iI][nN])[kKtT][tToO]?)\s?[\])}>]"
    r"|(?<=[\[\\])\.[a-zA-Z0-9]|(?::(?://|\\\\)?|//?)[\])}])"
)
AFTER_SCHEME = re.compile(r":[/\\]")
BROKEN = re.compile(r"[hHfF](?![tT][tT])\S{1,4}[pP][sS]?\s?$")
LONGEST_BROKEN = 8
BRACKETED_DOT = re.compile(
    r"\s?(?:\[\s?(?:\.|dot|d0t|punkt|point|punto)\s?\]|\(\s?(?:\.|dot|d0t|punkt|point|punto)\s?\)|\{\s?(?:\.|dot|d0t)\s?\}"
    r"|<\s?(?:\.|dot)\s?>|\[\.(?=[a-z0-9])|(?<=[a-z0-9])\.\])\s?",
    re.IGNORECASE,
)
BRACKETED_COLON = re.compile(r"[\[({](:(?://|\\\\)?)[\])}]")
BRACKETED_SLASH = re.compile(r"[\[({](//?)[\])}]")
BROKEN_SCHEME = re.compile(
    r"(?<![a-z0-9])h(?:xx|\*\*|__|XX|\^\^|\+\+|--|xt|tx|\[tt\]|\(tt\)|\[xx\])p(s?)\s?(?=:[/\\]{1,2})",
    re.IGNORECASE,
)
BROKEN_FTP = re.compile(r"(?<![a-z0-9])f(?:x|\*|_)p(?=:[/\\]{2})", re.IGNORECASE)
ESCAPED_DOT = re.compile(r"(?<=[a-z0-9])\\\.(?=[a-z0-9])", re.IGNORECASE)


def undisguised(text: str) -> str:
    """The text with its links as a reader understands them.

    Zero-width and directional characters go, full-width letters become ASCII, `hxxp`, `[.]`, `(dot)` and
    `[:]//` become what they stand for. Text without disguise comes back as it is. Linear in its length.
    """
    if not text.isascii():
        text = _plain_characters(text)
    if _has_brackets(text):
        text = _without_brackets(text)
    return BROKEN_FTP.sub("ftp", BROKEN_SCHEME.sub(r"http\1", text)) if _has_broken_scheme(text) else text


def is_defanged(text: str) -> bool:
    """Whether something in the text may be a link that was made unclickable."""
    return _has_brackets(text) or _has_broken_scheme(text)


def _has_brackets(text: str) -> bool:
    return ".]" in text or BRACKETED.search(text) is not None


def _has_broken_scheme(text: str) -> bool:
    if ":/" not in text and ":\\" not in text:
        return False
    ends = (found.start() for found in AFTER_SCHEME.finditer(text))
    return any(BROKEN.search(text[max(0, end - LONGEST_BROKEN) : end]) for end in ends)


def _plain_characters(text: str) -> str:
    if DISGUISED.search(text):
        text = JOINER_IN_ASCII.sub("", text).translate(DISGUISES)
    if "\u3002" in text or "\uff61" in text:
        text = IDEOGRAPHIC_DOT.sub(".", text)
    return text


def _without_brackets(text: str) -> str:
    text = BRACKETED_COLON.sub(r"\1", text)
    text = BRACKETED_SLASH.sub(r"\1", text)
    text = BRACKETED_DOT.sub(".", text)
    return ESCAPED_DOT.sub(".", text)
