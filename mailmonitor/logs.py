"""Log lines for machines: one JSON object a line."""

import json
import logging
from datetime import UTC, datetime

FIELDS = ("submission_id", "artifact_id", "mailbox", "verdict", "items", "duration_s")


class JsonLines(logging.Formatter):
    """`ts` (UTC, ISO 8601), `level`, `logger`, `event`, what stands beside it, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
