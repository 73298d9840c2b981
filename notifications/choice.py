"""In which language a reporter is answered. Pure.

The reporter's own choice comes first, then the rule of his domain or mailbox, then what the report says of
itself, then its words, then the language of the site.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from notifications.words import LANGUAGES

# The most frequent short words of each language: a few lines of text tell them apart.
FREQUENT = {
    "en": "the and you for with this that have from are please not your will our we is of to in",
    "de": "der die das und nicht mit bitte ich sie wir ist von für auf dass haben eine den wird mail",
    "fr": "le la les et vous pour avec dans est pas une nous des ce bonjour merci sur que qui votre",
    "it": "il di che per non una con sono gli della questo grazie è le nel alla vi ho mi si",
    "es": "el los las que por una con para del está se no su gracias lo este es y más usted",
    "pt": "o os que para uma com não do da em por você está se mais obrigado dos na ao sua",
    "nl": "de het een en van niet voor met dat is op aan deze wij u ik bij zijn naar graag",
    "pl": "i w na nie się z do jest to że proszę dla od jak ale po za czy dziękuję przez",
}
WORD = re.compile(r"[^\W\d_]+")
KANA = re.compile(r"[\u3040-\u30ff]")
ARABIC = re.compile(r"[\u0600-\u06ff]")
READ = 4000
FEWEST_HITS = 4


@dataclass(frozen=True)
class Signs:
    """What speaks for a language, the strongest first; empty texts say nothing."""

    reporter: str = ""
    rule: str = ""
    content_language: str = ""
    text: str = ""


def choose(signs: Signs, *, site: str = "en") -> str:
    """The language to answer in: always one that ships."""
    stated = (signs.reporter, signs.rule, signs.content_language)
    candidates = (*(shipped(one) for one in stated), recognised(signs.text), shipped(site))
    return next((one for one in candidates if one), "en")


def shipped(tags: str) -> str:
    """The first of the language tags (`de-AT, en`) that ships, an empty text when none does."""
    for tag in re.split(r"[,;\s]+", tags[:200].lower()):
        language = tag.split("-")[0].split("_")[0]
        if language in LANGUAGES:
            return language
    return ""


def recognised(text: str) -> str:
    """The language of the text by its script and its frequent words, an empty text when that is not clear."""
    start = text[:READ]
    if len(KANA.findall(start)) >= FEWEST_HITS:
        return "ja"
    if len(ARABIC.findall(start)) >= 4 * FEWEST_HITS:
        return "ar"
    words = [word.lower() for word in WORD.findall(start)]
    ranked = sorted(((hits(words, frequent), language) for language, frequent in FREQUENT.items()), reverse=True)
    (best, language), (second, _) = ranked[0], ranked[1]
    return language if best >= FEWEST_HITS and best > second and language in LANGUAGES else ""


def hits(words: Sequence[str], frequent: str) -> int:
    known = set(frequent.split())
    return sum(word in known for word in words)
