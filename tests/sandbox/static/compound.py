"""Writes OLE compound files ([MS-CFB] version 3) for tests: streams by path, 512-byte sectors."""

import struct
import uuid
from dataclasses import dataclass, field

FREE, END, FAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
SECTOR, MINI, CUTOFF = 512, 64, 4096
STORAGE, STREAM, ROOT = 1, 2, 5


@dataclass
class Entry:
    name: str
    kind: int
    content: bytes = b""
    kids: list["Entry"] = field(default_factory=list)
    number: int = 0
    child: int = NONE
    right: int = NONE
    start: int = END
    size: int = 0


def compound(streams: dict[str, bytes], clsid: str = "") -> bytes:
    """A compound file with these streams; `/` in a path makes storages."""
    root = Entry("Root Entry", ROOT)
    for path, content in streams.items():
        _put(root, path.split("/"), content)
    entries = _numbered(root)
    mini, mini_fat = _mini_stream(entries)
    root.content = mini
    sectors, fat, mini_fat_start = _sectors(entries, mini_fat)
    return _assembled(entries, (sectors, fat, mini_fat_start), uuid.UUID(clsid).bytes_le if clsid else bytes(16))


def _put(parent: Entry, path: list[str], content: bytes) -> None:
    name, *rest = path
    found = next((kid for kid in parent.kids if kid.name == name), None)
    if found is None:
        found = Entry(name, STORAGE if rest else STREAM)
        parent.kids.append(found)
    if rest:
        _put(found, rest, content)
    else:
        found.content = content


def _numbered(root: Entry) -> list[Entry]:
    """All entries; the children of each storage hang on a tree without left branches."""
    entries = [root]
    for entry in entries:
        entry.kids.sort(key=lambda kid: (len(kid.name), kid.name.upper()))
        for kid in entry.kids:
            kid.number = len(entries)
            entries.append(kid)
        if entry.kids:
            entry.child = entry.kids[0].number
        for before, after in zip(entry.kids, entry.kids[1:], strict=False):
            before.right = after.number
    return entries


def _mini_stream(entries: list[Entry]) -> tuple[bytes, list[int]]:
    stream, fat = bytearray(), []
    for entry in entries:
        if entry.kind == STREAM and 0 < len(entry.content) < CUTOFF:
            count = -(-len(entry.content) // MINI)
            entry.start, entry.size = len(fat), len(entry.content)
            fat += [len(fat) + number + 1 for number in range(count - 1)] + [END]
            stream += entry.content.ljust(count * MINI, b"\0")
    return bytes(stream), fat


def _sectors(entries: list[Entry], mini_fat: list[int]) -> tuple[list[bytes], list[int], int]:
    """The sectors of all contents, their chains, and where the chains of the mini stream start (they come last)."""
    sectors: list[bytes] = []
    fat: list[int] = []

    def add(content: bytes) -> int:
        count = -(-len(content) // SECTOR)
        start = len(sectors)
        padded = content.ljust(count * SECTOR, b"\0")
        sectors.extend(padded[number * SECTOR : (number + 1) * SECTOR] for number in range(count))
        fat.extend([start + number + 1 for number in range(count - 1)] + [END] * bool(count))
        return start if count else END

    for entry in entries:
        if entry.kind == ROOT or (entry.kind == STREAM and len(entry.content) >= CUTOFF):
            entry.start, entry.size = add(entry.content), len(entry.content)
    numbers = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    return sectors, fat, add(numbers.ljust(-(-len(numbers) // SECTOR) * SECTOR, b"\xff"))


def _assembled(entries: list[Entry], laid_out: tuple[list[bytes], list[int], int], clsid: bytes) -> bytes:
    sectors, fat, mini_fat_start = laid_out
    mini_fat_count = 0 if mini_fat_start == END else len(sectors) - mini_fat_start
    directory = b"".join(_directory_entry(entry, clsid) for entry in entries)
    directory = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0")
    directory_start, directory_count = len(sectors), len(directory) // SECTOR
    sectors += [directory[number * SECTOR : (number + 1) * SECTOR] for number in range(directory_count)]
    fat += [directory_start + number + 1 for number in range(directory_count - 1)] + [END]
    fat_count = 1
    while (len(fat) + fat_count) * 4 > fat_count * SECTOR:
        fat_count += 1
    fat_start = len(sectors)
    fat += [FAT_SECTOR] * fat_count
    packed = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_count * SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_count,
        directory_start, 0, CUTOFF, mini_fat_start, mini_fat_count, END, 0,
    )  # fmt: skip
    places = [fat_start + number for number in range(fat_count)] + [FREE] * (109 - fat_count)
    return header + struct.pack("<109I", *places) + b"".join(sectors) + packed


def _directory_entry(entry: Entry, clsid: bytes) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sI8s8sIQ", name, len(name), entry.kind, 1, NONE, entry.right, entry.child,
        clsid if entry.kind == ROOT else bytes(16), 0, b"", b"", 0 if entry.kind == STORAGE else entry.start,
        entry.size,
    )  # fmt: skip
