"""An extraction's result on its way out of the child process, and its JSON for people and programs.

The child works on hostile bytes and may be taken over: nothing that comes out of it is trusted beyond its
shape. Never pickle; every type is checked, every digest computed again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from submissions.extraction.extract import extract, reported_mail
from submissions.extraction.types import ExtractedMail, File, Limits, Problem, Reported, Url

T = TypeVar("T")
Fields = dict[str, Any]

_MOST = 100_000
_LONGEST_TEXT = 1_000_000
_DEEPEST = 8


class WireError(ValueError):
    """The bytes are no extraction result."""


def extract_raw(raw: bytes) -> bytes:
    """The job `extract`: a mail in, `dump` of what was found out."""
    return dump(extract(raw))


def reported_raw(raw: bytes) -> bytes:
    """The job `reported`: a mail in, the bytes of the mail that was reported out."""
    return reported_mail(raw)


def extract_with(payload: bytes) -> bytes:
    """The job `extract-with`: what `request` made in, `dump` of what was found out."""
    head, _, raw = payload.partition(b"\n")
    options = json.loads(head)
    return dump(extract(raw, Limits(**options["limits"]), passwords=tuple(options["passwords"])))


def request(raw: bytes, limits: Limits, passwords: tuple[str, ...] = ()) -> bytes:
    """The payload of the job `extract-with`."""
    return json.dumps({"limits": asdict(limits), "passwords": passwords}).encode() + b"\n" + raw


def dump(mail: ExtractedMail) -> bytes:
    """One line of JSON, then the contents of the files, each distinct one once, in order."""
    contents = {file.sha256: file.content for file in mail.files}
    head = {
        "reported": [_plain(item) for item in mail.reported],
        "urls": [_plain(item) for item in mail.urls],
        "files": [_plain(item) for item in mail.files],
        "problems": [_plain(item) for item in mail.problems],
        "words": mail.words,
        "contents": {digest: len(content) for digest, content in contents.items()},
    }
    return b"".join([json.dumps(head).encode(), b"\n", *contents.values()])


def load(data: bytes) -> ExtractedMail:
    """The result that `dump` wrote; raises `WireError` for anything else."""
    head, _, body = data.partition(b"\n")
    try:
        values = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise WireError("it is not JSON") from error
    values = _fields(values, {"reported", "urls", "files", "problems", "words", "contents"})
    contents = _contents(values["contents"], body)
    return ExtractedMail(
        reported=_list(values["reported"], _reported),
        urls=_list(values["urls"], _url),
        files=_list(values["files"], lambda value: _file(value, contents)),
        problems=_list(values["problems"], _problem),
        words=_text(values["words"]),
    )


def as_json(mail: ExtractedMail, file_name: str) -> dict[str, object]:
    """What `manage.py extract --json` prints for one mail."""
    return {
        "file": file_name,
        "reported": [_renamed(_plain(item)) for item in mail.reported],
        "urls": [_plain(item) for item in mail.urls],
        "files": [_plain(item) for item in mail.files],
        "problems": [_plain(item) for item in mail.problems],
    }


def _plain(item: Reported | Url | File | Problem) -> Fields:
    return {name: getattr(item, name) for name in item.__match_args__ if name != "content"}


def _renamed(values: Fields) -> Fields:
    return {"from" if key == "sender" else key: value for key, value in values.items()}


def _contents(value: Any, body: bytes) -> dict[str, bytes]:
    if not isinstance(value, dict) or len(value) > _MOST:
        raise WireError("contents are no table")
    contents: dict[str, bytes] = {}
    start = 0
    for digest, length in value.items():
        content = body[start : start + _number(length)]
        start += len(content)
        if len(content) != length:
            raise WireError("a content is cut off")
        contents[digest] = content
    if start != len(body):
        raise WireError("there are bytes too many")
    return contents


def _reported(value: Any) -> Reported:
    values = _fields(value, set(Reported.__match_args__))
    facts = values.pop("facts")
    if not isinstance(facts, dict) or not _is_plain(facts, _DEEPEST):
        raise WireError("facts are not plain")
    return Reported(facts=facts, **{key: _text(text) for key, text in values.items()})


def _url(value: Any) -> Url:
    values = _fields(value, set(Url.__match_args__))
    url = _text(values.pop("url"))
    return Url(url, **{key: _list(texts, _text) for key, texts in values.items()})


def _file(value: Any, contents: dict[str, bytes]) -> File:
    values = _fields(value, set(File.__match_args__) - {"content"})
    content = contents.get(_text(values["sha256"]))
    if content is None:
        raise WireError("a file has no content")
    is_whole = hashlib.sha256(content).hexdigest() == values["sha256"]
    if not is_whole and content:
        raise WireError("a digest is wrong")
    password = values["password"]
    return File(
        name=_text(values["name"]),
        size=_number(values["size"]),
        sha256=_digest(values["sha256"]),
        type=_text(values["type"]),
        path=_text(values["path"]),
        password=None if password is None else _text(password),
        notes=_list(values["notes"], _text),
        content=content,
        names=_list(values["names"], _text),
    )


def _problem(value: Any) -> Problem:
    values = _fields(value, set(Problem.__match_args__))
    incomplete = values.pop("incomplete")
    if not isinstance(incomplete, bool):
        raise WireError("a problem is neither complete nor not")
    return Problem(incomplete=incomplete, **{key: _text(text) for key, text in values.items()})


def _fields(value: Any, names: set[str]) -> Fields:
    if not isinstance(value, dict) or set(value) != names:
        raise WireError("a record has other fields than it should")
    return dict(value)


def _list(value: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    if not isinstance(value, list) or len(value) > _MOST:
        raise WireError("a list is none, or too long")
    return tuple(read(item) for item in value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise WireError("a text is none, or too long")
    return value


def _digest(value: Any) -> str:
    if len(_text(value)) != 64 or value.strip("0123456789abcdef"):
        raise WireError("a digest is none")
    return str(value)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WireError("a number is none")
    return value


def _is_plain(value: Any, depth: int) -> bool:
    """Whether it is text, numbers, and tables and lists of them, not too deep."""
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item, depth - 1) for key, item in value.items())
    if isinstance(value, list):
        return all(_is_plain(item, depth - 1) for item in value)
    return value is None or isinstance(value, str | int | float)
