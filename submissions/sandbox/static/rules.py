"""What the static engine knows: each rule with its points and its words, and where a sum becomes a verdict."""

from dataclasses import dataclass

from submissions.sandbox.static import rules_of_documents, rules_of_files, rules_of_links

# A sum of points from which on the verdict is this word. One weak sign is never enough for either.
MALICIOUS_FROM = 70
SUSPICIOUS_FROM = 30
HIGHEST = 100

CLEAN_ID = "no-threats-found"
CLEAN_WORDS = "No threats found by static checks"


@dataclass(frozen=True, slots=True)
class Rule:
    """One sign. `points` are 0 to 100; `words` are for analysts and reporters, a detail may follow them.

    `incomplete`: something could not be looked at, so the verdict can be no better than unknown.
    """

    id: str
    points: int
    words: str
    incomplete: bool = False


INCOMPLETE: tuple[tuple[str, str], ...] = (
    ("locked", "It is locked with a password, so its content could not be checked"),
    ("unreadable", "It is damaged or built in an unusual way and could not be read completely"),
    ("not-all-checked", "It holds more than the static checks look at"),
    ("unknown-type", "Static checks know nothing about files of this type"),
    ("empty", "There is nothing to check"),
    ("yara-rules-broken", "A YARA rule file of this installation does not compile and was left out"),
)


def _rules() -> dict[str, Rule]:
    weighed = (*rules_of_documents.RULES, *rules_of_files.RULES, *rules_of_links.RULES)
    rules = [Rule(*line) for line in weighed]
    rules += [Rule(rule_id, 0, words, incomplete=True) for rule_id, words in INCOMPLETE]
    return {rule.id: rule for rule in rules}


RULES = _rules()
