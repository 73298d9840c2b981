"""What a file of a known kind holds: one table from type to the reader that opens it."""

from collections.abc import Callable, Sequence

from submissions.extraction.types import Inside, Limits, Problem
from submissions.extraction.zips import open_zip_archive

Opener = Callable[[bytes, Limits, Sequence[str]], Inside | None]

OPENERS: dict[str, tuple[Opener, ...]] = {
    "application/zip": (open_zip_archive,),
}


def look_inside(content: bytes, file_type: str, name: str, *, limits: Limits, passwords: Sequence[str]) -> Inside:
    """Members, links, texts and notes of one file. Never raises, whatever the bytes.

    `file_type` is what `file_types.detect` said. The first opener of the type that can read the file answers;
    a type without openers holds nothing.
    """
    openers = OPENERS.get(file_type, ())
    for opener in openers:
        found = opener(content, limits, passwords)
        if found is not None:
            return found
    return Inside(problems=(Problem("broken", "", f"cannot be read as {file_type}"),)) if openers else Inside()
