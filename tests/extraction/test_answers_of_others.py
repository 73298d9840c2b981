"""Answers that other projects give for their own files (MimeKit's lists of TNEF members), beside one of ours."""

from collections import Counter
from pathlib import Path

from tests.extraction import test_tnef
from tests.extraction.opening import names, opened
from tests.extraction.reading import corpora

# Their list leaves out what ours finds, or names bodies and untitled parts in its own words.
_THEIR_WORDS = {"body.rtf", "body.html", "Untitled Attachment", ""}


def tnef_answers() -> list[tuple[str, bytes, set[str]]]:
    own = test_tnef.tnef(test_tnef.file(b"AUTHORS", b"x"), test_tnef.file(b"README", b"y"))
    answers = [("own", own, {"AUTHORS", "README"})]
    for path in corpora():
        answer = path.with_suffix(".list")
        if path.suffix == ".tnef" and answer.exists():
            answers.append((path.name, path.read_bytes(), _listed(answer)))
    return answers


def _listed(path: Path) -> set[str]:
    return {line.strip() for line in path.read_text("utf-8", "replace").splitlines()} - _THEIR_WORDS


def test_every_file_that_others_list_is_found() -> None:
    missing = Counter[str]()
    for name, content, expected in tnef_answers():
        missing[name] = len(expected - set(names(opened(content))))

    assert +missing == Counter()
