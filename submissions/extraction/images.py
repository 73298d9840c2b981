"""Pictures: links in their QR codes and barcodes, tracking pixels, refusal of pixel bombs."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator

from PIL import GifImagePlugin, Image, ImageFile, UnidentifiedImageError

from submissions.extraction.barcodes import links_of, read_codes
from submissions.extraction.types import Inside, Picture, Problem
from submissions.extraction.unpacking import Container, words

# What Pillow raises on damaged pictures (found by fuzzing); UnidentifiedImageError is an OSError.
ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
    MemoryError,
)
DECODED = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "ICO", "DIB", "JPEG2000")

_FRAMES = 10
# Nobody sees a picture this thin: it counts openings or moves text.
_INVISIBLE_SIDE = 2
# Codes are cut into pictures of these sizes, not into icons or photographs.
_SMALLEST_PIECE, _LARGEST_PIECE = 16, 1200

# Frames keep their palette as long as it stays the same: they become grey here anyway.
GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_AFTER_DIFFERENT_PALETTE_ONLY


def open_image(container: Container) -> Inside | None:
    """Links in codes, `decoration` for pictures too small to be seen; None when the picture is damaged.

    One that breaks off is a problem and is read as far as it goes, as mail programs show it.
    """
    inside = _look_at(container)
    if inside is None or inside.links or all(problem.code != "broken" for problem in inside.problems):
        return inside
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        shown = _look_at(container)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return shown._replace(problems=inside.problems) if shown else inside


def _look_at(container: Container) -> Inside | None:
    texts: dict[str, None] = {}
    picture: Picture | None = None
    problems: tuple[Problem, ...] = ()
    pixels = container.limits.image_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _opened(container.content, pixels)
            if min(image.size) <= _INVISIBLE_SIDE:
                return Inside(notes=("decoration",))
            for frame in _frames(image, pixels):
                texts |= dict.fromkeys(read_codes(frame))
                picture = picture or _piece(frame)
    except UnidentifiedImageError:
        return None
    except Image.DecompressionBombError:
        problems = (Problem("limit-pixels", "", f"more than {pixels} pixels"),)
    except ERRORS as error:
        problems = (Problem("broken", "", words(error)),)
    if texts:
        return Inside(links=links_of(texts, "qr"), text="\n".join(texts), notes=("code",), problems=problems)
    return Inside(picture=picture, problems=problems)


def cannot_open(container: Container) -> Inside:
    """The answer for kinds that nothing here can read, although a link or a program may hide in them."""
    return Inside(problems=(Problem("unsupported", "", f"{container.type} cannot be looked into"),))


def codes_in(content: bytes, pixels: int) -> tuple[str, ...]:
    """The texts of the codes in a picture inside a document; nothing for one that is damaged or too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read_codes(grey(_opened(content, pixels)))
    except (*ERRORS, Image.DecompressionBombError):
        return ()


def grey(image: Image.Image) -> Image.Image:
    """The picture in shades of grey as it looks on white paper; of a JPEG the colours are not decoded at all."""
    image.draft("L", image.size)
    if image.mode in ("P", "PA") and "transparency" in image.info:
        image = image.convert("RGBA")
    if "A" not in image.getbands():
        return image.convert("L")
    alpha = image.getchannel("A")
    return Image.composite(image.convert("L"), Image.new("L", image.size, 255), alpha)


def _opened(content: bytes, pixels: int) -> Image.Image:
    """Pillow itself has to refuse more than `pixels`: the frames of a GIF take their memory before their size is told.

    It warns of more than MAX_IMAGE_PIXELS and raises DecompressionBombError from twice as many on.
    """
    Image.MAX_IMAGE_PIXELS = pixels // 2
    return Image.open(io.BytesIO(content), formats=DECODED)


def _piece(image: Image.Image) -> Picture | None:
    is_piece = min(image.size) >= _SMALLEST_PIECE and max(image.size) <= _LARGEST_PIECE
    return Picture(*image.size, image.tobytes()) if is_piece else None


def _frames(image: Image.Image, pixels: int) -> Iterator[Image.Image]:
    """The first frames of an animation or pages of a TIFF, as many as fit the limit together."""
    for number in range(min(_FRAMES, getattr(image, "n_frames", 1))):
        image.seek(number)
        pixels -= image.width * image.height
        if pixels < 0:
            return
        yield grey(image)
