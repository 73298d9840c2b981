import hashlib
import time

from submissions.extraction import wire
from submissions.extraction.extract import extract
from tests.extraction.reading import corpora

LONGEST_SECONDS = 10


def test_no_file_of_the_corpora_breaks_or_holds_up_the_extractor() -> None:
    slow = []
    for path in corpora():
        start = time.process_time()
        mail = extract(path.read_bytes())
        if time.process_time() - start > LONGEST_SECONDS:
            slow.append(path.name)
        assert wire.load(wire.dump(mail)) == mail, path.name
        assert mail.reported, path.name

    assert slow == []


def test_the_same_bytes_give_the_same_result() -> None:
    for path in corpora()[::17]:
        raw = path.read_bytes()

        assert extract(raw) == extract(raw), path.name


def test_digests_and_sizes_are_those_of_the_contents() -> None:
    for path in corpora()[::5]:
        for file in extract(path.read_bytes()).files:
            if "too-large" not in file.notes:
                assert file.sha256 == hashlib.sha256(file.content).hexdigest()
                assert file.size == len(file.content)
