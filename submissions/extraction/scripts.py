"""Links in scripts that came as files: what their strings say, also where they are cut into pieces."""

import re

from submissions.extraction.html_links import links_of_string
from submissions.extraction.script_strings import script_strings
from submissions.extraction.text_links import text_links
from submissions.extraction.types import Link

# `"ht" + "tp"`, `'ht'+'tp'`, and Visual Basic's `"ht" & _` with the rest on the next line.
_JOINT = re.compile(r"""(["'])\s*[+&]\s*(?:_\s*\n\s*)?\1""")
SCRIPTS = frozenset(
    {
        "text/javascript",
        "text/vbscript",
        "text/x-msdos-batch",
        "text/x-ms-scriptlet",
        "text/x-ms-wsf",
        "text/x-powershell",
        "text/x-shellscript",
    }
)
_JAVASCRIPT = ("text/javascript", "text/x-ms-wsf", "text/x-ms-scriptlet")


def script_links(source: str, file_type: str) -> list[Link]:
    """Every link of a script of that type; what is put together by other means than literals stays unseen."""
    if file_type == "text/x-msdos-batch":
        source = source.replace("^", "")
    links = text_links(_JOINT.sub("", source))
    if file_type in _JAVASCRIPT:
        links += [link for text in script_strings(source) for link in links_of_string(text)]
    return list({link.url: link for link in links}.values())
