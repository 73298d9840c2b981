"""The directory of a 7z file (7zFormat.txt of the LZMA SDK): which stream holds which files, and how it is packed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SIGNATURE = b"7z\xbc\xaf\x27\x1c"
START = 32
MOST = 10_000

_END, _HEADER, _MAIN_STREAMS, _FILES = 0x00, 0x01, 0x04, 0x05
_PACK, _UNPACK, _SUBSTREAMS, _SIZES, _CRCS, _FOLDERS = 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B
_UNPACK_SIZES, _COUNTS, _EMPTY, _NAMES, ENCODED = 0x0C, 0x0D, 0x0E, 0x11, 0x17


class Broken(Exception):
    """The bytes are no directory of a 7z file, or one that nobody needs."""


@dataclass(slots=True)
class Coder:
    """One step of unpacking: its method's id, its properties, and how many bytes it gives."""

    method: bytes
    properties: bytes
    size: int = 0


@dataclass(slots=True)
class Folder:
    """Files packed as one stream. `coders` are in the order of unpacking; `sizes` and `crcs` of the files in it."""

    coders: list[Coder]
    order: list[int]
    start: int = 0
    packed: int = 0
    crc: int | None = None
    sizes: list[int] = field(default_factory=list)
    crcs: list[int | None] = field(default_factory=list)

    @property
    def steps(self) -> list[Coder]:
        return [self.coders[index] for index in self.order]

    @property
    def size(self) -> int:
        return self.steps[-1].size


@dataclass(frozen=True, slots=True)
class Directory:
    folders: list[Folder]
    names: list[str]


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def byte(self) -> int:
        if self.at >= len(self.content):
            raise Broken
        self.at += 1
        return self.content[self.at - 1]

    def bytes(self, count: int) -> bytes:
        if count > len(self.content) - self.at:
            raise Broken
        self.at += count
        return self.content[self.at - count : self.at]

    def number(self) -> int:
        """The first byte's leading ones say how many bytes follow, lowest first; its other bits are the highest."""
        first = self.byte()
        more = 8 - (first ^ 0xFF).bit_length()
        low = int.from_bytes(self.bytes(more), "little")
        return low | ((first & ((1 << (7 - more)) - 1)) << 8 * more if more < 7 else 0)

    def count(self) -> int:
        number = self.number()
        if number > MOST:
            raise Broken
        return number

    def flags(self, count: int) -> list[bool]:
        packed = self.bytes((count + 7) // 8)
        return [bool(packed[index // 8] & 0x80 >> index % 8) for index in range(count)]

    def crcs(self, count: int) -> list[int | None]:
        known = [True] * count if self.byte() else self.flags(count)
        return [int.from_bytes(self.bytes(4), "little") if one else None for one in known]

    def properties(self) -> Iterator[int]:
        while (kind := self.byte()) != _END:
            yield kind


def start_of_directory(content: bytes) -> bytes:
    """The bytes that the start header points at: a directory, or an encoded one (`ENCODED`)."""
    if not content.startswith(SIGNATURE) or len(content) < START:
        raise Broken
    at = START + int.from_bytes(content[12:20], "little")
    size = int.from_bytes(content[20:28], "little")
    if not size or at + size > len(content):
        raise Broken
    return content[at : at + size]


def read(block: bytes) -> Directory:
    """The directory in a block of bytes; of an encoded one (`ENCODED`) only the one folder that holds the real one."""
    reader = _Reader(block)
    kind = reader.byte()
    if kind == ENCODED:
        return Directory(_streams(reader), [])
    if kind != _HEADER:
        raise Broken
    folders: list[Folder] = []
    names: list[str] = []
    for part in reader.properties():
        if part == _MAIN_STREAMS:
            folders = _streams(reader)
        elif part == _FILES:
            names = _files(reader)
        else:
            raise Broken
    return Directory(folders, names)


def _streams(reader: _Reader) -> list[Folder]:
    start, packed = START, []
    folders: list[Folder] = []
    for part in reader.properties():
        if part == _PACK:
            start += reader.number()
            packed = _packed(reader, reader.count())
        elif part == _UNPACK:
            folders = _folders(reader)
        elif part == _SUBSTREAMS:
            _substreams(reader, folders)
        else:
            raise Broken
    for folder, size in zip(folders, packed, strict=False):
        folder.start, folder.packed = start, size
        start += size
    for folder in folders:
        folder.sizes = folder.sizes or [folder.size]
        folder.crcs = folder.crcs or [folder.crc]
    return folders


def _packed(reader: _Reader, count: int) -> list[int]:
    sizes: list[int] = []
    for part in reader.properties():
        if part == _SIZES:
            sizes = [reader.number() for _ in range(count)]
        elif part == _CRCS:
            reader.crcs(count)
    return sizes


def _folders(reader: _Reader) -> list[Folder]:
    if reader.byte() != _FOLDERS:
        raise Broken
    count = reader.count()
    if reader.byte():
        raise Broken
    folders = [_folder(reader) for _ in range(count)]
    for part in reader.properties():
        if part == _UNPACK_SIZES:
            for coder in (coder for folder in folders for coder in folder.coders):
                coder.size = reader.number()
        elif part == _CRCS:
            for folder, crc in zip(folders, reader.crcs(count), strict=True):
                folder.crc = crc
    return folders


def _folder(reader: _Reader) -> Folder:
    """A chain of coders with one way in and one way out each; others (BCJ2) are beyond us."""
    coders = []
    for _ in range(reader.count()):
        flags = reader.byte()
        method = reader.bytes(flags & 0x0F)
        if flags & 0x10:
            raise Broken
        coders.append(Coder(method, reader.bytes(reader.number()) if flags & 0x20 else b""))
    feeds = {}
    for _ in range(len(coders) - 1):
        into = reader.count()
        feeds[reader.count()] = into
    first = set(range(len(coders))) - set(feeds.values())
    order = [first.pop()] if len(first) == 1 else []
    while order and order[-1] in feeds and len(order) <= len(coders):
        order.append(feeds[order[-1]])
    if len(order) != len(coders):
        raise Broken
    return Folder(coders, order)


def _substreams(reader: _Reader, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    for part in reader.properties():
        if part == _COUNTS:
            counts = [reader.count() for _ in folders]
        elif part == _SIZES:
            _sizes(reader.number, folders, counts)
        elif part == _CRCS:
            _digests(reader, folders, counts)
    if not any(folder.sizes for folder in folders):
        _sizes(reader.number, folders, [min(count, 1) for count in counts])


def _sizes(number: Callable[[], int], folders: list[Folder], counts: list[int]) -> None:
    """The last size of each folder is what is left of it."""
    for folder, count in zip(folders, counts, strict=True):
        sizes = [number() for _ in range(count - 1)]
        folder.sizes = [*sizes, folder.size - sum(sizes)] if count else []
        if any(size < 0 for size in folder.sizes):
            raise Broken


def _digests(reader: _Reader, folders: list[Folder], counts: list[int]) -> None:
    """Only those that are not known from the folder are written."""
    unknown = [count for folder, count in zip(folders, counts, strict=True) if count != 1 or folder.crc is None]
    crcs = iter(reader.crcs(sum(unknown)))
    for folder, count in zip(folders, counts, strict=True):
        known = count == 1 and folder.crc is not None
        folder.crcs = [folder.crc] if known else [next(crcs) for _ in range(count)]


def _files(reader: _Reader) -> list[str]:
    """The names of the files that have content, in the order of the streams."""
    count = reader.count()
    names: list[str] = []
    empty = [False] * count
    for part in reader.properties():
        value = _Reader(reader.bytes(reader.number()))
        if part == _NAMES and not value.byte():
            names = value.content[1:].decode("utf-16-le", "replace").split("\x00")[:count]
        elif part == _EMPTY:
            empty = value.flags(count)
    return [name for name, is_empty in zip(names, empty, strict=False) if not is_empty]
