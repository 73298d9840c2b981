"""Grids of coloured boxes in a page: cells of tables, rows of `div`, and boxes that flow into lines of equal length."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from PIL import ImageColor
from selectolax.lexbor import LexborNode

from submissions.extraction.visible_text import parsed

SMALLEST, LARGEST = 10, 400
# The smallest QR code has 21 by 21 modules, the largest 177 by 177.
FEWEST_CELLS = 21 * 21
MOST_BOXES = 177 * 177
MOST_RULES = 200
COLOUR = re.compile(r"background(?:-color)?\s{0,9}:\s{0,9}([^;!}]{1,40})", re.IGNORECASE)
RULE = re.compile(r"\.([\w-]{1,60})[^{}<]{0,60}\{([^{}<]{0,500})\}")
BOX = re.compile(r"<(?:td|div|span|i|b|p)\b")

Rows = Sequence[Sequence[bool]]


def grids(html: str) -> Iterator[Rows]:
    """True for each dark cell, row by row. Pages with too few boxes for a code are not even parsed."""
    if html.count("<") <= FEWEST_CELLS or len(list(islice(BOX.finditer(html.lower()), FEWEST_CELLS))) < FEWEST_CELLS:
        return
    page, colours = parsed(html), _class_colours(html)
    for table in page.css("table"):
        yield from _if_large(list(_spread(table, colours)))
    for node in page.css("div, p, center, section, td, body"):
        yield from _if_large([[_is_dark(box, colours) for box in row] for row in _lines(node)])


def _if_large(rows: Rows) -> Iterator[Rows]:
    drawn = [row for row in rows if len(row) > SMALLEST]
    if len(drawn) > SMALLEST and any(map(any, drawn)):
        yield drawn


def _lines(node: LexborNode) -> list[list[LexborNode]]:
    """The rows in which the boxes directly inside a node are shown; empty when they form none."""
    boxes = list(islice(node.iter(), MOST_BOXES + LARGEST))
    if len(boxes) <= SMALLEST or boxes[0].tag in ("tr", "tbody"):
        return []
    if any(box.tag == "br" for box in boxes):
        return _between_breaks(boxes)
    rows = [list(islice(box.iter(), LARGEST)) for box in islice(boxes, LARGEST)]
    if sum(len(row) > SMALLEST for row in rows) > SMALLEST:
        return rows
    side = math.isqrt(len(boxes))
    return [boxes[at : at + side] for at in range(0, len(boxes), side)] if side * side == len(boxes) else []


def _between_breaks(boxes: list[LexborNode]) -> list[list[LexborNode]]:
    rows: list[list[LexborNode]] = [[]]
    for box in boxes:
        if box.tag == "br":
            rows.append([])
        else:
            rows[-1].append(box)
    return rows


def _spread(table: LexborNode, colours: Mapping[str, str]) -> Iterator[list[bool]]:
    """The cells of each row of a table; one that reaches over several columns or rows counts in each of them."""
    reaching: dict[int, tuple[bool, int]] = {}
    for row in islice(_rows(table), LARGEST):
        is_dark_row = _is_dark(row, colours)
        cells: list[bool] = []
        below: dict[int, tuple[bool, int]] = {}
        waiting = iter(row.iter())
        while len(cells) < LARGEST:
            at, wide = len(cells), 1
            if at in reaching:
                dark, left = reaching[at]
            elif (cell := next(waiting, None)) is not None:
                dark, left = _is_dark(cell, colours, default=is_dark_row), _span(cell, "rowspan")
                wide = _span(cell, "colspan")
            else:
                break
            cells += [dark] * wide
            below |= {column: (dark, left - 1) for column in range(at, at + wide) if left > 1}
        reaching = below
        yield cells[:LARGEST]


def _span(cell: LexborNode, name: str) -> int:
    span = cell.attributes.get(name) or "1"
    return min(max(int(span), 1), LARGEST) if span.isdecimal() and len(span) < 4 else 1


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    """The table's own rows: those of tables inside it are theirs."""
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from (row for row in child.iter() if row.tag == "tr")


def _class_colours(html: str) -> dict[str, str]:
    """The background that the page's style gives to each class."""
    if "<style" not in html.lower():
        return {}
    rules = ((rule[1], COLOUR.search(rule[2])) for rule in islice(RULE.finditer(html), MOST_RULES))
    return {name: colour[1] for name, colour in rules if colour}


def _is_dark(node: LexborNode, colours: Mapping[str, str], *, default: bool = False) -> bool:
    """Whether a box is darker than middle grey, by its style, its `bgcolor` or its classes."""
    style = COLOUR.search(node.attributes.get("style") or "")
    name = style[1] if style else node.attributes.get("bgcolor") or ""
    if not name and colours:
        classes = (node.attributes.get("class") or "").split()
        name = next((colours[one] for one in classes if one in colours), "")
    try:
        red, green, blue = ImageColor.getrgb(name.strip().lower())[:3]
    except ValueError:
        return default
    return red * 3 + green * 6 + blue < 1280
