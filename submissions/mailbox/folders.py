"""Folder names as people write them, and as the server wants them."""

from imapclient import IMAPClient

SHOWN = 20


class FolderNames:
    """Translates `A/B` to the server's own separator and prefix (RFC 2342: `INBOX.A.B` on some)."""

    def __init__(self, client: IMAPClient) -> None:
        self.client = client
        self.prefix, self.separator = "", "/"
        if client.has_capability("NAMESPACE"):
            personal = client.namespace().personal or [("", "/")]
            self.prefix, self.separator = personal[0][0], personal[0][1] or "/"
            return
        listed = client.list_folders("", "")
        if listed and listed[0][1]:
            self.separator = listed[0][1].decode()

    def on_server(self, name: str) -> str:
        if name.upper() == "INBOX":
            return "INBOX"
        own = name.replace("/", self.separator)
        return own if own.startswith(self.prefix) else self.prefix + own

    def there_are(self) -> str:
        """A sentence that lists the folders, for somebody who looks for the right one."""
        names = [str(name).replace(self.separator, "/") for _, _, name in self.client.list_folders()]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return f"there are {', '.join(names[:SHOWN])}{more}."
