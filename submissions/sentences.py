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
PARTS = (
    "Settings",
    "Database",
    "Queue",
    "Clock",
    "Storage",
    "Templates",
    "Version",
    "Worker",
    "Mails",
    "Sandbox",
    "Answers",
    "Retention",
    "Mailbox {name}",
    "Sandbox {name}",
    "at work",
    "no sign of life",
    "Start the worker: celery -A mailmonitor worker. No mail is lost meanwhile.",
    "switched off in administration",
    "not read yet",
    "It is read within a minute, once worker and beat run.",
    "{folder} on {host} is read, nothing is left in it",
    "{folder} is read, nothing is left in it",
    "{folder} on {host} is read, {number} mails in it are not stored",
    "{folder} is read, {number} mails in it are not stored",
    "{folder} on {host} is read, {number} mails in it are not stored yet",
    "{folder} is read, {number} mails in it are not stored yet",
    "Its events name each mail that could not be stored, and why. They are tried again every 15 minutes.",
    "{number} wait for their verdict",
    "{number} wait for their verdict, the oldest too long",
    "{number} are being analysed",
    "{number} are being analysed, the oldest too long",
    "Look at the oldest of them: its page says what it waits for.",
    "no analysis in 24 hours",
    "half of {number} analyses within {half}, 95 % within {most}",
    "Analyses wait and go on by themselves. Ask it now with the button below.",
    "{queued} wait, {sent} sent in 24 hours",
    "{failed} failed, {queued} wait, {sent} sent in 24 hours",
    "Look at them: each says what the relay answered.",
    "everything is kept: RETENTION_DAYS is 0",
    "mails older than {days} days are removed, next {time}",
)
CHECKS = (
    "every setting can be read",
    "{engine}, all migrations applied",
    "{number} migrations not applied",
    "Run: manage.py migrate",
    "Check DATABASE_URL and that the server runs and may be reached.",
    "{number} hints wait",
    "the broker does not answer",
    "the broker does not answer: {reply}",
    "Check REDIS_URL and that Redis runs. No mail is lost meanwhile, but nothing moves.",
    "swept {seconds} s ago",
    "has never swept",
    "last swept {seconds} s ago",
    "no worker, no beat, or no broker between them",
    "Start the worker and beat, and look at their logs. Nothing is lost meanwhile.",
    "{seconds} s between this machine and the database",
    "one of the clocks is wrong",
    "Let both machines follow NTP.",
    "{place} can be written and read",
    "Make room; it goes on by itself.",
    "there is no active mailbox",
    "Set MAILBOX_URL or add one under Mailboxes.",
    "the relay refuses us",
    "is built in",
    "tells nothing of its account",
    "is under maintenance",
    "Analyses wait and go on by themselves.",
    "Analyses wait when it is used up, and go on by themselves.",
    "Check the API address and the key.",
    "every text can be rendered",
    "Correct it in admin; until then the mail shows the name instead of a value.",
)
VIEWS = (
    "switched off after {failures} failures: {reply}",
    "switched off: the view's owner may no longer see mails",
    "switched off: the view's owner is no administrator any more",
    "switched off: the view's owner has no mail address",
)
SEARCHES = (
    '{field}: does not know "{word}". Did you mean "{near}"?',
    '{field}: does not know "{word}". It can be: {allowed}.',
    "{field}: needs one of: {allowed}.",
    "{field}: needs a number, such as {example}.",
    "{field}: needs a time, such as {example} or {other}.",
    "{field}: needs at least the first 8 hexadecimal digits.",
    "{field}: needs a value right behind the colon.",
    "campaign: needs the number of a campaign, such as campaign:C-12.",
    'Unknown field "{field}". Did you mean "{near}"?',
    'Unknown field "{field}". Fields are: {fields}.',
    "At most {number} stars in one word.",
    "The search holds a character that no mail can hold.",
    "There is a closing bracket without an opening one.",
    "An opening bracket is never closed.",
    "The brackets are nested too deeply.",
    "A quotation mark has no partner.",
    "OR needs something on both sides.",
)
SETTINGS = (
    "EMAIL_URL is not set: no receipt and no verdict can be sent.",
    "Set it to your mail relay, such as {example}",
    "REPORTER_DOMAINS is empty: nobody who reports a mail is answered.",
    "List your own mail domains, such as {example}",
    "SECRET_KEY can be guessed.",
    "Set it (or SECRET_KEY_FILE) to a long random text, such as what this prints: {command}",
    "PUBLIC_URL is not https: passwords and sessions travel to {host} in the clear.",
    "Put a proxy with a certificate before the pages and set PUBLIC_URL to its https:// address.",
    "VIRUSTOTAL_UPLOAD is on: reported files and links can be read by VirusTotal's other customers.",
    "Set VIRUSTOTAL_UPLOAD=false to look up only what is known there already.",
)
SENTENCES = (*STEPS, *TRIED, *ROUND, *dict.fromkeys((*FIXES, *SIGN_INS)), *PARTS, *CHECKS, *VIEWS, *SEARCHES, *SETTINGS)


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
