"""Sentences of the parts that know no languages, in the reader's: recognised by their form when a page shows them."""

import re
from functools import cache

from django.utils.translation import gettext

from mailmonitor import oauth
from submissions.mailbox.causes import CAUSES
from submissions.round_trip import LOOK, RELAY, STUCK

STEPS = (
    "address", "connection", "encryption", "greeting", "token", "login", "abilities", "folder", "moving mails",
    "door", "relay", "sender", "sent", "arrived", "taken apart", "receipt",
)  # fmt: skip
TRIED = (
    "refused",
    "not tried, since the time was over",
    "not tried, since {step} failed",
    "none, as configured",
    "port {port} of {address} answers",
    "{version}, certificate of {subject}, valid until {day}",
    "the provider gives an access token",
    "neither MOVE nor UIDPLUS: mails are read and stay where they are",
    "{abilities}; without {missing}",
    "{folder} holds {mails} mails, {unseen} unseen",
    "{folder} holds {mails} mails",
    "a mail of our own was moved and removed",
    "files can be written",
    "mail for {address} is taken at {place}",
    "{sender} is accepted: {reply}",
    "{host}, Microsoft Graph, a token was given",
    "Graph only tells when a mail is sent",
    "{place}, not encrypted, logged in",
    "{place}, not encrypted",
    "{place}, {encryption}, logged in",
    "EMAIL_URL is not set",
    "as {user}",
)
ROUND = (
    "as {number}, {seconds} s after it was sent",
    "not yet",
    "not within a minute",
    "not answered: {reason}",
)
FIXES = (
    *dict.fromkeys(cause.fix for cause in CAUSES),
    "See the steps before.",
    "Choose the sign-in of this mailbox.",
    "Let the service write into {folder} and make folders in it.",
    "Start the door: manage.py receive_mail. It opens within 15 seconds of a change.",
    "Without it nobody is answered.",
    RELAY,
    LOOK,
    STUCK,
)
SIGN_INS = (
    *(fix for _, fix in oauth.FIXES),
    "Check the sign-in's values.",
    "The provider is busy: it is asked again.",
    "Enter the token URL.",
    "The provider cannot be reached: check the network, a proxy (HTTPS_PROXY), and the address.",
    "Check the sign-in's values: key, tenant and addresses.",
)
VIEWS = (
    "switched off after {failures} failures: {reply}",
    "switched off: the view's owner may no longer see mails",
    "switched off: the view's owner is no administrator any more",
    "switched off: the view's owner has no mail address",
)
SENTENCES = (*STEPS, *TRIED, *ROUND, *dict.fromkeys((*FIXES, *SIGN_INS)), *VIEWS)


def in_readers_language(text: str) -> str:
    """The text in the reader's language when it is one of SENTENCES or stands in the catalogue, else as it is."""
    for sentence in SENTENCES:
        if found := form(sentence).fullmatch(text):
            return gettext(sentence).format(**{name: told(value) for name, value in found.groupdict().items()})
    return gettext(text) if text else ""


def told(value: str) -> str:
    return gettext(value) if value in STEPS else value


@cache
def form(sentence: str) -> re.Pattern[str]:
    """`as {user}` as the expression that recognises it."""
    pieces = re.split(r"\{(\w+)\}", sentence)
    marked = [f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)]
    return re.compile("".join(marked), re.DOTALL)
