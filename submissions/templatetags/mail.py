"""How pages show what came in a mail: every word of it may be made to deceive or to harm."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from submissions import indicators, sentences, words
from submissions.extraction.urls import host
from submissions.models import Analysis, Submission
from submissions.origin import Origin, origin
from submissions.selectors.listing import MOST_COUNTED
from submissions.selectors.plots import Cell

register = template.Library()
LINE = 60
HIDDEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


@register.filter
def shown(text: object) -> SafeString:
    """The text escaped, isolated in its direction, its invisible and reordering characters as visible marks."""
    text = str(text or "")
    marked = escape(text) if text.isprintable() else "".join(_mark(character) for character in text)
    return mark_safe(f"<bdi>{marked}</bdi>")  # noqa: S308 each character is escaped


@register.filter
def lines(text: object) -> SafeString:
    """The same for a text of several lines."""
    return mark_safe("\n".join(shown(line.expandtabs()) for line in str(text or "").splitlines()))  # noqa: S308


def _mark(character: str) -> str:
    if unicodedata.category(character) not in HIDDEN:
        return escape(character)
    name = unicodedata.name(character, "control character").lower()
    return format_html('<span class="mark" title="{}">{}</span>', name, f"U+{ord(character):04X}")


@register.filter
def defanged(url: object) -> SafeString:
    """The URL so that no program takes it for one: `hxxps://acme[.]example/pay`."""
    return shown(indicators.inert(str(url or "")))


@register.filter
def said(word: object) -> str:
    """A word of our own, such as the name of a state, in the reader's language."""
    text = str(word or "")
    return gettext(text) if text else ""


@register.filter
def sentence(text: object) -> str:
    """A sentence of a part that knows no languages, in the reader's language."""
    return sentences.in_readers_language(str(text or ""))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; without a label it is decoration."""
    turning = mark_safe(' class="spin"') if name == "running" else ""
    place, label = static("icons.svg"), said(label)
    if label:
        return format_html('<svg role="img" aria-label="{}"{}><use href="{}#{}"/></svg>', label, turning, place, name)
    return format_html('<svg aria-hidden="true"{}><use href="{}#{}"/></svg>', turning, place, name)


@register.simple_tag
def verdict(key: str, word: str = "") -> SafeString:
    """Icon, word and colour of a verdict."""
    word = said(word or words.VERDICTS[key])
    return format_html('<span class="verdict {}">{}{}</span>', key, icon(key), word)


@register.simple_tag
def analysed(analysis: Analysis) -> SafeString:
    """The word of one analysis, or its state."""
    if analysis.state not in Analysis.FINAL:
        return verdict("running", analysis.get_state_display())
    return verdict(analysis.verdict or "failed")


@register.filter
def took(analysis: Analysis) -> str:
    """How long an analysis that has ended took."""
    end = analysis.finished_at or timezone.now()
    return words.span((end - analysis.created_at).total_seconds())


@register.filter
def reused(analysis: Analysis, mail: Submission) -> bool:
    """Whether the word was known before the mail came, to us or to the sandbox."""
    known_before = analysis.finished_at is not None and analysis.finished_at < mail.received_at
    return analysis.state == Analysis.State.FINISHED and (analysis.cached or known_before)


@register.filter
def origin_of(mail: Mapping[str, Any]) -> Origin:
    """Who a reported mail says it is from, and what speaks for and against that."""
    return origin(mail, settings.TRUSTED_AUTHSERV_ID)


@register.filter
def below(height: int) -> int:
    """Where a bar of this height begins in a drawing of 24."""
    return 24 - height


@register.filter
def host_of(url: str) -> str:
    """The canonical host of a link."""
    return host(url)


@register.filter
def plain(number: float) -> str:
    """A number as drawings take it, whatever the language of the page."""
    return f"{number:g}"


@register.filter
def bars_of(cells: Iterable[Cell], top: float) -> list[tuple[float, float, str]]:
    """Left edge, width and colour of each drawn cell, side by side in a drawing of 100."""
    bars, left = [], 0.0
    for cell in cells:
        if cell.key and cell.number:
            width = round(100 * cell.number / top, 1)
            bars.append((round(left, 1), width, cell.key))
            left += width
    return bars


@register.filter
def note(code: str) -> SafeString:
    return shown(words.told(code, words.NOTES))


@register.filter
def problem(code: str) -> SafeString:
    return shown(words.told(code, words.PROBLEMS))


@register.filter
def how(way: str) -> str:
    return words.told(way, words.HOW)


@register.filter
def shortened(name: str) -> SafeString:
    """A file name or URL on one line of the timeline."""
    text = name if len(name) <= LINE else f"{name[:LINE]}…"
    return defanged(text) if "://" in text else shown(text)


@register.filter
def counted(number: int) -> str:
    """A number of mails that was counted up to a limit."""
    return f"{MOST_COUNTED:,}+" if number >= MOST_COUNTED else str(number)


@register.filter
def size(number: int) -> str:
    return words.size(number)


@register.filter
def span(seconds: float) -> str:
    return words.span(seconds)


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """How long ago, in one unit, with the moment itself in UTC on hover."""
    if at is None:
        return ""
    seconds = (timezone.now() - at).total_seconds()
    return moment(at, gettext("just now") if seconds < 60 else _one_unit(seconds))


def _one_unit(seconds: float) -> str:
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return gettext("just now")


@register.filter
def clock(at: datetime | None) -> SafeString | str:
    """The time of day in the site's zone."""
    return "" if at is None else moment(at, f"{timezone.localtime(at):%H:%M:%S}")


@register.filter
def day(at: datetime | None) -> SafeString | str:
    """Date and time in the site's zone."""
    return "" if at is None else moment(at, f"{timezone.localtime(at):%d %b %Y %H:%M %Z}")


def moment(at: datetime, words: str) -> SafeString:
    utc = at.astimezone(UTC)
    full = f"{utc:%d %b %Y %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', utc.isoformat(timespec="seconds"), full, words)
