"""Who reports, what they report and how it looked: the made-up world behind a load, the same for one seed."""

from dataclasses import dataclass
from hashlib import sha256
from random import Random

SUBJECTS = (
    "Invoice {} overdue", "Your parcel {} could not be delivered", "Password expires today", "Shared document {}",
    "Re: contract {}", "Payment advice {}", "You missed a call from {}", "Voicemail ({})", "Purchase order {}",
    "Verify your mailbox", "Team lunch on Friday", "Newsletter No. {}", "Applicant {}: my papers", "Tax refund {}",
    "Unusual sign-in from {}", "Signature needed: {}", "Updated bank details", "Minutes of meeting {}",
)  # fmt: skip
NAMES = "anna bert cora dora emil fritz gesa hedy ida jan karl lena mia nils olga paul rosa sven tina uwe".split()  # noqa: SIM905 reads better
SURNAMES = "lang meier novak olsen peters quast richter schulz thoma ulrich vogt weber young ziegler".split()  # noqa: SIM905 reads better
WORDS = "acme parcel secure login invoice cloud bank portal share docs mail verify track post office pay".split()  # noqa: SIM905 reads better
ENDINGS = ("example", "test", "shop.example", "info.test", "co.example")
FILES = (
    ("invoice_{}.xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"),
    ("order_{}.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("scan_{}.pdf", "application/pdf"), ("voice_{}.html", "text/html"), ("papers_{}.zip", "application/zip"),
    ("setup_{}.exe", "application/vnd.microsoft.portable-executable"), ("image{}.png", "image/png"),
)  # fmt: skip
THREATS = ("XLS.Downloader", "AgentTesla", "Formbook", "Phish.Microsoft", "QakBot", "Remcos", "HTML.Phish")
WEIGHTS = {"malicious": 3, "suspicious": 4, "failed": 1, "unknown": 8, "clean": 84}
CAMPAIGN_WEIGHTS = {"malicious": 25, "suspicious": 20, "failed": 1, "unknown": 14, "clean": 40}
COMMON = 300


@dataclass(frozen=True, slots=True)
class Thing:
    """A file or URL; `common` ones stand in mails of every kind and need no analysis."""

    pk: int
    kind: str
    name: str
    type: str
    verdict: str
    common: bool = False

    @property
    def digest(self) -> str:
        return sha256(f"{self.pk} {self.name}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Story:
    """What one mail, or all mails of a campaign, are about."""

    subject: str
    sender: str
    things: tuple[Thing, ...]


class World:
    """Draws stories and people. `first` is the key of the first thing it makes."""

    def __init__(self, seed: int, mails: int, first: int) -> None:
        self.random = Random(seed)  # noqa: S311 nothing is kept secret with it
        self.next = first
        self.new: list[Thing] = []
        self.reporters = [self._reporter(number) for number in range(max(10, mails // 200))]
        self.common = [self._common() for _ in range(COMMON)]
        self.campaigns = [self._campaign() for _ in range(max(5, mails // 60))]

    def reporter(self) -> str:
        """Few people report often."""
        return self.reporters[int(len(self.reporters) * self.random.random() ** 2)]

    def story(self, past: float) -> Story:
        """The story of a mail when this share of the history has passed: a campaign of these days, or its own."""
        if self.random.random() < 0.55:
            last = int(past * (len(self.campaigns) - 1))
            return self.campaigns[max(0, last - int(self.random.expovariate(0.2)))]
        return Story(self._subject(), self._sender(self._host()), ())

    def things(self, story: Story, number: int) -> list[Thing]:
        """That many different things for a mail: the story's, then common ones and some of its own."""
        chosen = {thing.pk: thing for thing in story.things[:number]}
        while len(chosen) < number:
            common = self.random.random() < 0.45 and len(chosen) < COMMON // 2
            rank = int(COMMON * self.random.random() ** 2)
            thing = self.common[rank] if common else self._thing(self._drawn(WEIGHTS))
            chosen[thing.pk] = thing
        return list(chosen.values())

    def _campaign(self) -> Story:
        host, verdict = self._host(), self._drawn(CAMPAIGN_WEIGHTS)
        things = tuple(self._thing(verdict, host) for _ in range(self.random.randint(1, 3)))
        return Story(self._subject(), self._sender(host), things)

    def _common(self) -> Thing:
        name = f"https://www.{self.random.choice(WORDS)}{self.next % 97}.corp.example/help/{self.next}"
        return self._made("url", name, "", "clean", common=True)

    def _thing(self, verdict: str, host: str = "") -> Thing:
        number = self.random.randint(1000, 9_999_999)
        if self.random.random() < 0.3:
            name, kind = self.random.choice(FILES)
            return self._made("file", name.format(number), kind, verdict)
        path = f"{self.random.choice(WORDS)}/{number:x}"
        return self._made("url", f"https://{host or self._host()}/{path}", "", verdict)

    def _made(self, kind: str, name: str, file_type: str, verdict: str, *, common: bool = False) -> Thing:
        thing = Thing(self.next, kind, name, file_type, verdict, common)
        self.next += 1
        self.new.append(thing)
        return thing

    def _drawn(self, weights: dict[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _subject(self) -> str:
        return self.random.choice(SUBJECTS).format(self.random.randint(1000, 99999))

    def _host(self) -> str:
        first, second = self.random.choice(WORDS), self.random.choice(WORDS)
        return f"{first}-{second}{self.random.randint(1, 9999)}.{self.random.choice(ENDINGS)}"

    def _sender(self, host: str) -> str:
        name = self.random.choice(NAMES)
        return f'"{name.title()} {self.random.choice(SURNAMES).title()}" <{name}@{host}>'

    def _reporter(self, number: int) -> str:
        return f"{self.random.choice(NAMES)}.{self.random.choice(SURNAMES)}{number}@corp.example"
