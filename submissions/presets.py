"""Mailboxes as providers have them: what is filled in already, what is asked, and the steps to get it.

The long form of the steps stands in docs/operations.md. The hosts of Microsoft's national clouds are those of its
pages "National clouds" (identity platform) and "National cloud deployments" (Graph).
"""

from dataclasses import dataclass

from mailmonitor.models import Grant
from submissions.models import Mailbox

Protocol, Security, Way = Mailbox.Protocol, Mailbox.Security, Grant.Way
PLACE = ("host", "port", "security", "username", "folder", "processed_folder")
ACCOUNT = ("username", "folder", "processed_folder")
MICROSOFT = (
    "Entra admin centre, App registrations, New registration: accounts in this directory only, no redirect address."
)
LIMIT_IMAP = (
    "Exchange Online PowerShell: New-ServicePrincipal -AppId CLIENT_ID -ObjectId OBJECT_ID (the object ID of the "
    "enterprise application), then Add-MailboxPermission -Identity MAILBOX -User OBJECT_ID -AccessRights FullAccess. "
    "The app then enters this mailbox and no other."
)
LIMIT_GRAPH = (
    "Limit it to this mailbox, for the permission alone opens all: New-ApplicationAccessPolicy -AccessRight "
    "RestrictAccess with a group that holds the mailbox. Or use RBAC for Applications instead of the consent, since "
    'both add up: New-ManagementScope and New-ManagementRoleAssignment -Role "Application Mail.ReadWrite". Check it '
    "with Test-ApplicationAccessPolicy or Test-ServicePrincipalAuthorization."
)


@dataclass(frozen=True)
class Preset:
    """`way` is the kind of sign-in, empty for a password or none. `ask` and `sign_in` name the fields shown."""

    key: str
    title: str
    hint: str
    protocol: str = Protocol.IMAP
    host: str = ""
    port: int = 993
    security: str = Security.TLS
    folder: str = "INBOX"
    way: str = ""
    ask: tuple[str, ...] = PLACE
    sign_in: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()

    @property
    def has_password(self) -> bool:
        return self.protocol == Protocol.IMAP and not self.way


PRESETS = (
    Preset(
        "microsoft-imap",
        "Microsoft 365, by IMAP",
        "The app signs in for itself; no person, no password that ends.",
        host="outlook.office365.com",
        way=Way.MICROSOFT_APP,
        ask=("cloud", *ACCOUNT),
        sign_in=("tenant", "client_id", "client_secret", "key"),
        steps=(
            MICROSOFT,
            "API permissions, APIs my organization uses, Office 365 Exchange Online, Application permissions: "
            "IMAP.AccessAsApp (and SMTP.SendAsApp to answer by it). Grant admin consent.",
            "Certificates & secrets: a client secret (copy its value), or upload a certificate and paste key and "
            "certificate here as PEM.",
            LIMIT_IMAP,
        ),
    ),
    Preset(
        "microsoft-graph",
        "Microsoft 365, by Graph",
        "For tenants that allow no IMAP.",
        protocol=Protocol.GRAPH,
        host="graph.microsoft.com",
        port=443,
        way=Way.MICROSOFT_APP,
        ask=("cloud", *ACCOUNT),
        sign_in=("tenant", "client_id", "client_secret", "key"),
        steps=(
            MICROSOFT,
            "API permissions, Microsoft Graph, Application permissions: Mail.ReadWrite (and Mail.Send to answer by "
            "it). Grant admin consent.",
            "Certificates & secrets: a client secret (copy its value), or upload a certificate and paste key and "
            "certificate here as PEM.",
            LIMIT_GRAPH,
        ),
    ),
    Preset(
        "microsoft-user",
        "Microsoft 365, a person signs in",
        "Where no administrator gives consent for an app.",
        host="outlook.office365.com",
        way=Way.MICROSOFT_USER,
        ask=("cloud", *ACCOUNT),
        sign_in=("tenant", "client_id"),
        steps=(
            f"{MICROSOFT} Authentication: allow public client flows.",
            "API permissions, Office 365 Exchange Online, Delegated permissions: IMAP.AccessAsUser.All, SMTP.Send.",
            "Save here; then sign in as the mailbox with: manage.py authorise_mailbox NAME. It shows an address and a "
            "code for any browser.",
        ),
    ),
    Preset(
        "google-service",
        "Google Workspace, service account",
        "Acts for the mailbox by domain-wide delegation.",
        host="imap.gmail.com",
        way=Way.GOOGLE_SERVICE,
        ask=ACCOUNT,
        sign_in=("key",),
        steps=(
            "Google Cloud console: a project with the Gmail API, a service account, a JSON key for it.",
            "Admin console, Security, API controls, Domain-wide delegation: add the account's client ID with the one "
            "scope https://mail.google.com/.",
            "Google cannot limit delegation to one mailbox: keep the key for this service alone, delegate no other "
            "scope, and consider a mailbox in a domain or organisational unit of its own.",
            "Gmail settings of the mailbox: IMAP is on.",
        ),
    ),
    Preset(
        "google-user",
        "Gmail, a person has signed in",
        "With the refresh token of an installed app.",
        host="imap.gmail.com",
        way=Way.GOOGLE_USER,
        ask=ACCOUNT,
        sign_in=("client_id", "client_secret", "refresh_token"),
        steps=(
            "Google Cloud console: an OAuth client of type desktop app; publish the app (internal), else its tokens "
            "end after seven days.",
            "Sign in as the mailbox with the scope https://mail.google.com/ and paste the refresh token.",
        ),
    ),
    Preset(
        "google-password",
        "Gmail, app password",
        "For an account with 2-step verification.",
        host="imap.gmail.com",
        ask=ACCOUNT,
        steps=("Google account, Security, 2-Step Verification, App passwords: make one and enter it here.",),
    ),
    Preset("imap", "Another IMAP server, password", "User name and password, by TLS or STARTTLS."),
    Preset(
        "imap-oauth2",
        "Another IMAP server, OAuth2",
        "With the token URL of its provider.",
        way=Way.STANDARD,
        sign_in=("login_url", "client_id", "client_secret", "refresh_token", "scopes"),
        steps=("Enter a refresh token, or leave it empty where the client signs in for itself.",),
    ),
    Preset(
        "maildir",
        "A Maildir on this machine",
        "Your mail server delivers into a folder.",
        protocol=Protocol.MAILDIR,
        port=1,
        security=Security.PLAIN,
        folder="",
        ask=("folder", "processed_folder"),
        steps=("Enter the path of the folder that holds new, cur and tmp. The service must be able to write there.",),
    ),
    Preset(
        "lmtp",
        "Your mail server hands over, LMTP",
        "Receipts in under a second, without a mailbox.",
        protocol=Protocol.LMTP,
        host="127.0.0.1",
        port=2424,
        security=Security.PLAIN,
        ask=("host", "port"),
        steps=(
            "Start the door: manage.py receive_mail.",
            "Postfix: transport_maps with ADDRESS lmtp:inet:127.0.0.1:2424. Exim, Dovecot and Exchange connectors do "
            "the same.",
        ),
    ),
    Preset(
        "smtp",
        "Your mail server hands over, SMTP",
        "The same for servers that know no LMTP.",
        protocol=Protocol.SMTP,
        host="127.0.0.1",
        port=2526,
        security=Security.PLAIN,
        ask=("host", "port"),
        steps=("Start the door: manage.py receive_mail.", "Route the address to 127.0.0.1 port 2526."),
    ),
)
BY_KEY = {preset.key: preset for preset in PRESETS}


@dataclass(frozen=True)
class Cloud:
    """One of Microsoft's clouds."""

    title: str
    login: str
    imap: str
    graph: str


LOGIN_US = "https://login.microsoftonline.us"
LOGIN_CHINA = "https://login.partner.microsoftonline.cn"
CLOUDS = {
    "": Cloud("Worldwide", "https://login.microsoftonline.com", "outlook.office365.com", "graph.microsoft.com"),
    "us": Cloud("US Government, GCC High", LOGIN_US, "outlook.office365.us", "graph.microsoft.us"),
    "dod": Cloud("US Government, DoD", LOGIN_US, "outlook-dod.office365.us", "dod-graph.microsoft.us"),
    "cn": Cloud("China, 21Vianet", LOGIN_CHINA, "partner.outlook.cn", "microsoftgraph.chinacloudapi.cn"),
}


def preset_of(row: Mailbox) -> Preset:
    """The preset that a stored mailbox was made from, as far as its values tell."""
    way = row.grant.way if row.grant else ""
    fitting = [one for one in PRESETS if (one.protocol, one.way) == (row.protocol, way)]
    same_host = [one for one in fitting if one.host == row.host]
    return (same_host or [one for one in fitting if not one.host] or fitting or [BY_KEY["imap"]])[0]


def cloud_of(row: Mailbox) -> str:
    return next((key for key, cloud in CLOUDS.items() if row.host in (cloud.imap, cloud.graph)), "")
