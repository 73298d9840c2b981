"""Letters for tests: each function makes one valid letter, its keywords override what it assumes."""

from typing import Any

from notifications.kinds import sample
from notifications.outbox import Answered, Letter


def letter(kind: str = "received", **fields: Any) -> Letter:
    """A letter of that kind with a sample of every value."""
    about = fields.get("about", "submission:7")
    values: dict[str, Any] = {
        "thread": about.split("/")[0],
        "about": about,
        "to": "anna.lang@corp.example",
        "context": {**sample(kind), **fields.pop("values", {})},
        "answers": Answered(f"<report-{about}@corp.example>", "", "FW: Invoice 4471"),
        **fields,
    }
    return Letter(kind=kind, **values)
