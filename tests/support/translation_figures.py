"""How many short answers are translated, and how many as the other half of parallel rows has them.

python tests/support/translation_figures.py LANGUAGE QUESTIONS.jsonl, where each row has `answers`
and the same in LANGUAGE as `answers_en` or `answers_zh`. Exact is what has the same words and
numbers, in whatever spelling: "2" for 两次 is not.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from rag.config import Settings
from rag.engine import open_lexicon
from rag.evaluation.matching import answer_tokens
from rag.language.numerals import WORDS
from rag.language.translation import translated

_NUMBER = re.compile(
    rf"\d|[一二两三四五六七八九十百千万亿半]|\b(?:{WORDS}|million|half)\b", re.IGNORECASE
)


def kind_of(words: str, language: str) -> str:
    """Number or date, what reads the same in both languages, or a name, term or clause."""
    if not re.search("[\u3400-\u9fff]" if language == "en" else "[A-Za-z]", words):
        return "reads the same"
    return "numbers, dates" if _NUMBER.search(words) else "names, terms, clauses"


if __name__ == "__main__":
    language, path = sys.argv[1:]
    lexicon = open_lexicon(Settings.from_environment())
    rows, done, exact = Counter[str](), Counter[str](), Counter[str]()
    for line in Path(path).read_text("utf-8").splitlines():
        row = json.loads(line)
        kind = kind_of(row["answers"][0], language)
        said = translated(row["answers"][0], language, lexicon)
        rows[kind] += 1
        done[kind] += said is not None
        wanted = [answer_tokens(each) for each in row[f"answers_{language}"]]
        exact[kind] += said is not None and answer_tokens(said) in wanted
    for kind, count in rows.items():
        print(f"{kind}: {count} rows, {done[kind]} translated, {exact[kind]} exact")
