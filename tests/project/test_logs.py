"""Log lines for machines."""

import json
import logging
import sys

from mailmonitor.logs import JsonLines


def line(record: logging.LogRecord) -> dict[str, object]:
    told = JsonLines().format(record)
    assert "\n" not in told
    found: dict[str, object] = json.loads(told)
    return found


def test_a_line_is_one_object_with_time_level_logger_and_event() -> None:
    told = line(logging.LogRecord("submissions.x", logging.WARNING, "x.py", 1, "two\n%s", ("lines",), None))

    assert told.pop("ts", "").endswith("+00:00")  # type: ignore[attr-defined]
    assert told == {"level": "WARNING", "logger": "submissions.x", "event": "two\nlines"}


def test_an_error_carries_its_traceback() -> None:
    try:
        raise OSError("no room")
    except OSError:
        told = line(logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info()))

    assert "OSError: no room" in str(told["traceback"])


def test_the_totals_of_a_mail_stand_in_fields_of_their_own() -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "submission.completed", (), None)
    record.__dict__.update(submission_id="MM-7", verdict="clean", items=3, duration_s=4.5, password="secret")

    told = line(record)

    assert (told["submission_id"], told["verdict"], told["items"], told["duration_s"]) == ("MM-7", "clean", 3, 4.5)
    assert "secret" not in str(told)
