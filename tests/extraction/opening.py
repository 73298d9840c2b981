"""Opens a file in tests as the extraction does: by detected type, with the default limits unless told."""

from collections.abc import Sequence

from submissions.extraction.file_types import detect
from submissions.extraction.inside import look_inside
from submissions.extraction.types import Inside, Limits


def opened(
    content: bytes, name: str = "", *, limits: Limits | None = None, passwords: Sequence[str] = ("infected",)
) -> Inside:
    return look_inside(content, detect(content, name), name, limits=limits or Limits(), passwords=passwords)


def names(inside: Inside) -> list[str]:
    return [member.name for member in inside.members]


def codes(inside: Inside) -> list[str]:
    return [problem.code for problem in inside.problems]


def urls(inside: Inside) -> list[str]:
    return [link.url for link in inside.links]
