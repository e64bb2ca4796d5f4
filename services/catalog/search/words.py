"""What somebody typed, read as what is to be looked for. Pure.

A notion is one thing that a name should say: a word in its spellings, or a set phrase in its everyday and
its official form. Its `term` is a tsquery made of a-z, 0-9 and operators only, whatever was typed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from kit.text import fold
from services.catalog.search.everyday import LONGEST, OTHERWISE

#: Beyond this many words nobody is typing a search.
MOST = 30
#: Fewer letters than this have too many neighbours to tell a slip from another word.
_SLIPS_FROM = 4
_SLIP, _NEIGHBOURS, _CODE = 0.8, 0.4, 5.0
_CODE_DIGITS = 5
_CONSONANT_I = re.compile(r"[b-df-hj-np-tv-z][iy]")
_TELEX_TONE = re.compile(r"[sfrxj]$")
_TELEX_DOUBLE = re.compile(r"(aa|ee|oo|dd)")


@dataclass(frozen=True)
class Asked:
    """`share`: what finding it is worth beside a single word (1)."""

    number: int
    term: str
    share: float


def split(text: str) -> list[str]:
    """Its words as `search_words()` of the database has them: without accents and punctuation, and with the
    dots within codes and amounts gone."""
    return re.sub(r"[^a-z0-9]+", " ", fold(text).replace(".", "")).split()[:MOST]


def asked(words: Sequence[str], meant: dict[str, list[str]], *, unfinished: bool = False) -> list[Asked]:
    """What is looked for: each notion, neighbours side by side, and all together as a code.

    `meant`: for a word that stands nowhere, the ones it may be a slip of. `unfinished`: the last word is
    the beginning of one.
    """
    notions = _notions(words, meant, unfinished=unfinished)
    single = dict(reversed(notions))
    found = [Asked(number, term, share) for number, (term, share) in enumerate(single.items())]
    pairs = {f"{one} <-> {next_}" for (one, _), (next_, _) in pairwise(notions)}
    found += [Asked(MOST + number, pair, _NEIGHBOURS) for number, pair in enumerate(sorted(pairs))]
    code = "".join(words)
    if sum(character.isdigit() for character in code) >= _CODE_DIGITS:
        found.append(Asked(2 * MOST, f"{code}:*" if unfinished else code, _CODE))
    return found


def _notions(
    words: Sequence[str], meant: dict[str, list[str]], *, unfinished: bool
) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    at = 0
    while at < len(words):
        phrase = _set_phrase(words[at:])
        length = len(phrase.split()) or 1
        last = unfinished and at + length == len(words)
        spellings = [phrase, OTHERWISE[phrase]] if phrase else spelled(words[at])
        slips = [] if phrase else meant.get(words[at], [])
        terms = [" <-> ".join(spelling.split()) for spelling in slips or spellings]
        if last and not slips:
            terms = [f"{term}:*" for term in terms]
        found.append((f"({' | '.join(f'({term})' for term in terms)})", _SLIP if slips else 1.0))
        at += length
    return found


def _set_phrase(words: Sequence[str]) -> str:
    """The longest beginning that has another form; nothing when there is none."""
    beginnings = (" ".join(words[:length]) for length in range(min(LONGEST, len(words)), 0, -1))
    return next((phrase for phrase in beginnings if phrase in OTHERWISE), "")


def terms(words: Sequence[str], *, unfinished: bool) -> dict[str, str]:
    """For each word that has no other form, its tsquery by itself."""
    plain = [word for word in words if word not in OTHERWISE]
    found = {word: " | ".join(spelled(word)) for word in plain}
    if unfinished and words and words[-1] in found:
        found[words[-1]] = f"{words[-1]}:*"
    return found


def phrases(words: Sequence[str]) -> list[str]:
    """All that stands side by side, also with abbreviations written out: there may be a name in it."""
    full = " ".join(OTHERWISE.get(word, word) for word in words).split()
    found = {
        " ".join(row[start:end])
        for row in (list(words), full)
        for start, end in combinations(range(len(row) + 1), 2)
    }
    return sorted(found)


def spelled(word: str) -> list[str]:
    """A word, and with i for y at its end (kí, ký), which Vietnamese spelling leaves open."""
    if _CONSONANT_I.fullmatch(word[-2:]):
        return [word, word[:-1] + ("i" if word[-1] == "y" else "y")]
    return [word]


def slips_of(word: str, known: Collection[str]) -> list[str]:
    """The known words that `word` may be a slip of: its keys left as Telex takes them (giaays), else one
    letter missing, doubled, wrong, or two in the wrong order."""
    plain = _TELEX_DOUBLE.sub(lambda pair: pair[0][0], _TELEX_TONE.sub("", word)).replace("w", "")
    if plain in known:
        return [plain]
    if len(word) < _SLIPS_FROM:
        return []
    shortened = _shortened(word)
    return sorted(
        other for other in known if abs(len(other) - len(word)) <= 1 and shortened & _shortened(other)
    )


def _shortened(word: str) -> set[str]:
    """A word, and it without any one letter: two words one slip apart have one of these in common."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
