"""Compressed RTF bodies of Outlook messages ([MS-OXRTFCP]).

Lenient where the usual library gives up: a wrong checksum or a missing end mark must not hide a body.
"""

_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain"
    b"\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_HEADER = 16
_WINDOW = 4096


def decompress_rtf(data: bytes, limit: int) -> bytes:
    """The RTF, cut at `limit` bytes; b"" when `data` is none of the two known kinds."""
    kind = data[8:12]
    if kind == b"MELA":
        return data[_HEADER : _HEADER + limit]
    return _unpacked(data, limit) if kind == b"LZFu" else b""


def _unpacked(data: bytes, limit: int) -> bytes:
    """Section 2.2.3: runs of eight tokens, each a byte or a (12 bit place, 4 bit length) reference."""
    output = bytearray(_DICTIONARY)
    position = _HEADER
    while position < len(data) and len(output) < limit:
        control = data[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                output += data[position : position + 1]
                position += 1
                continue
            token = int.from_bytes(data[position : position + 2], "big")
            position += 2
            place, length = token >> 4, (token & 0xF) + 2
            here = len(output) % _WINDOW
            if place == here or position > len(data):
                return bytes(output[len(_DICTIONARY) :])
            _copy(output, (here - place) % _WINDOW, length)
    return bytes(output[len(_DICTIONARY) : limit])


def _copy(output: bytearray, back: int, length: int) -> None:
    """Repeat `length` bytes from `back` bytes ago; what lies before the start reads as blanks."""
    for _ in range(length):
        start = len(output) - back
        output.append(output[start] if start >= 0 else 0x20)
