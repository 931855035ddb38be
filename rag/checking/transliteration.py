"""Foreign names as Chinese spells their sound: 默克尔 and Merkel, 阿泽维多 and Azevedo.

Both are reduced to their consonants, and these compared by classes that Chinese does not tell
apart (l and r, d and t, …).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

from rag.language.tables import column
from rag.language.text import fold

ALIKE = 0.3  # of the longer name's consonants may differ
LONGEST = 8  # characters of a transliterated name
_SHORTEST_LATIN = 3  # letters
_CHARACTERS = column("transliteration")
_INITIAL = re.compile("zh|ch|sh|[bpmfdtnlgkhjqxrzcswy]")
_CLASS_OF_INITIAL = {
    "b": "P", "p": "P", "m": "M", "f": "F", "d": "T", "t": "T", "n": "N", "l": "L", "g": "K",
    "k": "K", "h": "H", "j": "J", "q": "J", "x": "S", "zh": "J", "ch": "J", "sh": "S", "r": "L",
    "z": "S", "c": "S", "s": "S", "w": "W", "y": "",
}  # fmt: skip
_LATIN = (
    ("sch|sh", "S"), ("tsch|tch|ch|zh|dj", "J"), ("ng(?![aeiou])", "N"), ("ph|v", "F"),
    ("th", "T"), ("ck|q", "K"), ("x", "S"),
    ("c(?=[eiy])", "S"), ("g(?=[eiy])|j", "J"), ("[gkc]", "K"), ("[sz]", "S"), ("[bp]", "P"),
    ("f", "F"), ("[dt]", "T"), ("m", "M"), ("n", "N"), ("[lr]", "L"), ("h", "H"), ("w", "W"),
)  # fmt: skip
_LATIN_SOUND = re.compile("|".join(f"(?P<s{n}>{sound})" for n, (sound, _) in enumerate(_LATIN)))
_CHEAP = {
    frozenset("WF"): 0.2, frozenset("MN"): 0.3, frozenset("JK"): 0.4, frozenset("JS"): 0.3,
    frozenset("TS"): 0.5, frozenset("JT"): 0.5, frozenset("JH"): 0.3, frozenset("HK"): 0.4,
    frozenset("LN"): 0.6, frozenset("PF"): 0.5, frozenset("PM"): 0.7, frozenset("WP"): 0.6,
    frozenset("HS"): 0.6,
}  # fmt: skip
_DROPPED = {"H": 0.2, "W": 0.2, "L": 0.5, "N": 0.6, "T": 0.6, "S": 0.7, "K": 0.8, "M": 0.7}
Readings = Callable[[str], str]
"""From a character to its toneless pinyin, "" where it has none."""


def is_spelled(latin: str, chinese: str, reading: Readings) -> bool:
    """Whether some characters of `chinese` spell the sound of the word `latin`."""
    wanted = _consonants_of_latin(fold(latin))
    if len(latin) < _SHORTEST_LATIN or not wanted:
        return False
    return any(_is_close(wanted, found) for found in _runs(chinese, reading, len(wanted)))


def _runs(chinese: str, reading: Readings, consonants: int) -> Iterator[str]:
    for run in re.findall(f"[{''.join(_CHARACTERS)}]{{2,}}", chinese):
        for start in range(len(run)):
            for end in range(start + 2, min(len(run), start + LONGEST) + 1):
                found = _consonants(run[start:end], reading)
                if abs(len(found) - consonants) <= 2:
                    yield found


def _is_close(latin: str, chinese: str) -> bool:
    longer = max(len(latin), len(chinese))
    if longer < 2 or min(len(latin), len(chinese)) < 1:
        return False
    allowed = ALIKE if longer > 2 else 0.2
    return _distance(latin, chinese) <= allowed * longer


@functools.lru_cache(maxsize=65536)
def _distance(first: str, second: str) -> float:
    """Cost of turning one run of consonant classes into the other."""
    row = [0.0]
    for sound in second:
        row.append(row[-1] + _DROPPED.get(sound, 1.0))
    for ours in first:
        dropped = _DROPPED.get(ours, 1.0)
        new = [row[0] + dropped]
        for at, theirs in enumerate(second, start=1):
            changed = 0.0 if ours == theirs else _CHEAP.get(frozenset((ours, theirs)), 1.0)
            new.append(
                min(row[at - 1] + changed, row[at] + dropped, new[-1] + _DROPPED.get(theirs, 1.0))
            )
        row = new
    return row[-1]


def _consonants(chinese: str, reading: Readings) -> str:
    """The consonant classes of characters: 默克尔 is MKL."""
    sounds = "".join(_consonants_of_syllable(reading(character)) for character in chinese)
    return re.sub(r"(.)\1+", r"\1", sounds)


@functools.lru_cache(maxsize=2048)
def _consonants_of_syllable(syllable: str) -> str:
    if syllable == "er":
        return "L"
    initial = _INITIAL.match(syllable)
    first = _CLASS_OF_INITIAL[initial.group()] if initial else ""
    return first + ("N" if syllable.endswith(("n", "ng")) else "")


@functools.lru_cache(maxsize=8192)
def _consonants_of_latin(latin: str) -> str:
    """The consonant classes of a folded Latin word: merkel is MLKL."""
    sounds = []
    for match in _LATIN_SOUND.finditer(latin):
        sounds.append(_LATIN[int(str(match.lastgroup)[1:])][1])
    return re.sub(r"(.)\1+", r"\1", "".join(sounds))
