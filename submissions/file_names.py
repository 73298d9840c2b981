"""Whether a file's name promises what its content is. Pure."""

OFFICE = ("application/vnd.", "application/msword", "application/x-ole-storage", "application/encrypted")
SCRIPT = ("text/",)
PROMISED = {
    "pdf": ("application/pdf",),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "gif": ("image/gif",),
    "rtf": ("application/rtf", "text/rtf"),
    "zip": ("application/zip", "application/java-archive"),
    "7z": ("application/x-7z-compressed",),
    "rar": ("application/x-rar",),
    "htm": ("text/html",),
    "html": ("text/html",),
    "txt": SCRIPT,
    "csv": SCRIPT,
    "exe": ("application/x-dosexec",),
    "dll": ("application/x-dosexec",),
    **dict.fromkeys(("doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx", "pptm"), OFFICE),
}
SAYS_NOTHING = ("", "application/octet-stream", "application/x-empty")


def promised_other(name: str, content_type: str) -> str:
    """The extension, when another type belongs to it than the content has; empty where nothing can be said."""
    extension = name.rpartition(".")[2].strip().lower()
    fitting = PROMISED.get(extension)
    if fitting is None or content_type in SAYS_NOTHING or content_type.startswith(fitting):
        return ""
    return extension
