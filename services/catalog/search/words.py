"""What somebody typed, read as what is to be looked for. Pure.

A notion is one thing that a name should say: a word in its spellings, or a set phrase in its everyday and
its official form. A `term` is a tsquery made of letters, digits and operators only, whatever was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from kit.text import fold
from services.catalog.search.everyday import LONGEST, OTHERWISE

#: Beyond this many words nobody is typing a search.
MOST = 30
#: Fewer letters than this have too many neighbours to tell a slip from another word.
_SLIPS_FROM = 4
#: Of a word of a set phrase: the phrase as a whole is asked for beside it.
_PART = 0.5
#: Of a word that a name also has with the accents that were typed: in addition to what it has without.
_ACCENTS = 0.5
_SLIP, _NEIGHBOURS, _CODE = 0.8, 0.4, 5.0
_CODE_DIGITS = 5
_CONSONANT_I = re.compile(r"[b-df-hj-np-tv-z][iy]")
_TELEX_TONE = re.compile(r"[sfrxj]$")
_TELEX_DOUBLE = re.compile(r"(aa|ee|oo|dd)")
#: Grave, hook above, tilde, acute, dot below; circumflex, breve and horn make letters of their own.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_TONE = re.compile(f"([{''.join(_TONES)}])([a-zđ\u0302\u0306\u031b]*)")


@dataclass(frozen=True)
class Asked:
    """`share`: what finding it is worth beside a single word (1). `notion`: a name that says all says it."""

    term: str
    share: float
    notion: bool = False


@dataclass(frozen=True)
class Typed:
    """`plain`: its words as `search_words()` of the database has them, without accents and punctuation, and
    with the dots within codes and amounts gone. `accented`: the same words as `accented_words()` has them;
    empty where no accents were typed."""

    plain: list[str]
    accented: list[str]


def typed(text: str) -> Typed:
    plain, accented = split(text), _accented(text)
    # A letter of another language may part a word in two.
    return Typed(plain, accented if accented != plain and len(accented) == len(plain) else [])


def split(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9]+", " ", fold(text).replace(".", "")).split()[:MOST]


def _accented(text: str) -> list[str]:
    """Each word with its tone as a digit at its end: thể is "thê2", and hoà and hòa are one."""
    apart = unicodedata.normalize("NFD", text.lower().replace(".", ""))
    toned = _TONE.sub(r"\2\1", apart).translate(str.maketrans(_TONES))
    return re.sub(r"[^a-z0-9ăâđêôơư]+", " ", unicodedata.normalize("NFC", toned)).split()[:MOST]


def asked(typed: Typed, meant: dict[str, list[str]], *, unfinished: bool = False) -> list[Asked]:
    """What is looked for: each notion, the words of phrases also by themselves, words as they are accented,
    neighbours side by side, and all together as a code.

    `meant`: for a word that stands nowhere, the ones it may be a slip of. `unfinished`: the last word is
    the beginning of one.
    """
    words = typed.plain
    notions = _notions(words, meant, unfinished=unfinished)
    single = [_word(word, meant, last=unfinished and at == len(words)) for at, word in enumerate(words, 1)]
    accented = typed.accented[: len(words) - unfinished]
    shares = {term: _ACCENTS for term in accented}
    shares |= {term: share * _PART for term, share in single}
    shares |= {term: _NEIGHBOURS for row in (notions, single) for term in _neighbours([term for term, _ in row])}
    shares |= {term: _NEIGHBOURS * _ACCENTS for term in _neighbours(accented)}
    whole = dict(reversed(notions))
    found = [Asked(term, share, notion=True) for term, share in whole.items()]
    found += [Asked(term, share) for term, share in sorted(shares.items()) if term not in whole]
    code = "".join(words)
    if sum(character.isdigit() for character in code) >= _CODE_DIGITS:
        found.append(Asked(f"{code}:*" if unfinished else code, _CODE))
    return found


def _neighbours(terms: Sequence[str]) -> set[str]:
    return {f"{one} <-> {next_}" for one, next_ in pairwise(terms)}


def _notions(
    words: Sequence[str], meant: dict[str, list[str]], *, unfinished: bool
) -> list[tuple[str, float]]:
    """Terms and what they are worth."""
    found: list[tuple[str, float]] = []
    at = 0
    while at < len(words):
        phrase = _set_phrase(words[at:])
        end = at + (len(phrase.split()) or 1)
        last = unfinished and end == len(words)
        found.append((_term(forms(phrase), last=last), 1.0) if phrase else _word(words[at], meant, last=last))
        at = end
    return found


def _word(word: str, meant: dict[str, list[str]], *, last: bool) -> tuple[str, float]:
    slips = meant.get(word, [])
    return (_term(slips, last=False), _SLIP) if slips else (_term(spelled(word), last=last), 1.0)


def _term(spellings: Sequence[str], *, last: bool) -> str:
    terms = [" <-> ".join(spelling.split()) + ":*" * last for spelling in spellings]
    return f"({' | '.join(f'({term})' for term in terms)})"


def _set_phrase(words: Sequence[str]) -> str:
    """The longest beginning that has another form; nothing when there is none."""
    beginnings = (" ".join(words[:length]) for length in range(min(LONGEST, len(words)), 0, -1))
    return next((phrase for phrase in beginnings if phrase in OTHERWISE), "")


def forms(phrase: str) -> list[str]:
    """A phrase, its other form, and the other form of that (cty, công ty, doanh nghiệp)."""
    found = [phrase]
    while (other := OTHERWISE.get(found[-1])) is not None:
        found.append(other)
    return found


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
