"""QR codes and other barcodes in a picture that is already decoded."""

import re
from collections.abc import Iterable

import zxingcpp
from PIL import Image, ImageChops

from submissions.extraction.types import Link

# Kinds that can hold a link. Product codes (EAN, ITF) cannot and would cost most of the time.
_OF_CAMERAS = [
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.MicroQRCode,
    zxingcpp.BarcodeFormat.Aztec,
]
_SQUARE = [*_OF_CAMERAS, zxingcpp.BarcodeFormat.DataMatrix]
SQUARE = zxingcpp.BarcodeFormats(_SQUARE)
# What the camera of a telephone reads wherever it is held: only such a code is worth cutting into pieces.
CUT = zxingcpp.BarcodeFormats(_OF_CAMERAS)
FORMATS = zxingcpp.BarcodeFormats([*_SQUARE, zxingcpp.BarcodeFormat.PDF417, zxingcpp.BarcodeFormat.Code128])
# A Code 128 of one character has 46 modules (ISO/IEC 15417), each at least a pixel; a PDF417 has more.
_SHORTEST_BARS = 46
# Above this size only QR codes are looked for in full detail; the rest is read from a smaller copy.
_DETAILED_PIXELS = 4_000_000
# What stays of the white around a picture's contents: a code is only read with a quiet zone.
_QUIET_PIXELS = 40

_URL = re.compile(r"(?:https?|hxxps?|ftp)://[^\s\"<>]+|\bwww\.[^\s\"<>]+", re.IGNORECASE)


def read_cut_codes(image: Image.Image) -> tuple[str, ...]:
    """The texts of the QR and Aztec codes in pieces that were laid together, a picture of mode L."""
    return tuple(dict.fromkeys(filter(None, _decoded(image, CUT))))


def read_codes(image: Image.Image) -> tuple[str, ...]:
    """The texts of all codes in a picture of mode L, each once. Inverted and rotated ones too."""
    found: list[str] = []
    image = _without_margins(image)
    if image.width * image.height > _DETAILED_PIXELS:
        found += _decoded(image, zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        image = image.reduce(max(2, round((image.width * image.height / _DETAILED_PIXELS) ** 0.5)))
    found += _decoded(image, FORMATS if max(image.size) >= _SHORTEST_BARS else SQUARE)
    return tuple(dict.fromkeys(text for text in found if text))


def links_of(texts: Iterable[str], place: str) -> tuple[Link, ...]:
    """The links that the codes hold: the whole text, or what stands inside a contact, an event, a bookmark."""
    urls: list[str] = []
    for text in texts:
        bare = text.strip()
        whole = _URL.fullmatch(bare)
        urls += [whole[0]] if whole else [url.rstrip(";,") for url in _URL.findall(bare)]
    return tuple(Link(url, place) for url in dict.fromkeys(urls))


def _without_margins(image: Image.Image) -> Image.Image:
    """The part that is not white: most of a page is empty, and searching it takes as long as the rest."""
    if max(image.size) <= 2 * _QUIET_PIXELS:
        # Looking for the margins of an icon takes longer than searching it.
        return image
    left, upper, right, lower = ImageChops.invert(image).getbbox() or (0, 0, 0, 0)
    within = (max(0, left - _QUIET_PIXELS), max(0, upper - _QUIET_PIXELS))
    return image.crop((*within, min(image.width, right + _QUIET_PIXELS), min(image.height, lower + _QUIET_PIXELS)))


def _decoded(image: Image.Image, formats: zxingcpp.BarcodeFormats) -> list[str]:
    if image.width < 2 or image.height < 2:
        return []
    pixels = memoryview(image.tobytes()).cast("B", (image.height, image.width))
    return [code.text for code in zxingcpp.read_barcodes(pixels, formats=formats)]
