"""What kind of file some bytes are: by content, the name only breaks ties."""

import re
import threading

import magic

from submissions.extraction.type_of_ole import type_of_ole
from submissions.extraction.type_of_text import type_of_text
from submissions.extraction.type_of_zip import type_of_zip

EMPTY = "application/x-empty"
UNKNOWN = "application/octet-stream"
EXECUTABLE = "application/x-dosexec"
HEIF = "image/heif"

# Enough for every signature that libmagic looks for in mail-sized files.
HEAD = 1024 * 1024

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", HEIF),
    (4, b"ftypmsf1", HEIF),
    (40, b" EMF", "image/emf"),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (0, b"{\\rt", "application/rtf"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/x-rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x5d\x00\x00", "application/x-lzma"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"\x04\x22\x4d\x18", "application/x-lz4"),
    (0, b"\x1f\x9d", "application/x-compress"),
    (0, b"LZIP", "application/x-lzip"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (257, b"ustar", "application/x-tar"),
    (0, b"070701", "application/x-cpio"),
    (0, b"!<arch>\n", "application/x-archive"),
    (0, b"xar!", "application/x-xar"),
    (2, b"-lh", "application/x-lzh-compressed"),
    (7, b"**ACE**", "application/x-ace-compressed"),
    (0x8001, b"CD001", "application/x-iso9660-image"),
    (0x8001, b"NSR0", "application/x-udf-image"),
    (0x8001, b"BEA01", "application/x-udf-image"),
    (0, b"conectix", "application/x-vhd"),
    (0, b"vhdxfile", "application/x-vhdx"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (0, b"\x4c\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (0, b"ITSF", "application/vnd.ms-htmlhelp"),
    (0, b"MZ", EXECUTABLE),
)
# S/MIME (RFC 5652) has no signature of its own: an object identifier near the start tells it.
_CMS = (
    (bytes.fromhex("06092a864886f70d010702"), "application/pkcs7-signature"),
    (bytes.fromhex("06092a864886f70d010703"), "application/pkcs7-mime"),
)

RISKY_EXTENSIONS = frozenset(
    extension
    for line in (
        "ace accde accdr ade adp apk app appinstaller application appref-ms appx appxbundle arj asp aspx bas bat bin",
        "cab cdxml chm cmd com command cpl crt csh desktop diagcab dll dmg doc docm dot dotm dqy elf exe fxp gadget gz",
        "hlp hpj hta htm html img inf ins iqy iso isp jar jnlp js jse ksh lha library-ms lnk lzh mad mda mdb mde mdz",
        "mht mhtml msc msh msh1 msh2 msi msix msixbundle msp mst ocx one onepkg oqy pif pl plg pot potm ppa ppam pps",
        "ppsm ppt pptm prf prg ps1 ps1xml ps2 psc1 psd1 psm1 pub py pyc pyw rar rdp reg rqy rtf scf scr sct search-ms",
        "searchconnector-ms settingcontent-ms sh shb shs shtml sldm slk svg swf sys tar theme themepack udl url vb vbe",
        "vbs vbp vhd vhdx vsmacros vxd wbk webpnp website wiz ws wsc wsf wsh xbap xlam xlk xll xlm xls xlsb xlsm xlt",
        "xltm xnk z 7z zip",
    )
    for extension in line.split()
)

_IGNORED_AT_THE_END = re.compile(r"[\s.\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+$")

_magic = magic.Magic(mime=True)
_magic_lock = threading.Lock()


def detect(content: bytes, name: str = "") -> str:
    """The MIME type of `content`, lower case; `application/octet-stream` when nothing fits. Never raises."""
    if not content:
        return EMPTY
    if content[:2] == b"PK" and content[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08"):
        return type_of_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return type_of_ole(content)
    return _by_signature(content) or type_of_text(content, name) or _of_cms(content) or _by_magic(content)


def extension(name: str) -> str:
    """The last extension without its dot, lower case, as Windows would see it (trailing dots and blanks cut)."""
    stem, dot, last = _IGNORED_AT_THE_END.sub("", name).rpartition(".")
    return last.lower() if dot and stem else ""


def risky_extension(name: str) -> bool:
    """Whether a double click on a file of this name may run something or open a container."""
    return extension(name) in RISKY_EXTENSIONS


def _by_signature(content: bytes) -> str:
    for offset, signature, mime_type in SIGNATURES:
        if content.startswith(signature, offset):
            return _confirmed(content, mime_type)
    if b"%PDF-" in content[:1024]:
        return "application/pdf"
    return "application/x-vhd" if content[-512:].startswith(b"conectix") else ""


def _confirmed(content: bytes, mime_type: str) -> str:
    """The type, "" when the few bytes of its signature stand there by chance."""
    if mime_type == EXECUTABLE:
        return _executable(content)
    if mime_type == HEIF:
        brands = content[16 : int.from_bytes(content[:4])]
        return "image/avif" if b"avif" in brands or b"avis" in brands else HEIF
    if mime_type == "image/bmp":
        return mime_type if content[6:10] == bytes(4) and len(content) > 26 else ""
    if mime_type == "image/emf":
        return mime_type if content.startswith(b"\x01\x00\x00\x00") else ""
    if mime_type == "image/webp":
        return mime_type if content.startswith(b"RIFF") else ""
    if mime_type == "application/x-lzma":
        return mime_type if len(content) > 13 and content[5:13] != bytes(8) else ""
    return mime_type


def _executable(content: bytes) -> str:
    if len(content) < 64:
        return ""
    return "application/x-ms-xll" if b"xlAutoOpen\x00" in content else EXECUTABLE


def _of_cms(content: bytes) -> str:
    if content[:1] != b"0":
        return ""
    return next((mime_type for identifier, mime_type in _CMS if identifier in content[:64]), "")


def _by_magic(content: bytes) -> str:
    with _magic_lock:
        try:
            found = str(_magic.from_buffer(content[:HEAD]))
        except magic.MagicException:
            return UNKNOWN
    return found.partition(";")[0].strip().lower() or UNKNOWN
