"""QR codes that are no pictures: drawn with coloured boxes or with block characters (U+2580 to U+259F)."""

import html as entities
import re
from collections.abc import Iterator
from itertools import islice

from PIL import Image, ImageOps

from submissions.extraction.barcodes import read_codes
from submissions.extraction.drawn_grids import LARGEST, SMALLEST, Rows, grids

FEWEST_BLOCKS = 60
MOST_DRAWINGS = 10
QUIET = 4

# Which quarters of a character are inked: upper left, upper right, lower left, lower right.
QUARTERS = {"█": "1111", "▀": "1100", "▄": "0011", "▌": "1010", "▐": "0101", "▘": "1000", "▝": "0100", "▖": "0010"}
QUARTERS |= {"▗": "0001", "▛": "1110", "▜": "1101", "▙": "1011", "▟": "0111", "▚": "1001", "▞": "0110", "▓": "1111"}
LINE_ENDS = re.compile(r"<br\b[^>]*>|</(?:div|p|tr|li|pre)\b[^>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
SPELLED_BLOCK = re.compile("&(?:#|block;)")


def drawn_codes(text: str, *, html: bool) -> tuple[str, ...]:
    """The texts of the codes drawn in a body; a quick look first, for next to no mail holds one."""
    found: dict[str, None] = {}
    for rows in islice(_drawings(text, html=html), MOST_DRAWINGS):
        found |= dict.fromkeys(_read(rows))
    return tuple(found)


def _drawings(text: str, *, html: bool) -> Iterator[Rows]:
    if html:
        yield from grids(text)
    if html and SPELLED_BLOCK.search(text):
        text = entities.unescape(text)
    if not text.isascii() and sum(map(text.count, "█▀▄▌▐")) >= FEWEST_BLOCKS:
        yield from _of_blocks(_lines(text) if html else text)


def _read(rows: Rows) -> list[str]:
    """Every code in a drawing of cells that are square, or twice as high as wide."""
    width = min(max(map(len, rows)), LARGEST)
    flat = bytes(0 if inked else 255 for row in rows for inked in (*row[:width], *[False] * (width - len(row))))
    image = Image.frombytes("L", (width, len(rows)), flat)
    sizes = ((4 * width, 4 * len(rows)), (4 * width, 8 * len(rows)))
    pages = (ImageOps.expand(image.resize(size, Image.Resampling.NEAREST), 8 * QUIET, 255) for size in sizes)
    return [code for page in pages for code in read_codes(page)]


def _lines(html: str) -> str:
    """The text of a page with the blanks as they are written; line ends of the source count in `pre` only."""
    if "<pre" not in html.lower():
        html = html.replace("\r", "").replace("\n", "")
    return entities.unescape(TAG.sub("", LINE_ENDS.sub("\n", html)))


def _of_blocks(text: str) -> Iterator[Rows]:
    """Each run of lines that are drawn with blocks, four quarters to a character."""
    drawing: list[list[bool]] = []
    for line in (*text.splitlines(), ""):
        inked, wide = sum(map(line.count, QUARTERS)), len(line.strip())
        if inked * 8 > wide and (drawing or wide > SMALLEST):
            quarters = [QUARTERS.get(character, "0000") for character in line[:LARGEST]]
            drawing += [[half == "1" for four in quarters for half in four[at : at + 2]] for at in (0, 2)]
        elif drawing:
            if SMALLEST < len(drawing) <= LARGEST:
                yield drawing
            drawing = []
