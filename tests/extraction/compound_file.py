"""Builds OLE compound files for tests ([MS-CFB]): version 3, red-black trees of one side."""

import itertools
import struct

SECTOR = 512
_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_FAT = 0xFFFFFFFD

# Streams below this size stand in the mini stream, in sectors of their own.
_CUTOFF = 4096
_MINI = 64

Tree = dict[str, "bytes | Tree"]


def compound_file(tree: Tree) -> bytes:
    """A compound file with these streams (bytes) and storages (dicts)."""
    entries: list[tuple[str, int, int, int, int, bytes]] = []
    _lay_out("Root Entry", tree, entries, kind=5)
    fat: list[int] = []
    mini_fat: list[int] = []
    body, mini = b"", b""
    starts = []
    for *_, stream in entries:
        if 0 < len(stream) < _CUTOFF:
            starts.append(_chain(mini_fat, stream, _MINI))
            mini += _padded(stream, _MINI)
        else:
            starts.append(_chain(fat, stream, SECTOR) if stream else _END)
            body += _padded(stream, SECTOR)
    entries[0] = (*entries[0][:5], mini)
    starts[0] = _chain(fat, mini, SECTOR) if mini else _END
    body += _padded(mini, SECTOR)
    mini_table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_table += b"\xff" * (-len(mini_table) % SECTOR)
    mini_table_start = _chain(fat, mini_table, SECTOR) if mini_table else _END
    directory = b"".join(_entry(*entry[:5], starts[number], entry[5]) for number, entry in enumerate(entries))
    directory_start = _chain(fat, directory, SECTOR)
    body += mini_table + _padded(directory, SECTOR)
    fat_sectors = 1
    while fat_sectors * 128 < len(fat) + fat_sectors:
        fat_sectors += 1
    sectors = list(range(len(fat), len(fat) + fat_sectors))
    fat += [_FAT] * fat_sectors
    fat += [_FREE] * (fat_sectors * 128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIII", 0, fat_sectors, directory_start, 0, _CUTOFF)
    header += struct.pack("<IIII", mini_table_start, len(mini_table) // SECTOR, _END, 0)
    header += struct.pack("<109I", *(sectors + [_FREE] * (109 - len(sectors))))
    return header + body + struct.pack(f"<{len(fat)}I", *fat)


def _lay_out(name: str, node: bytes | Tree, entries: list[tuple[str, int, int, int, int, bytes]], kind: int) -> int:
    number = len(entries)
    if isinstance(node, bytes):
        entries.append((name, 2, _FREE, _FREE, _FREE, node))
        return number
    entries.append((name, kind, _FREE, _FREE, _FREE, b""))
    children = [
        _lay_out(child, node[child], entries, kind=1) for child in sorted(node, key=lambda n: (len(n), n.upper()))
    ]
    for left, right in itertools.pairwise(children):
        entries[left] = (*entries[left][:3], right, *entries[left][4:])
    child = children[0] if children else _FREE
    entries[number] = (name, kind, _FREE, _FREE, child, b"")
    return number


def _entry(name: str, kind: int, left: int, right: int, child: int, start: int, stream: bytes) -> bytes:
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    return head + struct.pack("<III", left, right, child) + bytes(36) + struct.pack("<IQ", start, len(stream))


def _chain(fat: list[int], stream: bytes, size: int) -> int:
    start = len(fat)
    count = (len(stream) + size - 1) // size
    fat += [start + number + 1 for number in range(count - 1)] + [_END]
    return start


def _padded(stream: bytes, size: int) -> bytes:
    return stream + bytes(-len(stream) % size)
