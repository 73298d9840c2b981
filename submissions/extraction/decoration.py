"""Files that carry nothing: told by their content, never by what the mail says of them."""

import struct

from submissions.extraction import smime

_LARGEST_PIXEL = 2048
_SIGNATURE_TYPES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_PGP_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_PGP_END = b"-----END PGP SIGNATURE-----"


def is_tracking_pixel(content: bytes) -> bool:
    """A picture of at most three by three pixels and without room for anything else."""
    if len(content) > _LARGEST_PIXEL:
        return False
    width, height = _dimensions(content)
    return 0 < width <= 3 and 0 < height <= 3


def _dimensions(content: bytes) -> tuple[int, int]:
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    return 0, 0


def is_signature(content: bytes, declared: str) -> bool:
    """A detached signature and nothing else; something else that is only called so is not."""
    if declared not in _SIGNATURE_TYPES:
        return False
    text = content.strip()
    if text.startswith(_PGP_SIGNATURE):
        return text.endswith(_PGP_END) and text.count(b"-----") == 4
    try:
        return smime.read(content).kind == "detached"
    except smime.NotCms:
        return False
