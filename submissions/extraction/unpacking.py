"""Taking members out of a container without ever taking more than the limits allow."""

from collections.abc import Iterable, Sequence

from submissions.extraction.types import Inside, Limits, Member, Problem

CHUNK = 64 * 1024

# Below this size nothing is a bomb, however well it was packed: logs and bitmaps shrink 200:1.
_HARMLESS_BYTES = 10 * 1024 * 1024


class Unpacking:
    """The members and problems of one container while it is being read.

    `packed` is the size of the container in bytes. A problem's path is the member's name, "" for the container.
    """

    def __init__(self, limits: Limits, packed: int) -> None:
        self.members: list[Member] = []
        self.problems: list[Problem] = []
        self._limits = limits
        self._unpacked = 0
        self._allowed = max(_HARMLESS_BYTES, packed * limits.archive_ratio)

    def full(self, name: str = "") -> bool:
        """Whether nothing more may be taken; the reason is then among the problems, once."""
        if len(self.members) >= self._limits.archive_entries:
            self.problem("limit-entries", name, f"more than {self._limits.archive_entries} files")
            return True
        if self._unpacked >= self._limits.archive_bytes:
            self.problem("limit-bytes", name, f"more than {self._limits.archive_bytes} bytes when unpacked")
            return True
        if self._unpacked >= self._allowed:
            self.problem("limit-ratio", name, f"unpacks to more than {self._limits.archive_ratio} times its size")
            return True
        return False

    def take(
        self, name: str, chunks: Iterable[bytes], *, password: str | None = None, notes: Sequence[str] = ()
    ) -> None:
        """Keep a member. One that is too large is kept up to the limit and marked `truncated`.

        A truncated head still shows what the file is: padding with zeros is a known way to hide a program.
        """
        taken = bytearray()
        cut = False
        for chunk in chunks:
            taken += chunk
            self._unpacked += len(chunk)
            if len(taken) > self._limits.file_bytes:
                self.problem("limit-file-bytes", name, f"larger than {self._limits.file_bytes} bytes")
                cut = True
            elif self._unpacked > self._limits.archive_bytes or self._unpacked > self._allowed:
                self.full(name)
                cut = True
            if cut:
                del taken[self._limits.file_bytes :]
                break
        marks = (*notes, "truncated") if cut else tuple(notes)
        self.members.append(Member(name, bytes(taken), password=password, notes=marks))

    def problem(self, code: str, name: str = "", detail: str = "", *, incomplete: bool = True) -> None:
        """Note what could not be read. The same problem at the same place is noted once."""
        found = Problem(code, name, detail, incomplete=incomplete)
        if found not in self.problems:
            self.problems.append(found)

    def inside(self, notes: Sequence[str] = ()) -> Inside:
        """Everything taken so far, with `locked` among the notes when something stayed closed."""
        locked = any(problem.code == "locked" for problem in self.problems)
        marks = dict.fromkeys((*notes, "locked") if locked else notes)
        return Inside(members=tuple(self.members), problems=tuple(self.problems), notes=tuple(marks))
