"""Which few characters of a word tell the mails that hold it from all others. Pure.

PostgreSQL's index of trigrams reads, for each three characters of what is looked for, where in all mails they stand:
for `dora.ulrich616@corp.example` three megabytes, most of them for the company's own name, to end at the same 280 mails
as for `lrich616`. What is found so is compared with the whole word afterwards.
"""

import re

WIDTH = 8
FEWEST_DIGITS = 3
SHORTEST_NAME = 8
DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-_.]?[01]\d(?:[-_.]?[0-3]\d)?)?(?!\d)")


def telling(word: str) -> str:
    """A part of the word that few others hold: around its number, or the name before the at sign; else all of it.

    A date is no such number: every mail of the day holds it.
    """
    if len(word) <= WIDTH:
        return word
    numbers = DATE.sub(lambda date: "." * len(date[0]), word)
    best = max(range(len(word) - WIDTH + 1), key=lambda at: digits(numbers[at : at + WIDTH]))
    if digits(numbers[best : best + WIDTH]) >= FEWEST_DIGITS:
        return word[best : best + WIDTH]
    name, at, _host = word.partition("@")
    return name + at if len(name) >= SHORTEST_NAME else word


def digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)
