"""QR codes that were cut into several pictures, which only a mail program puts side by side or below each other."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from PIL import Image

from submissions.extraction.barcodes import read_cut_codes
from submissions.extraction.types import Picture

MOST_PICTURES = 12

Side = Callable[[Picture], int]


def split_codes(pictures: Sequence[Picture]) -> tuple[str, ...]:
    """The texts of codes that show when the pictures of a mail are put together in the order of the mail.

    Pictures in a row that are equally wide are stacked, equally high ones joined, equally large ones also laid in
    two columns. Those in which a code was found alone take no part.
    """
    return tuple(dict.fromkeys(text for whole in _layouts(pictures[:MOST_PICTURES]) for text in read_cut_codes(whole)))


def _layouts(pictures: Sequence[Picture]) -> Iterator[Image.Image]:
    for run in _runs(pictures, lambda picture: picture.width):
        yield _laid(run, columns=1)
        if len(run) > 3 and len({picture.height for picture in run}) == 1:
            yield _laid(run, columns=2)
    for run in _runs(pictures, lambda picture: picture.height):
        yield _laid(run, columns=len(run))


def _runs(pictures: Sequence[Picture], side: Side) -> Iterator[list[Picture]]:
    """Pictures next to each other that are equal in one side."""
    for _, group in groupby(pictures, key=side):
        if len(run := list(group)) > 1:
            yield run


def _laid(run: Sequence[Picture], *, columns: int) -> Image.Image:
    rows = [run[at : at + columns] for at in range(0, len(run), columns)]
    size = max(sum(one.width for one in row) for row in rows), sum(row[0].height for row in rows)
    whole = Image.new("L", size, 255)
    top = 0
    for row in rows:
        left = 0
        for one in row:
            whole.paste(Image.frombytes("L", (one.width, one.height), one.pixels), (left, top))
            left += one.width
        top += row[0].height
    return whole
