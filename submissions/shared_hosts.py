"""Hosts that say nothing of who stands behind a link. Pure."""

# Anybody can put content there, or below.
SHARED = frozenset(
    """
    sharepoint.com onedrive.live.com 1drv.ms github.io githubusercontent.com docs.google.com drive.google.com
    sites.google.com forms.gle dropbox.com box.com wetransfer.com azurewebsites.net windows.net web.app
    firebaseapp.com pages.dev workers.dev r2.dev netlify.app vercel.app herokuapp.com amazonaws.com cloudfront.net
    blogspot.com wordpress.com weebly.com wixsite.com notion.site canva.com bit.ly tinyurl.com t.co goo.gl ow.ly
    is.gd rebrand.ly lnkd.in storage.googleapis.com
    """.split()  # noqa: SIM905 reads better
)
# They stand in the foot of mails of every kind.
MUCH_LINKED = frozenset(
    """
    google.com gstatic.com googleusercontent.com youtube.com youtu.be gmail.com microsoft.com
    office.com office365.com live.com outlook.com aka.ms windows.com msn.com linkedin.com licdn.com facebook.com
    fb.com fbcdn.net instagram.com twitter.com x.com whatsapp.com wa.me apple.com icloud.com amazon.com amazon.de
    adobe.com zoom.us w3.org mozilla.org wikipedia.org github.com mailchimp.com list-manage.com mailchi.mp
    sendgrid.net hubspot.com salesforce.com docusign.com docusign.net paypal.com pinterest.com tiktok.com
    trustpilot.com xing.com gravatar.com
    """.split()  # noqa: SIM905 reads better
)


def below(host: str, hosts: frozenset[str]) -> bool:
    """Whether the host is one of these or lies below one."""
    labels = host.split(".")
    return any(".".join(labels[start:]) in hosts for start in range(len(labels)))


def is_shared(host: str) -> bool:
    """Whether anybody can put content at this host or below it."""
    return below(host, SHARED)


def is_much_linked(host: str) -> bool:
    """Whether links to this host stand in mails of every kind."""
    return below(host, MUCH_LINKED)
