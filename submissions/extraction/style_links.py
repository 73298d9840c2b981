"""Addresses that a style sheet or a style attribute loads (CSS Syntax 3: url(), @import, escapes)."""

import re
from collections.abc import Iterator

CUES = ("url(", "@import", "src", "\\")
ADDRESS = re.compile(
    r"""(?:url\(|@import|src\s{0,9}=|image-set\()\s{0,99}(?:"([^"]*+)"?|'([^']*+)'?|(?<=\()([^)\s"']++))""",
    re.IGNORECASE,
)
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|([^\n]))")


def style_addresses(css: str) -> Iterator[str]:
    """What stands in `url()`, `@import`, `image-set()` and Internet Explorer's `src=`, as spelled."""
    lowered = css.lower()
    if not any(cue in lowered for cue in CUES):
        return
    if "\\" in css:
        css = ESCAPE.sub(_character, css)
    for found in ADDRESS.finditer(css):
        yield found[1] or found[2] or found[3] or ""


def _character(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return escape[2]
    code = int(escape[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
