"""Deflated data as a stream of small pieces, so that a bomb is stopped long before it has unfolded."""

import zlib
from collections.abc import Iterable, Iterator

PIECE = 64 * 1024


def inflated(packed: Iterable[bytes], *, raw: bool = False) -> Iterator[bytes]:
    """The plain bytes, at most 64 KiB at a time. `raw`: without the zlib header. Raises zlib.error on damage."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
    for piece in packed:
        tail = piece
        # At its end the inflater leaves what follows in the tail for ever, hence the look at `eof`.
        while tail and not inflater.eof:
            yield inflater.decompress(tail, PIECE)
            tail = inflater.unconsumed_tail
        if inflater.eof:
            return


def pieces(content: bytes, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to `end` in pieces, without copying them all."""
    for position in range(start, min(end, len(content)), PIECE):
        yield content[position : min(position + PIECE, end)]
