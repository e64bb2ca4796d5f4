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
_SLIP, _NEIGHBOURS, _CODE = 0.8, 0.4, 5.0
_CODE_DIGITS = 5
_CONSONANT_I = re.compile(r"(?<=[b-df-hj-np-tv-z])[iy](?=[1-5]?$)")
_TELEX_TONE = re.compile(r"[sfrxj]$")
_TELEX_DOUBLE = re.compile(r"(aa|ee|oo|dd)")
#: Grave, hook above, tilde, acute, dot below; circumflex, breve and horn make letters of their own.
_TONES = "\u0300\u0309\u0303\u0301\u0323"
_TONE = re.compile(f"([{_TONES}])([a-zđ\u0302\u0306\u031b]*)")


@dataclass(frozen=True)
class Asked:
    """`share`: what finding it is worth beside a single word (1). `alike`: the same with the accents that
    were typed, where there were any. `notion`: whether it is one."""

    term: str
    share: float
    alike: str | None = None
    notion: bool = False


@dataclass(frozen=True)
class Typed:
    """`plain`: its words as `search_words()` of the database has them, without accents and punctuation, and
    with the dots within codes and amounts gone. `accented`: the same words as `accented_words()` has them."""

    plain: list[str]
    accented: list[str]


def typed(text: str) -> Typed:
    plain, accented = split(text), _accented(text)
    # A letter of another language may part a word in two.
    return Typed(plain, accented if len(accented) == len(plain) else plain)


def split(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9]+", " ", fold(text).replace(".", "")).split()[:MOST]


def _accented(text: str) -> list[str]:
    """Each word with its tone as a digit at its end: thể is "thê2", and hoà and hòa are one."""
    apart = unicodedata.normalize("NFD", text.lower().replace(".", ""))
    toned = _TONE.sub(r"\2\1", apart).translate(str.maketrans(_TONES, "12345"))
    return re.sub(r"[^a-z0-9ăâđêôơư]+", " ", unicodedata.normalize("NFC", toned)).split()[:MOST]


def asked(typed: Typed, meant: dict[str, list[str]], *, unfinished: bool = False) -> list[Asked]:
    """What is looked for: each notion, what set phrases are made of, neighbours side by side, and all
    together as a code.

    `meant`: for a word that stands nowhere, the ones it may be a slip of. `unfinished`: the last word is
    the beginning of one.
    """
    notions: list[Asked] = []
    parts: list[Asked] = []
    at = 0
    while at < len(typed.plain):
        end = at + (len(_set_phrase(typed.plain[at:]).split()) or 1)
        words, accented = typed.plain[at:end], typed.accented[at:end]
        notions.append(_notion(words, accented, meant, last=unfinished and end == len(typed.plain)))
        parts += _parts(words, accented) if len(words) > 1 else []
        at = end
    found = [*notions, *parts, *(_neighbours(one, next_) for one, next_ in pairwise(notions))]
    code = "".join(typed.plain)
    if sum(character.isdigit() for character in code) >= _CODE_DIGITS:
        found.append(Asked(f"{code}:*" if unfinished else code, _CODE))
    # What is said twice counts once, as what it was first.
    return list({each.term: each for each in reversed(found)}.values())[::-1]


def _notion(
    words: Sequence[str], accented: Sequence[str], meant: dict[str, list[str]], *, last: bool
) -> Asked:
    phrase = " ".join(words)
    if phrase in OTHERWISE:
        return Asked(_any(forms(phrase), last=last), 1.0, notion=True)
    if slips := meant.get(phrase):
        return Asked(_any(slips), _SLIP, notion=True)
    return _word(phrase, "" if last else accented[0], last=last)


def _word(word: str, accented: str, *, last: bool = False) -> Asked:
    alike = _any(spelled(accented)) if accented != word and accented else None
    return Asked(_any(spelled(word), last=last), 1.0, alike, notion=True)


def _parts(phrase: Sequence[str], accented: Sequence[str]) -> list[Asked]:
    """The words of a phrase, and neighbours among them. A name with its other form says them all: else one
    that happens to have an everyday word, too, would come before one that is called so."""
    other = _any(forms(" ".join(phrase))[1:])
    singles = [_word(*each) for each in zip(phrase, accented, strict=True)]
    found = [*singles, *(_neighbours(one, next_) for one, next_ in pairwise(singles))]
    return [
        Asked(f"(({each.term}) | {other})", each.share * _PART, each.alike and f"(({each.alike}) | {other})")
        for each in found
    ]


def _neighbours(one: Asked, next_: Asked) -> Asked:
    alike = f"{one.alike} <-> {next_.alike}" if one.alike and next_.alike else None
    return Asked(f"{one.term} <-> {next_.term}", _NEIGHBOURS, alike)


def _any(spellings: Sequence[str], *, last: bool = False) -> str:
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
    other = _CONSONANT_I.sub(lambda vowel: "i" if vowel[0] == "y" else "y", word)
    return [word] if other == word else [word, other]


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
