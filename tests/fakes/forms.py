"""Reading request bodies the way a strict server does, byte by byte."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs

DISPOSITION = re.compile(r'form-data; name="([^"]*)"(?:; filename\*?=(?:utf-8\'\')?"?([^"]*)"?)?', re.I)


class BadForm(Exception):
    """The body is no form that we understand."""


@dataclass
class Upload:
    name: str
    content: bytes


@dataclass
class Form:
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        return self.fields.get(name, [default])[0]


def read_form(content_type: str, body: bytes) -> Form:
    """A form of either encoding; an empty body is an empty form."""
    if not body:
        return Form()
    kind, _, parameters = content_type.partition(";")
    if kind.strip() == "application/x-www-form-urlencoded":
        return Form(fields=parse_qs(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
    if kind.strip() == "multipart/form-data":
        return _multipart(parameters.partition("boundary=")[2].strip('" ').encode(), body)
    raise BadForm(f"unexpected content type {content_type!r}")


def _multipart(boundary: bytes, body: bytes) -> Form:
    form = Form()
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not boundary or pieces[0] or not pieces[-1].startswith(b"--"):
        raise BadForm("the multipart body is not whole")
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        found = DISPOSITION.search(head.decode("utf-8"))
        if found is None:
            raise BadForm("a part without a name")
        if found[2] is None:
            form.fields.setdefault(found[1], []).append(content.decode("utf-8"))
        else:
            form.files[found[1]] = Upload(found[2], content)
    return form
