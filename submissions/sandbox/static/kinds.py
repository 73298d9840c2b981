"""Which detectors look at which type of file, and which types static checks may call clean without any."""

from submissions.sandbox.static.findings import Detector
from submissions.sandbox.static.office import office_document
from submissions.sandbox.static.office_old import old_office_document
from submissions.sandbox.static.onenote import notebook
from submissions.sandbox.static.pages import picture, web_page
from submissions.sandbox.static.pdf import pdf_document
from submissions.sandbox.static.programs import windows_program
from submissions.sandbox.static.rtf import rtf_document
from submissions.sandbox.static.scripts import script, stylesheet, table
from submissions.sandbox.static.shortcuts import internet_shortcut, pointing_file, shell_link

DETECTORS: tuple[tuple[str, Detector], ...] = (
    ("application/vnd.openxmlformats-officedocument", office_document),
    ("application/vnd.ms-word.", office_document),
    ("application/vnd.ms-excel.", office_document),
    ("application/vnd.ms-powerpoint.", office_document),
    ("application/vnd.ms-visio", office_document),
    ("application/vnd.oasis.opendocument", office_document),
    ("application/msword", old_office_document),
    ("application/vnd.ms-excel", old_office_document),
    ("application/vnd.ms-powerpoint", old_office_document),
    ("application/vnd.ms-office", old_office_document),
    ("application/vnd.visio", old_office_document),
    ("application/x-mspublisher", old_office_document),
    ("application/x-ole-storage", old_office_document),
    ("application/encrypted", old_office_document),
    ("application/rtf", rtf_document),
    ("application/pdf", pdf_document),
    ("application/onenote", notebook),
    ("text/html", web_page),
    ("application/xhtml+xml", web_page),
    ("application/hta", web_page),
    ("application/hta", script),
    ("image/svg+xml", picture),
    ("text/javascript", script),
    ("text/vbscript", script),
    ("text/x-powershell", script),
    ("text/x-msdos-batch", script),
    ("text/x-ms-wsf", script),
    ("text/x-ms-scriptlet", script),
    ("text/x-shellscript", script),
    ("text/x-python", script),
    ("text/x-perl", script),
    ("text/x-php", script),
    ("text/plain", script),
    ("text/csv", table),
    ("text/xml", stylesheet),
    ("application/xml", stylesheet),
    ("application/x-sylk", table),
    ("application/x-dosexec", windows_program),
    ("application/x-ms-xll", windows_program),
    ("application/x-ms-shortcut", shell_link),
    ("application/x-mswinurl", internet_shortcut),
    ("application/x-ms-scf", pointing_file),
    ("application/windows-", pointing_file),
)

# Types that hold nothing by which a file could act on its own; a clean one of these is clean.
HARMLESS = (
    "text/plain",
    "text/csv",
    "text/css",
    "text/calendar",
    "text/vcard",
    "text/xml",
    "application/xml",
    "application/json",
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/font",
    "application/vnd.ms-fontobject",
    "application/pgp-signature",
    "application/pgp-keys",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/epub+zip",
    "application/postscript",
)
MAIL = ("message/", "application/vnd.ms-outlook", "application/vnd.ms-tnef")

# What a type says by itself.
BY_TYPE: dict[str, str] = {
    "application/x-dosexec": "program",
    "application/x-msdownload": "program",
    "application/x-ms-xll": "program-addin",
    "application/x-executable": "program-other-system",
    "application/x-pie-executable": "program-other-system",
    "application/x-sharedlib": "program-other-system",
    "application/x-mach-binary": "program-other-system",
    "application/java-archive": "program-other-system",
    "application/x-java-applet": "program-other-system",
    "application/vnd.android.package-archive": "program-other-system",
    "application/x-ios-app": "program-other-system",
    "application/vnd.debian.binary-package": "program-other-system",
    "application/x-rpm": "program-other-system",
    "application/x-msi": "installer",
    "application/msix": "installer",
    "application/x-xar": "installer",
    "application/vnd.ms-htmlhelp": "help-file",
    "application/x-ms-msc": "console-file",
    "application/windows-settings-content+xml": "settings-file",
    "application/windows-library+xml": "library-file",
    "application/windows-search-connector+xml": "library-file",
    "text/x-ms-regedit": "registry-file",
    "application/x-rdp": "remote-desktop-file",
    "text/x-ms-iqy": "web-query-file",
    "application/x-sylk": "sylk-file",
    "text/x-ms-inf": "setup-information",
    "application/x-java-jnlp-file": "java-start-file",
    "application/x-desktop": "desktop-entry",
    "application/x-ms-scf": "icon-file",
    "application/hta": "html-application",
    "text/x-ms-encoded-script": "script-encoded",
    "text/javascript": "script",
    "text/vbscript": "script",
    "text/x-powershell": "script",
    "text/x-msdos-batch": "script",
    "text/x-ms-wsf": "script",
    "text/x-ms-scriptlet": "script",
    "text/x-shellscript": "script-other-system",
    "text/x-python": "script-other-system",
    "text/x-perl": "script-other-system",
    "text/x-php": "script-other-system",
    "application/x-ms-shortcut": "shortcut",
    "application/x-mswinurl": "link-file",
    "application/x-iso9660-image": "disk-image",
    "application/x-udf-image": "disk-image",
    "application/x-vhd": "disk-image",
    "application/x-vhdx": "disk-image",
    "application/x-apple-diskimage": "disk-image",
    "application/x-ace-compressed": "archive-rare",
    "application/x-arj": "archive-rare",
    "application/x-lzh-compressed": "archive-rare",
}
# Rules by type whose files do something when they are opened.
RUNS = frozenset(BY_TYPE.values()) - {"disk-image", "archive-rare", "link-file", "setup-information"}


def detectors(file_type: str) -> list[Detector]:
    """Those whose type is the file's, or the longest beginning of it."""
    fitting = [(len(prefix), detector) for prefix, detector in DETECTORS if file_type.startswith(prefix)]
    longest = max((length for length, _ in fitting), default=0)
    return [detector for length, detector in fitting if length == longest]


def runs(file_type: str) -> bool:
    """Whether a double click on a file of this type runs something."""
    return BY_TYPE.get(file_type, "") in RUNS
