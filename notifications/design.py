"""The design around the words of a mail: one table of 600 pixels, a bar in the verdict's colour, light and dark."""

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from css_inline import CSSInliner

from notifications.looks import LOGO_ID, Look
from notifications.words import direction

DESIGNS = Path(__file__).parent / "design"
INLINER = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Tone:
    """Colours of the bar: text on tint has a contrast of at least 4.5 in both."""

    colour: str
    tint: str
    solid: str
    dark_colour: str
    dark_tint: str


TONES = {
    "clean": Tone("#0A6638", "#E0F4E8", "#0F7040", "#63D69A", "#10301F"),
    "suspicious": Tone("#8A4700", "#FFF0D1", "#9C5200", "#F5B84A", "#36260A"),
    "malicious": Tone("#AD1420", "#FDE6E7", "#B71C27", "#FF8A8F", "#431A1E"),
    "unknown": Tone("#44505E", "#E9EDF2", "#56626F", "#B4BFCC", "#262E38"),
    "running": Tone("#0B57B0", "#E1EEFC", "#0B57B0", "#79B8FF", "#12294A"),
    "failed": Tone("#3B2A63", "#ECE8F5", "#3B2A63", "#E4D4FF", "#2A2140"),
}


@cache
def wrapper(design: str) -> Template:
    return Template((DESIGNS / f"{design}.html").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Frame:
    """What stands around the words of one mail."""

    title: str
    tone: str
    language: str
    look: Look


def dressed(body: str, frame: Frame) -> str:
    """The finished HTML part around `body`, which is HTML already; styles inlined, nothing remote in it."""
    look, language = frame.look, frame.language
    page = wrapper(look.design).substitute(
        vars(TONES[frame.tone]),
        body=body,
        title=escape(frame.title),
        language=language,
        direction=direction(language),
        start="right" if direction(language) == "rtl" else "left",
        brand=look.colour,
        head=head(look),
        foot="<br>".join(escape(line) for line in look.footer.splitlines()),
    )
    return INLINER.inline(page)


def head(look: Look) -> str:
    """The logo, or the organisation's name where there is none. Its words are read where pictures are off."""
    words = escape(look.logo_words)
    return f'<img src="cid:{LOGO_ID}" alt="{words}">' if look.logo else f"<strong>{words}</strong>"
