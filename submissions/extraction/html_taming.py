"""Takes the sting out of HTML whose shape alone would cost a tree builder quadratic time or memory.

A tree builder walks its stack of open elements for nearly every tag, and re-opens every formatting
element left open in every paragraph (HTML Living Standard 13.2.4): 200,000 nested `div` cost minutes.
Mails have no use for such depth, so a document deeper than browsers build it is laid flat instead:
the same attributes and the same text, on elements that cannot nest.
"""

import re

DEEPEST = 256
TAGS_TOO_FEW_TO_HURT = 1000
REOPENED_AT_MOST = 1_000_000
LONGEST_HARMLESS_TAG = 20_000
ATTRIBUTES_AT_MOST = 500

_VOID = "area base basefont bgsound br col embed frame hr img input link meta param source track wbr"
VOID = frozenset(_VOID.split())
_CLOSED_BY_THE_NEXT = "p li dd dt td th tr tbody thead tfoot option optgroup html head body"
NEVER_DEEP = VOID | frozenset(_CLOSED_BY_THE_NEXT.split())
_RAW_TEXT = "script style textarea title xmp iframe noembed noframes plaintext"
RAW_TEXT = frozenset(_RAW_TEXT.split())
_FORMATTING = "a b big code em font i nobr s small strike strong tt u"
FORMATTING = frozenset(_FORMATTING.split())

TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)")
ATTRIBUTE = re.compile(r"""[\s/]*+[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")


def tame(html: str) -> str:
    """The same document, laid flat if a tree of it would be too deep, with no more attributes than any tag needs.

    Linear in the length of `html`; what common mails hold is returned as it is.
    """
    if _has_long_tag(html):
        first, *pieces = html.split("<")
        html = "<".join([first, *map(_fewer_attributes, pieces)])
    if html.count("<") >= TAGS_TOO_FEW_TO_HURT and _is_too_deep(html):
        return _flat(html)
    return html


def _has_long_tag(html: str) -> bool:
    """Whether two `<` are so far apart that a tag between them may be long: looked for in strides of that length."""
    at = -1
    while len(html) - at - 1 > LONGEST_HARMLESS_TAG:
        at = html.rfind("<", at + 1, at + LONGEST_HARMLESS_TAG + 2)
        if at < 0:
            return True
    return False


def _fewer_attributes(piece: str) -> str:
    if len(piece) <= LONGEST_HARMLESS_TAG or not piece[0].isalpha():
        return piece
    name = re.match(r"[^\s/>]+", piece)
    position = name.end() if name else 0
    for _ in range(ATTRIBUTES_AT_MOST):
        attribute = ATTRIBUTE.match(piece, position)
        if attribute is None:
            return piece
        position = attribute.end()
    return piece[:position] + ">" + piece[position:].replace("=", " ")


def _is_too_deep(html: str) -> bool:
    """Judge by a strict stack: a tag closed out of order counts as left open, as it often is."""
    stack: list[str] = []
    formatting = most_formatting = 0
    tags = TAG.findall(html.lower())
    for closing, name in tags:
        if name in NEVER_DEEP:
            continue
        if not closing:
            stack.append(name)
            if name in FORMATTING:
                formatting += 1
                most_formatting = max(most_formatting, formatting)
            if len(stack) > DEEPEST:
                return True
        elif stack and stack[-1] == name:
            stack.pop()
            formatting -= name in FORMATTING
    return most_formatting * len(tags) > REOPENED_AT_MOST


def _flat(html: str) -> str:
    return TAG.sub(_void, html)


def _void(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name in VOID or name in RAW_TEXT or name == "a":
        return tag[0]
    return "<wbr" if name in FORMATTING or name == "span" or tag[1] else "<br"
