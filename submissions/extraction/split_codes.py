"""QR codes that were cut into several pictures, which only a mail program puts side by side or below each other."""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from PIL import Image

from submissions.extraction.barcodes import read_codes
from submissions.extraction.images import DECODED, ERRORS, grey
from submissions.extraction.types import File

SMALLEST, LARGEST = 16, 1200
MOST_PICTURES = 12

Side = Callable[[Image.Image], int]


def split_codes(files: Iterable[File]) -> tuple[str, ...]:
    """The texts of codes that show when the pictures of a mail are put together in the order of the mail.

    Pictures in a row that are equally wide are stacked, equally high ones joined, equally large ones also laid in
    two columns. Those in which a code was found alone take no part.
    """
    images = [file for file in files if file.type.startswith("image/") and not {"code", "decoration"} & {*file.notes}]
    if len(images) < 2:
        return ()
    pictures = list(_pictures(images[:MOST_PICTURES]))
    return tuple(dict.fromkeys(text for whole in _layouts(pictures) for text in read_codes(whole)))


def _pictures(images: Iterable[File]) -> Iterator[Image.Image]:
    for file in images:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image = Image.open(io.BytesIO(file.content), formats=DECODED)
                if min(image.size) >= SMALLEST and max(image.size) <= LARGEST:
                    yield image
        except ERRORS:
            continue


def _layouts(pictures: Sequence[Image.Image]) -> Iterator[Image.Image]:
    for run in _runs(pictures, lambda picture: picture.width):
        pieces = list(map(_decoded, run))
        yield _laid(pieces, columns=1)
        if len(run) > 3 and len({picture.height for picture in run}) == 1:
            yield _laid(pieces, columns=2)
    for run in _runs(pictures, lambda picture: picture.height):
        yield _laid(list(map(_decoded, run)), columns=len(run))


def _runs(pictures: Sequence[Image.Image], side: Side) -> Iterator[list[Image.Image]]:
    """Pictures next to each other that are equal in one side."""
    for _, group in groupby(pictures, key=side):
        if len(run := list(group)) > 1:
            yield run


def _laid(pieces: Sequence[Image.Image], *, columns: int) -> Image.Image:
    rows = [pieces[at : at + columns] for at in range(0, len(pieces), columns)]
    size = max(sum(one.width for one in row) for row in rows), sum(row[0].height for row in rows)
    whole = Image.new("L", size, 255)
    top = 0
    for row in rows:
        left = 0
        for one in row:
            whole.paste(one, (left, top))
            left += one.width
        top += row[0].height
    return whole


def _decoded(image: Image.Image) -> Image.Image:
    """In shades of grey; white where the picture turns out to be damaged."""
    try:
        return grey(image)
    except ERRORS:
        return Image.new("L", image.size, 255)
