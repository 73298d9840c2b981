"""What was found in a mail becomes rows: artifacts known once, and items of this mail."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db.models import Count

from submissions import older_digests, policy
from submissions.denylist import file_rule, sender_rule, url_rule
from submissions.extraction.types import ExtractedMail, File, Url
from submissions.models import Artifact, DenyRule, Item, Submission, WhitelistRule
from submissions.plan import Plan
from submissions.whitelist import deciding, deciding_on_file, deciding_on_mail

Kind = Artifact.Kind
Skipped = Item.Skipped
DECORATION_BYTES = 4096
# A logo in a signature: a picture of a plain type, shown in the text, that came with this reporter's mails before.
LOGO_BYTES, LOGO_MAILS = 50_000, 3
LOGO_TYPES = ("image/png", "image/jpeg", "image/gif")
LOGO_NOTES = {"inline", "reporters-own"}
BY_NOTE = {
    "decoration": Skipped.DECORATION,
    "signature": Skipped.SIGNATURE,
    "too-large": Skipped.TOO_LARGE,
}


def store(submission: Submission, mail: ExtractedMail, plan: Plan, whole: bytes = b"") -> list[Item]:
    """Store everything found and give it back, each item with the reason why it needs no analysis, if there is one.

    `whole` are the bytes of the reported mail where a sandbox takes it as it is.
    """
    found, denied = found_in(mail, plan)
    skip_logos(submission, found)
    if denied:
        found.append(mail_item(submission, b"", str(denied)))
    elif whole:
        found.append(mail_item(submission, whole, ""))
    keep(submission, found, from_position=0)
    return found


def store_more(submission: Submission, mail: ExtractedMail, plan: Plan) -> list[Item]:
    """Add what another look at the mail has found beside the items there are.

    Gives back the files of before that a password has opened; they have learned it.
    """
    known = {place_of(item): item for item in submission.items.select_related("artifact")}
    found, _denied = found_in(mail, plan)
    opened = [known[place_of(item)] for item in found if place_of(item) in known and tell_password(item, known)]
    keep(submission, [item for item in found if place_of(item) not in known], from_position=len(known))
    return opened


def place_of(item: Item) -> tuple[str, str, str]:
    """What an item is and where: the same file at another place is another item."""
    return item.artifact.kind, item.artifact.digest, item.path if item.artifact.kind == Kind.FILE else ""


def tell_password(found: Item, known: Mapping[tuple[str, str, str], Item]) -> bool:
    """Whether the item learns a password; then its notes are those of the opened file."""
    item = known[place_of(found)]
    if not found.password or item.password == found.password:
        return False
    item.password, item.notes = found.password, found.notes
    item.save(update_fields=["password", "notes"])
    return not item.skipped


def found_in(mail: ExtractedMail, plan: Plan) -> tuple[list[Item], DenyRule | None]:
    """The items of a mail, not stored yet, and the rule that denies the whole mail by its sender."""
    rules = list(WhitelistRule.in_force())
    denied = list(DenyRule.objects.filter(enabled=True).order_by("pk"))
    found = [*(file_item(file, rules) for file in mail.files), *(url_item(url, rules) for url in mail.urls)]
    spare(found, mail, rules)
    rule = sender_rule(denied, [reported.sender for reported in mail.reported])
    for item in found:
        item.denied = str(known_bad(denied, item) or "")
        item.skipped = "" if item.denied else item.skipped or policy.skipped(plan, item.artifact.kind)
        if rule and not item.denied:
            item.skipped = item.skipped or Skipped.DENIED_MAIL
    return found, rule


def spare(found: list[Item], mail: ExtractedMail, rules: Iterable[WhitelistRule]) -> None:
    """Skip what lies wholly inside a reported mail whose proven sender is on the whitelist."""
    covered = {}
    for one in mail.reported:
        told = {"how": one.how, "from": one.sender, "facts": one.facts}
        if rule := deciding_on_mail(rules, told, settings.TRUSTED_AUTHSERV_ID):
            covered[one.path] = rule
    for item in found:
        places = item.found_in or [item.path]
        for path, rule in covered.items():
            if not item.skipped and all(place.startswith(f"{path}.") for place in places):
                item.skipped, item.rule, item.rule_words = Skipped.WHITELIST, rule, str(rule)


def skip_logos(submission: Submission, found: Iterable[Item]) -> None:
    """Skip, visibly, small pictures that came with three earlier mails of the reporter and were never found bad."""
    logos = [item for item in found if may_be_logo(item)]
    if not logos or not submission.reporter:
        return
    digests = {item.artifact.digest for item in logos}
    earlier = Item.objects.filter(artifact__kind=Kind.FILE, artifact__digest__in=digests).exclude(submission=submission)
    of_reporter = earlier.filter(submission__reporter=submission.reporter)
    never_bad = of_reporter.exclude(artifact__analyses__verdict__in=("malicious", "suspicious"))
    mails = never_bad.values("artifact__digest").annotate(mails=Count("submission", distinct=True))
    known = set(mails.filter(mails__gte=LOGO_MAILS).values_list("artifact__digest", flat=True))
    for item in logos:
        if item.artifact.digest in known:
            item.skipped = Skipped.DECORATION


def may_be_logo(item: Item) -> bool:
    """Not one with a code in it, an odd name or a type that does not fit: such a picture has more notes."""
    artifact = item.artifact
    is_picture = artifact.type in LOGO_TYPES and artifact.size <= LOGO_BYTES
    is_plain = "inline" in item.notes and LOGO_NOTES.issuperset(item.notes)
    return is_picture and is_plain and not (item.skipped or item.denied)


def known_bad(rules: Iterable[DenyRule], item: Item) -> DenyRule | None:
    if item.artifact.kind == Kind.FILE:
        return file_rule(rules, item.artifact.digest)
    return url_rule(rules, item.artifact.name)


def mail_item(submission: Submission, whole: bytes, denied: str) -> Item:
    """The reported mail as an item of its own; without its bytes it stands for the mail as it came."""
    digest = hashlib.sha256(whole).hexdigest() if whole else submission.digest
    name = f"{submission.subject or submission.number}.eml"
    artifact = Artifact(
        kind=Kind.MAIL, digest=digest, size=len(whole) or submission.size, type="message/rfc822", name=name
    )
    return Item(artifact=artifact, name=name, denied=denied)


def keep(submission: Submission, found: list[Item], *, from_position: int) -> None:
    """Write the items, those of one artifact to its one row, and count the rules that spared them."""
    known = artifacts(item.artifact for item in found)
    for position, item in enumerate(found, start=from_position):
        item.submission = submission
        item.artifact = known[item.artifact.kind, item.artifact.digest]
        item.position = position
    Item.objects.bulk_create(found)
    WhitelistRule.hit(Counter(item.rule_id for item in found if item.rule_id and item.skipped == Skipped.WHITELIST))


def file_item(file: File, rules: Iterable[WhitelistRule]) -> Item:
    """An item for a file; empty ones and mere decoration are skipped, visibly."""
    rule = deciding_on_file(rules, file.sha256)
    artifact = Artifact(kind=Kind.FILE, digest=file.sha256, size=file.size, type=file.type[:200], name=clean(file.name))
    if file.content:
        artifact.md5, artifact.sha1 = older_digests.of(file.content).values()
    return Item(
        artifact=artifact,
        name=clean(file.name),
        path=clean(file.path),
        notes=[clean(note) for note in file.notes],
        password=clean(file.password or "")[:200],
        skipped=Skipped.WHITELIST if rule else file_skipped(file),
        rule=rule if isinstance(rule, WhitelistRule) else None,
        rule_words=str(rule or ""),
    )


def file_skipped(file: File) -> str:
    """Why a file needs no analysis, or an empty text. A tiny picture with room for more than a picture needs one."""
    if not file.size:
        return Skipped.EMPTY
    skipped = skipped_by(file.notes)
    return "" if skipped == Skipped.DECORATION and file.size > DECORATION_BYTES else skipped


def url_item(url: Url, rules: Iterable[WhitelistRule]) -> Item:
    """An item for a link; the whitelist sees it unwrapped."""
    text = clean(url.url)
    rule = deciding(rules, text)
    artifact = Artifact(kind=Kind.URL, digest=hashlib.sha256(text.encode()).hexdigest(), size=len(text), name=text)
    return Item(
        artifact=artifact,
        name=text,
        path=clean(url.found_in[0].split(" ")[0]) if url.found_in else "",
        found_in=[clean(place) for place in url.found_in],
        seen_as=[clean(form) for form in url.seen_as],
        notes=[clean(note) for note in url.notes],
        skipped=Skipped.WHITELIST if rule else skipped_by(url.notes),
        rule=rule if isinstance(rule, WhitelistRule) else None,
        rule_words=str(rule or ""),
    )


def skipped_by(notes: Iterable[str]) -> str:
    """The reason for which a note lets an item be skipped, or an empty text."""
    return next((BY_NOTE[note] for note in notes if note in BY_NOTE), "")


def clean(text: str) -> str:
    """Text that a database takes: no NUL, no lone surrogates."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def artifacts(wanted: Iterable[Artifact]) -> dict[tuple[str, str], Artifact]:
    """The rows of these artifacts, made where they are new, by kind and digest.

    Inserted in one order everywhere, so that two mails of one campaign cannot lock each other out.
    """
    new = {(artifact.kind, artifact.digest): artifact for artifact in wanted}
    Artifact.objects.bulk_create([new[key] for key in sorted(new)], ignore_conflicts=True)
    rows = Artifact.objects.filter(digest__in=[digest for _, digest in new])
    return {(row.kind, row.digest): row for row in rows}
