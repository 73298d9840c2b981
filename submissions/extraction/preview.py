"""A reported mail as a person may look at it: headers, text, and HTML that runs, loads and leads nowhere."""

import json
from dataclasses import asdict, dataclass, field

import nh3

from submissions.extraction.bodies import is_body, is_html, texts
from submissions.extraction.headers import Headers, read_headers
from submissions.extraction.legacy import blocks
from submissions.extraction.mime import Part, Walk
from submissions.extraction.reported import is_mail
from submissions.extraction.types import Limits
from submissions.extraction.visible_text import parsed

SOURCE_CHARACTERS = 300_000
TEXT_CHARACTERS = 200_000
_TAGS = (
    "a abbr b blockquote br caption center code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre"
    " q s small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
)
TAGS = set(_TAGS.split())
ATTRIBUTES = {
    "*": {"align", "dir", "title"},
    "a": {"tabindex"},
    "img": {"alt"},
    "td": {"colspan", "rowspan", "valign"},
    "th": {"colspan", "rowspan", "valign"},
}
DROPPED_WHOLE = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "head"}


@dataclass(frozen=True, slots=True)
class Preview:
    """`headers` are decoded, in their order. `html` is sanitised; `source` is the mail's beginning as it came."""

    headers: list[list[str]] = field(default_factory=list)
    text: str = ""
    html: str = ""
    source: str = ""


def preview_of(raw: bytes, path: str) -> Preview:
    """The mail at `path` inside the mail `raw` (its part number; empty for the mail itself). Never raises."""
    mail = mail_at(raw, path)
    limits = Limits()
    headers = read_headers(mail, limits)
    bodies = [part for part in Walk(limits).leaves(mail, headers) if is_body(part)]
    plain, html = "", ""
    for part in bodies:
        plain, html = _with(part, plain, html)
    return Preview(
        headers=_decoded(headers),
        text=plain[:TEXT_CHARACTERS],
        html=harmless(html) if html else "",
        source=mail[:SOURCE_CHARACTERS].decode("utf-8", "replace"),
    )


def _decoded(headers: Headers) -> list[list[str]]:
    """Name and decoded value of every field, in their order."""
    names = {name.lower() for name, _ in headers.raw_items}
    values = {name: iter(headers.get_all(name)) for name in names}
    return [[name, next(values[name.lower()], "")] for name, _ in headers.raw_items]


def _with(part: Part, plain: str, html: str) -> tuple[str, str]:
    """The texts so far with that of one more part."""
    text = next(iter(texts(part, Limits().text_bytes, blocks(part.content))), "")
    if is_html(part, text):
        return plain, html + text
    return f"{plain}\n{text}".strip("\n"), html


def mail_at(raw: bytes, path: str) -> bytes:
    """The bytes of the attached mail with this part number; those of the whole mail when there is no such part."""
    limits, within, prefix = Limits(), raw, ""
    for _ in range(limits.mail_depth):
        if path == prefix:
            return within
        leaves = Walk(limits).leaves(within, read_headers(within, limits), prefix)
        mails = (part for part in leaves if is_mail(part, limits))
        holder = next((part for part in mails if path == part.path or path.startswith(f"{part.path}.")), None)
        if holder is None:
            return within
        within, prefix = holder.content, holder.path
    return within


def harmless(html: str) -> str:
    """The HTML reduced to text and simple layout. A link keeps its target as words, a picture its description."""
    tree = parsed(html)
    for link in tree.css("a[href]"):
        link.attrs["title"] = (link.attributes.get("href") or "").replace(".", "[.]").replace("http", "hxxp")[:500]
        link.attrs["tabindex"] = "0"
    for image in tree.css("img"):
        image.attrs["alt"] = f"[picture: {(image.attributes.get('alt') or 'no description')[:200]}]"
    return nh3.clean(
        tree.html or "",
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags=DROPPED_WHOLE,
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )


def preview_wire(payload: bytes) -> bytes:
    """The job `preview`: a line with the path and the mail in, JSON out."""
    path, _, raw = payload.partition(b"\n")
    return json.dumps(asdict(preview_of(raw, path.decode("utf-8", "replace")))).encode()


def request(raw: bytes, path: str) -> bytes:
    """The payload of the job `preview`."""
    return path.replace("\n", "").encode("utf-8", "replace") + b"\n" + raw


def load(answer: bytes) -> Preview:
    """What the child answered. It worked on hostile bytes: the HTML is sanitised once more. Raises ValueError."""
    values = json.loads(answer)
    if not isinstance(values, dict) or set(values) != {"headers", "text", "html", "source"}:
        raise ValueError("no preview")
    headers = [[str(name), str(value)] for name, value in values["headers"]]
    clean = nh3.clean(str(values["html"]), tags=TAGS, attributes=ATTRIBUTES, url_schemes=set(), link_rel=None)
    return Preview(headers, str(values["text"]), clean, str(values["source"]))
