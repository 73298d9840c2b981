"""Joins a URL that a mail program broke over lines (RFC 3986 appendix C, RFC 3676 format=flowed)."""

import re

LINES_AT_MOST = 12
SHORTEST_WRAPPED_LINE = 60
LONGEST_IN_BRACKETS = 4096

LINE_END = re.compile(r"[ \t]?\r?\n")
QUOTE_MARKS = re.compile(r"[ \t]*(?:>[ \t]?)*")
TOKEN = re.compile(r"""[^\s<>"\u0080-\U0010ffff]+""")
SAYS_SOMETHING = re.compile(r"[A-Za-z0-9]")
STARTS_ANEW = re.compile(r"(?:https?|ftp|mailto|www|tel)\b|[-*\u2022]\s|--|[\w.+-]+@|[(\[{'*_~|]", re.IGNORECASE)
BARE_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/:]|$)", re.IGNORECASE)
OF_A_URL = re.compile(r"[/=&%?#]|(?=[^\s]*[0-9])[A-Za-z0-9_\-.~+]{6,}")
IN_BRACKETS = re.compile(r"[^\s<>]*+(?:[ \t]*+\r?\n[ \t]*+(?:>[ \t]?)*+[^\s<>]++){1,12}[ \t]*+>")
REST_OF_LINE = re.compile(r"[ \t]*(?:\r?\n|$)")
BREAKS = re.compile(r"[ \t]*\r?\n[ \t]*(?:>[ \t]?)*")


def in_brackets(text: str, start: int, end: int) -> str:
    """The whole URL from `start` when `<` stands before it and its `>` follows on another line, else nothing."""
    if not text.startswith("<", start - 1) and text[max(0, start - 5) : start].upper() != "<URL:":
        return ""
    close = IN_BRACKETS.match(text, end, end + LONGEST_IN_BRACKETS)
    if close is None:
        return ""
    return text[start:end] + "".join(line.strip() for line in BREAKS.split(text[end : close.end() - 1]))


def continued(text: str, start: int, end: int) -> tuple[str, int]:
    """The URL from `start` to `end` with the lines that go on with it, and where it ends in `text`.

    A line is joined when the one before was long enough to have been wrapped and its own first word can
    only be the rest of a URL.
    """
    url = text[start:end]
    line_start = text.rfind("\n", max(0, start - 1000), start) + 1
    for _ in range(LINES_AT_MOST):
        line_end = LINE_END.match(text, end)
        if line_end is None or end - line_start < SHORTEST_WRAPPED_LINE:
            break
        line_start = line_end.end()
        token = _continuation(text, line_start, url)
        if token is None:
            break
        url, end = url + token[0], token.end()
    return url, end


def _continuation(text: str, line_start: int, url: str) -> re.Match[str] | None:
    quote = QUOTE_MARKS.match(text, line_start)
    position = quote.end() if quote else line_start
    token = TOKEN.match(text, position)
    if token is None or not SAYS_SOMETHING.search(token[0]):
        return None
    if STARTS_ANEW.match(token[0]) or BARE_HOST.match(token[0]):
        return None
    if OF_A_URL.search(token[0]):
        return token
    alone = REST_OF_LINE.match(text, token.end())
    return token if alone and url[-1] in "/=&-%_?" else None
