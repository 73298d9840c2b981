"""A plot as a picture, for reports that are written elsewhere. In English: the font at hand has no other letters."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils import translation
from PIL import Image, ImageDraw, ImageFont

from submissions.selectors.plots import HEIGHT, WIDE, Cell, Plot
from submissions.words import span

# The chart colours of the light pages (static/app.css)
COLOURS = {
    "clean": "#1a8a52", "suspicious": "#a86000", "malicious": "#a11220", "unknown": "#75808d", "most": "#75808d",
    "running": "#0b57b0", "half": "#0b57b0", "failed": "#2b2140",
}  # fmt: skip
INK, MUTED, LINE = "#141a22", "#515c6b", "#d3d9e2"
TALLEST = 600
LEFT, TOP, WIDTH, TALL = 40, 130, 1120, 400
LABELS, ROW = 380, 36


@translation.override("en")
def png(plot: Plot, period: str) -> bytes:
    """The plot as it stands on the page, with title, period and legend, in light colours."""
    height = TOP + len(plot.lines) * ROW if plot.ranked else TALLEST
    image = Image.new("RGB", (1200, height), "white")
    draw = ImageDraw.Draw(image)
    write(draw, (LEFT, 24), str(plot.title), size=28)
    write(draw, (LEFT, 62), period, colour=MUTED)
    if plot.ranked:
        rank(draw, plot)
    elif not plot.empty:
        legend(draw, plot)
        columns(draw, plot)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def columns(draw: ImageDraw.ImageDraw, plot: Plot) -> None:
    across, down = WIDTH / plot.width, TALL / HEIGHT
    write(draw, (LEFT, TOP - 20), f"{plot.top:g}" if plot.stacked else span(plot.top), colour=MUTED)
    for edge in (TOP, TOP + TALL):
        draw.line((LEFT, edge, LEFT + WIDTH, edge), fill=LINE)
    for mark in plot.marks:
        x, y = LEFT + mark.x * across, TOP + mark.y * down
        draw.rectangle((x, y, x + WIDE * across, y + mark.height * down), fill=COLOURS[mark.key])
    if plot.target:
        at = TOP + plot.target_at * down
        draw.line((LEFT, at, LEFT + WIDTH, at), fill=INK)
    write(draw, (LEFT, TOP + TALL + 8), plot.lines[0][0], colour=MUTED)
    write(draw, (LEFT + WIDTH, TOP + TALL + 8), plot.lines[-1][0], colour=MUTED, anchor="ra")


def rank(draw: ImageDraw.ImageDraw, plot: Plot) -> None:
    for place, (label, cells) in enumerate(plot.lines):
        y = TOP - 20 + place * ROW
        write(draw, (LEFT, y), label[:44])
        write(draw, (LEFT + WIDTH, y), ", ".join(told(plot, cells)), colour=MUTED, anchor="ra")
        x = float(LEFT + LABELS)
        for cell in cells:
            if cell.key and cell.number:
                end = x + (WIDTH - 2 * LABELS) * cell.number / plot.top
                draw.rectangle((x, y, end, y + 16), fill=COLOURS[cell.key])
                x = end


def told(plot: Plot, cells: Sequence[Cell]) -> list[str]:
    return [f"{heading}: {cell.shown}" for heading, cell in zip(plot.headings, cells, strict=True)]


def legend(draw: ImageDraw.ImageDraw, plot: Plot) -> None:
    x = float(LEFT)
    for heading, cell in zip(plot.headings, plot.lines[0][1], strict=True):
        if cell.key:
            draw.rectangle((x, 90, x + 12, 102), fill=COLOURS[cell.key])
            write(draw, (x + 18, 88), str(heading))
            x += 48 + draw.textlength(str(heading), font=ImageFont.load_default(16))


def write(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, **how: Any) -> None:
    """`colour` INK, `size` 16, `anchor` the upper left corner, unless said otherwise."""
    font = ImageFont.load_default(how.get("size", 16))
    plain = text.replace("–", "-").encode("ascii", "replace").decode()
    draw.text(place, plain, fill=how.get("colour", INK), font=font, anchor=how.get("anchor", "la"))
