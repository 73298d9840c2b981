"""How the mails of this site look: one of two designs, with the organisation's logo, colour and footer."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

LOGO_ID = "logo@mailmonitor"
LARGEST_UPLOAD = 2 * 1024 * 1024
LARGEST_LOGO = 40 * 1024
LOGO_BOX = (400, 120)
MOST_PIXELS = 20_000_000
LEAST_CONTRAST = 3.0


@dataclass(frozen=True)
class Look:
    """`logo` is a PNG that travels inside the mail; `colour` is #RRGGBB; `footer` is plain text."""

    design: str = "plain"
    colour: str = "#0B57B0"
    footer: str = ""
    logo: bytes = b""
    logo_words: str = ""


PLAIN = Look()


class NoLogo(ValueError):
    """The upload is no picture that can stand in a mail; the words say why."""


def as_logo(upload: bytes) -> bytes:
    """The picture as a small PNG on white, so that no dark theme swallows it. Raises NoLogo."""
    if len(upload) > LARGEST_UPLOAD:
        raise NoLogo("The file is larger than 2 MB.")
    try:
        picture = Image.open(BytesIO(upload), formats=("PNG", "JPEG", "GIF", "WEBP"))
        if picture.width * picture.height > MOST_PIXELS:
            raise NoLogo("The picture has more than 20 million pixels.")
        drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NoLogo("This is no picture: use PNG, JPEG, GIF or WebP.") from error
    drawn.thumbnail(LOGO_BOX)
    sheet = Image.new("RGBA", drawn.size, "white")
    sheet.alpha_composite(drawn)
    return small_png(sheet.convert("RGB"))


def small_png(picture: Image.Image) -> bytes:
    """The picture as PNG, with fewer colours when it would weigh too much."""
    for colours in (0, 128, 16):
        out = BytesIO()
        (picture.quantize(colours) if colours else picture).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST_LOGO:
            return out.getvalue()
    raise NoLogo("The picture weighs more than 40 kB even when it is reduced: use a simpler one.")


def contrast_on_white(colour: str) -> float:
    """WCAG 2 contrast of #RRGGBB to white."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
