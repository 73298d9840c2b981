"""Names that are nearly, but not quite, a name that people trust."""

import unicodedata

from submissions.extraction.hosts import readable

# Letters and letter pairs that look like others; the second is what a reader takes them for.
_TWINS = str.maketrans(
    "аеорсхуіјѕԁһӏԛԝвмткпανορτυχικıłđøɑɡℓ0135$",
    "aeopcxyijsdhlqwbmtknavoptuxikildoagloless",
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SHORTEST_ONE_OFF = 7
_SHORTEST_OWN = 4
_SHORTEST_OWN_ONE_OFF = 5


def folded(name: str) -> str:
    """One spelling for all names that look the same."""
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_TWINS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_TWINS)


def resembles(name: str, trusted: str, *, shortest: int = _SHORTEST_ONE_OFF) -> bool:
    """Whether `name` is another name than `trusted` that may be taken for it: same look, or one letter off.

    Names shorter than `shortest` letters are one letter off from too many honest words.
    """
    if name == trusted:
        return False
    spellings = {folded(name), *(folded(name).replace(pair, letter) for pair, letter in _PAIRS)}
    if folded(trusted) in spellings:
        return True
    if len(trusted) < shortest or name[:1] != trusted[:1]:
        return False
    return any(_one_off(spelling, folded(trusted)) for spelling in spellings)


def _one_off(name: str, other: str) -> bool:
    """Whether one letter was changed, added, left out, or two neighbours change places."""
    if abs(len(name) - len(other)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(name, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return len(name) != len(other)
    rest, other_rest = name[start:], other[start:]
    if len(rest) == len(other_rest):
        swapped = rest[1::-1] + rest[2:] == other_rest
        return rest[1:] == other_rest[1:] or swapped
    return rest[1:] == other_rest or rest == other_rest[1:]


def domain_resembles(domain: str, own: str) -> bool:
    """Whether a registered domain may be taken for `own`: a near miss, the same name elsewhere, or with words added."""
    if domain == own or domain.endswith("." + own):
        return False
    label, own_label = readable(domain).partition(".")[0], own.partition(".")[0]
    if label == own_label or resembles(label, own_label, shortest=_SHORTEST_OWN_ONE_OFF):
        return True
    return len(own_label) >= _SHORTEST_OWN and own_label in label.split("-")
