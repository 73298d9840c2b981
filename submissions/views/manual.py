"""The manual for operators, as it came with this version."""

from functools import cache
from itertools import pairwise

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

PLACE = settings.BASE_DIR / "docs" / "operations.md"


@require_safe
def manual(request: HttpRequest) -> HttpResponse:
    return render(request, "submissions/manual.html", {"manual": as_page(PLACE.read_text())})


@cache
def as_page(text: str) -> SafeString:
    """The text as HTML; each heading can be linked to by its words in lower case with hyphens."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for token, words in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slugify(words.content))
        if token.type == "table_open":
            token.attrSet("tabindex", "0")
    page: str = reader.renderer.render(tokens, reader.options, {})
    return mark_safe(page)  # noqa: S308 our own words, HTML in them is off
