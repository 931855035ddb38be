"""Lists over sentences, lines and paragraphs: 一是…；二是…; "1. …" on lines; bullets; a；b；c."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rag.language.numerals import value_of
from rag.language.sentences import sentences, trimmed

_HAN_NUMBER = "[一二三四五六七八九十]{1,3}"
# Marks at the beginning of a line, and those that also stand within one; each group is a way of
# marking, and what it matches the item's number, a bullet's sign, or a word of order.
_ON_LINES = re.compile(
    r"^(?P<indent>[^\S\n]*)(?:"
    r"(?P<figure>\d{1,2})[.、)）．](?!\d)\s*"
    rf"|(?P<han>{_HAN_NUMBER})、"
    r"|(?P<letter>[a-h])[.)]\s+"
    r"|[（(](?P<bracketed>[a-h])[)）]\s*"
    rf"|第(?P<step>{_HAN_NUMBER}|\d{{1,2}})步[，、：:\s]*"
    r"|(?:[Ss]tep|STEP) (?P<english_step>\d{1,2})[.:]\s*"
    r"|(?P<bullet>[-*+•·–●■])\s+"
    r")(?=\S)",
    re.MULTILINE,
)
_WITHIN = re.compile(
    r"(?:(?:(?<=[。；;：:，,、\n\s”])|^)(?:"
    rf"(?P<yi_shi>{_HAN_NUMBER})(?:是|则)"
    rf"|其(?P<qi_yi>{_HAN_NUMBER})[，,是、：:]"
    rf"|第(?P<di_yi>{_HAN_NUMBER})(?:[，,、：:]|[点条个]?是|[点条][，,：:])"
    r"|(?P<order>首先|其次|再次|最后)(?:[，,是]|(?=[\u4e00-\u9fff]))"
    r"|(?P<english>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]ifth|[Ss]ixth|[Ff]inally|[Ll]astly)"
    r"(?:ly)?, )"
    rf"|[（(](?P<bracket>\d{{1,2}}|{_HAN_NUMBER})[)）]"
    r"|(?P<circle>[①-⑳])"
    r")\s*"
)
_WORDS = {
    word: number
    for number, words in enumerate(
        ("首先 first", "其次 second", "再次 third", "fourth", "fifth", "sixth"), start=1
    )
    for word in words.split()
}
_LAST_WORDS = ("最后", "finally", "lastly")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*(?=\S)")
_SENTENCE = re.compile(r"[^。！？!?\n]+")
_SEMICOLON = re.compile("[；;]")
_LEADS = re.compile(
    r"[：:]\s*|(?:包括|包含|分为|即|分别[是为]|如下)[：:，]?(?=\S)|\binclud(?:e|es|ing)\b "
)
_LONGEST_ITEM = 1500  # characters
_CUT = "；;，,、。."


class Item(NamedTuple):
    """One of the things listed: `start`..`end` in the text, behind its mark at `mark`."""

    mark: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Series:
    """The `items` that a text lists.

    `first` is the number of the first item, 1 unless what stands before is in another passage;
    `lead` the span of the sentence that leads to them, empty where there is none.
    """

    items: tuple[Item, ...]
    first: int
    lead: tuple[int, int]
    way: str

    @property
    def is_numbered(self) -> bool:
        """Whether its marks count, so that another passage can go on with it."""
        return not self.way.startswith(("bullet", "semicolon"))

    @property
    def start(self) -> int:
        """Where its first item begins."""
        return self.items[0].mark

    @property
    def end(self) -> int:
        """Where its last item ends."""
        return self.items[-1].end


@dataclass(frozen=True, slots=True)
class _Mark:
    way: str
    number: int | None  # None of a bullet; 0 of a word for the last one
    start: int
    end: int


def series(text: str) -> list[Series]:
    r"""The series of `text` in order; a numbered one may have its other items elsewhere.

    >>> text = "提出两条：一是议题要聚焦；二是要有驱动力。\n\nBring:\n- boots\n- a whistle\n\nEnd."
    >>> [[text[a:b] for _, a, b in found.items] for found in series(text)]
    [['议题要聚焦', '要有驱动力'], ['boots', 'a whistle']]
    """
    runs = list(_runs(text, _marks(text)))
    found = [_marked(text, run) for run in runs if len(run) > 1 or run[0].number]
    taken = [(each.start, each.end) for each in found if len(each.items) > 1]
    for parted in _parted(text):
        if not any(start < parted.end and parted.start < end for start, end in taken):
            found.append(parted)
    return sorted(found, key=lambda each: each.start)


def head(text: str, item: Item) -> Item:
    """Of an item of several sentences the first one."""
    mark, start, end = item
    first = next(sentences(text[start:end]), (0, end - start))
    return Item(mark, *_clean(text, start + first[0], start + first[1]))


def _marks(text: str) -> list[_Mark]:
    found: dict[int, _Mark] = {}
    for pattern in (_WITHIN, _ON_LINES):
        for match in pattern.finditer(text):
            way = match.lastgroup or ""
            sign = match[way]
            indent = match.groupdict().get("indent") or ""
            number = None if way == "bullet" else _number(sign)
            name = f"{way}{sign if way == 'bullet' else ''}{len(indent)}"
            start = match.start() + len(indent)
            found[start] = _Mark(name, number, start, match.end())
    return [found[start] for start in sorted(found)]


def _number(sign: str) -> int:
    if "①" <= sign <= "⑳":
        return ord(sign) - ord("①") + 1
    if len(sign) == 1 and "a" <= sign <= "h":
        return ord(sign) - ord("a") + 1
    word = sign.lower()
    if word in _LAST_WORDS:
        return 0
    if word in _WORDS:
        return _WORDS[word]
    return int(value_of(sign) or 0)


def _runs(text: str, marks: Iterable[_Mark]) -> Iterator[list[_Mark]]:
    """Marks of one way that count on, or bullets that follow each other."""
    open_runs: dict[str, list[_Mark]] = {}
    for mark in marks:
        run = open_runs.get(mark.way)
        if run and _follows(text, run[-1], mark):
            run.append(mark)
            continue
        if run:
            yield run
        open_runs[mark.way] = [mark]
    yield from open_runs.values()


def _follows(text: str, before: _Mark, mark: _Mark) -> bool:
    if mark.number is None or before.number is None:
        return _PARAGRAPH.search(text, before.end, mark.start) is None
    if mark.start - before.end > _LONGEST_ITEM:
        return False
    return mark.number == before.number + 1 or (mark.number == 0 and before.number > 0)


def _marked(text: str, run: list[_Mark]) -> Series:
    items = [Item(mark.start, mark.end, after.start) for mark, after in pairwise(run)]
    last = run[-1]
    items.append(Item(last.start, last.end, _end_of_last(text, last.end, items)))
    line = text.rfind("\n", 0, run[0].start) + 1
    return Series(
        tuple(Item(mark, *_clean(text, start, end)) for mark, start, end in items),
        1 if run[0].number is None else run[0].number,
        _lead(text, line, run[0].start),
        run[0].way,
    )


def _end_of_last(text: str, start: int, items: list[Item]) -> int:
    """Where the last item ends: with its sentence, line or paragraph, as those before it do."""
    before = [text[a:b].strip() for _, a, b in items]
    paragraph = _PARAGRAPH.search(text, start)
    end = paragraph.start() if paragraph else len(text)
    if any("\n" in words for words in before):
        return end
    line = text.find("\n", start, end)
    end = end if line < 0 else line
    if any("。" in words[:-1] for words in before):
        return end
    stop = text.find("。", start, end)
    return end if stop < 0 else stop + 1


def _lead(text: str, line: int, start: int) -> tuple[int, int]:
    """The words before the first mark on its line, or the line above where there are none."""
    if not text[line:start].strip():
        end = len(text[:line].rstrip())
        line, start = text.rfind("\n", 0, end) + 1, end
    first = max((line + a for a, _ in sentences(text[line:start])), default=line)
    return trimmed(text, first, start)


def _parted(text: str) -> Iterator[Series]:
    """Sentences whose parts are set off by semicolons, three or more, or two that are led to."""
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        cuts = [cut.start() for cut in _SEMICOLON.finditer(text, start, end)]
        if not cuts:
            continue
        leads = [lead.end() for lead in _LEADS.finditer(text, start, cuts[0])]
        first = leads[-1] if leads else start
        if len(cuts) > 1 or leads:
            bounds = [first, *(cut + 1 for cut in cuts), end]
            spans = (_clean(text, a, b) for a, b in pairwise(bounds))
            items = tuple(Item(a, a, b) for a, b in spans)
            if all(item.start < item.end for item in items):
                yield Series(items, 1, trimmed(text, start, first), "semicolon")


def _clean(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without white space and marks of punctuation at its end."""
    start, end = trimmed(text, start, end)
    while end > start and text[end - 1] in _CUT:
        start, end = trimmed(text, start, end - 1)
    return start, end
