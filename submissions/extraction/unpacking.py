"""Taking members out of a container without ever taking more than the limits allow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from submissions.extraction.types import Inside, Limits, Member, Problem

CHUNK = 64 * 1024

# Below this size nothing is a bomb, however well it was packed: logs and bitmaps shrink 200:1.
_HARMLESS_BYTES = 10 * 1024 * 1024


def words(error: Exception) -> str:
    """What a library says went wrong, in one short line (libarchive adds addresses, which differ in each run)."""
    return str(getattr(error, "msg", error) or type(error).__name__)[:200]


@dataclass(frozen=True, slots=True)
class Container:
    """One file to be opened: its bytes, detected type and name, the limits and the passwords to try."""

    content: bytes = field(repr=False)
    type: str
    name: str
    limits: Limits
    passwords: Sequence[str] = ()


class Unpacking:
    """The members and problems of one container while it is being read.

    A problem's path is the member's name, "" for the container itself.
    """

    def __init__(self, container: Container) -> None:
        self.members: list[Member] = []
        self.problems: list[Problem] = []
        self._limits = container.limits
        self._entries = 0
        self._unpacked = 0
        self._allowed = max(_HARMLESS_BYTES, len(container.content) * container.limits.archive_ratio)

    def next_entry(self, name: str = "") -> bool:
        """Whether one more entry may be looked at; if not, the reason is among the problems."""
        self._entries += 1
        if self._entries > self._limits.archive_entries:
            self.problem("limit-entries", name, f"more than {self._limits.archive_entries} entries")
            return False
        return not self._exhausted(name)

    def spend(self, size: int, name: str) -> None:
        """Count bytes that were unpacked only to be read; the next entry is refused when they were too many."""
        self._unpacked += size
        self._exhausted(name)

    def take(
        self,
        name: str,
        chunks: Iterable[bytes],
        *,
        password: str | None = None,
        notes: Sequence[str] = (),
        errors: tuple[type[Exception], ...] = (),
    ) -> bool:
        """Keep a member, up to the limits; one that is cut short or breaks with `errors` is marked `truncated`.

        False when nothing of it could be kept.

        A truncated head still shows what the file is: padding with zeros is a known way to hide a program.
        The rest of a large member is read and thrown away, for in a solid archive the next one lies behind it.
        """
        taken = bytearray()
        cut = False
        try:
            for chunk in chunks:
                self._unpacked += len(chunk)
                if len(taken) < self._limits.file_bytes:
                    taken += chunk
                if len(taken) > self._limits.file_bytes:
                    self.problem("limit-file-bytes", name, f"larger than {self._limits.file_bytes} bytes")
                    del taken[self._limits.file_bytes :]
                    cut = True
                if self._exhausted(name):
                    cut = True
                    break
        except errors as error:
            self.problem("broken", name, words(error))
            cut = True
        if taken or not cut:
            marks = (*notes, "truncated") if cut else tuple(notes)
            self.members.append(Member(name, bytes(taken), password=password, notes=marks))
        return bool(taken) or not cut

    def problem(self, code: str, name: str = "", detail: str = "", *, incomplete: bool = True) -> None:
        """Note what could not be read. The same problem at the same place is noted once."""
        if all((known.code, known.path) != (code, name) for known in self.problems):
            self.problems.append(Problem(code, name, detail, incomplete=incomplete))

    def inside(self, notes: Sequence[str] = ()) -> Inside:
        """Everything taken so far, with `locked` among the notes when something stayed closed."""
        locked = any(problem.code == "locked" for problem in self.problems)
        marks = dict.fromkeys((*notes, "locked") if locked else notes)
        password = next((member.password for member in self.members if member.password is not None), None)
        return Inside(members=tuple(self.members), problems=tuple(self.problems), notes=tuple(marks), password=password)

    def _exhausted(self, name: str) -> bool:
        if self._unpacked > self._limits.archive_bytes:
            self._exceeded("limit-bytes", name, f"more than {self._limits.archive_bytes} bytes when unpacked")
            return True
        if self._unpacked > self._allowed:
            self._exceeded("limit-ratio", name, f"unpacks to more than {self._limits.archive_ratio} times its size")
            return True
        return False

    def _exceeded(self, code: str, name: str, detail: str) -> None:
        """A limit of the whole container is one problem, at the place where it was hit."""
        if all(known.code != code for known in self.problems):
            self.problem(code, name, detail)
