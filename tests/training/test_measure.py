"""Measuring a reader that looks for the longest run of characters it shares with the question."""

import json
import re

import pytest

from rag.evaluation.gold import GoldRow
from rag.evaluation.metrics import Share
from rag.reading.cross_encoder import PassageReading, ScoredSpan
from rag.training import measure
from rag.training.measure import (
    Figures,
    ReadAnswer,
    agreement,
    chunks_of,
    figures,
    main,
    read_spans,
)

FIRM = "阿里巴巴成立于1999年。阿里巴巴总部在杭州，不在上海。"
PARK = "The park opened in 1905. The park is in Tianjin, China."
DOCUMENTS = [
    {"id": "firm", "title": "阿里巴巴", "text": FIRM},
    {"id": "park", "title": "Park", "text": PARK},
]


class NgramReader:
    """Reads on, to the next mark, from the longest run that question and passage share."""

    def read(self, question, groups, passages):
        return [self._read(question, passage.text) for passage in passages]

    def close(self):
        self.is_closed = True

    def _read(self, question, text):
        found = []
        for start in range(len(text)):
            length = 0
            while text[start : start + length + 1] in question and start + length < len(text):
                length += 1
            if length > 2:
                end = start + length + re.match("[^，。,.]*", text[start + length :]).end()
                found.append((length, start + length, end))
        spans = [ScoredSpan(a, b, float(score)) for score, a, b in sorted(found, reverse=True)]
        return PassageReading(tuple(spans), float(len(spans)))


def rows(*questions):
    return [
        GoldRow(id=id_, question=question, answers=((answer,),), gold_ids=(document,))
        for id_, question, answer, document in questions
    ]


IN_CHINESE = rows(
    ("1_ZH", "阿里巴巴成立于哪一年？", "1999年", "firm"),
    ("2_ZH", "阿里巴巴总部在哪里？", "杭州市", "firm"),
    ("3_ZH", "公园在哪里？", "Tianjin", "park"),
)
IN_ENGLISH = rows(
    ("1_CROSS_QEN", "When did it say 阿里巴巴成立于?", "1999年", "firm"),
    ("2_CROSS_QEN", "Where is its seat?", "杭州", "firm"),
    ("3_CROSS_QEN", "The park is in which city?", "Tianjin", "park"),
    ("4_CROSS_QEN", "The park opened in which year?", "1905", "park"),
)


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "toy"
    folder.mkdir()
    write(folder / "corpus.jsonl", DOCUMENTS)
    for name, asked in (("questions-zh", IN_CHINESE), ("questions-en", IN_ENGLISH)):
        write(
            folder / f"{name}.jsonl",
            [
                {
                    "id": r.id,
                    "question": r.question,
                    "answers": r.answers[0],
                    "gold_ids": r.gold_ids,
                }
                for r in asked
            ],
        )
    return folder


def write(path, values):
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def test_the_span_read_is_given_where_it_lies_in_the_document(corpus, lexicon):
    found = read_spans(NgramReader(), lexicon, IN_CHINESE, chunks_of(corpus / "corpus.jsonl"))

    assert found["1_ZH"] == ReadAnswer("1999年", "firm", 7, 12)
    assert found["2_ZH"] == ReadAnswer("杭州", "firm", FIRM.index("杭州"), FIRM.index("杭州") + 2)
    assert found["3_ZH"] == ReadAnswer("", "", 0, 0)


def test_words_are_scored_against_the_gold_answers(corpus, lexicon):
    found = read_spans(NgramReader(), lexicon, IN_CHINESE, chunks_of(corpus / "corpus.jsonl"))

    # 1999年: 1; 杭州 of 杭州市: 2 * 2 / (2 + 3); nothing: 0.
    assert figures(IN_CHINESE, found) == Figures(
        3, pytest.approx(1 / 3), pytest.approx((1 + 0.8 + 0) / 3)
    )


def test_the_best_of_several_passages_counts(lexicon):
    row = GoldRow("x", "The park is in which city?", (("Tianjin",),), gold_ids=("park", "other"))
    chunks = {
        "park": [("Park", piece("park", "The park is in Tianjin."))],
        "other": [("", piece("other", "The lobster is in Beijing."))],
    }

    found = read_spans(NgramReader(), lexicon, [row], chunks)["x"]

    assert found == ReadAnswer("Tianjin", "park", 100 + 15, 100 + 22)


def piece(document, text):
    return measure.Chunk(f"{document}:0", document, "", text, 100, 100 + len(text), 0)


def test_spans_agree_where_they_overlap_in_one_document():
    def found(document, start, end):
        return ReadAnswer("x", document, start, end)

    first = {
        "1_ZH": found("a", 0, 4), "2_ZH": found("a", 0, 4), "3_ZH": found("a", 0, 4),
        "4_ZH": ReadAnswer("", "", 0, 0), "only_ZH": found("a", 0, 4),
    }  # fmt: skip
    second = {
        "1_CROSS_QEN": found("a", 3, 9), "2_CROSS_QEN": found("a", 4, 9),
        "3_CROSS_QEN": found("b", 0, 4), "4_CROSS_QEN": ReadAnswer("", "", 0, 0),
        "other_CROSS_QEN": found("a", 0, 4),
    }  # fmt: skip

    assert agreement(first, second) == agreement(second, first) == Share(1, 4)


def test_what_is_printed(corpus, lexicon_file, monkeypatch, capsys):
    reader = NgramReader()
    monkeypatch.setenv("WENJU_MODELS", str(lexicon_file.parent))
    monkeypatch.setattr(measure, "CrossEncoder", lambda folder: reader)
    monkeypatch.setattr(measure, "SETS", (("toy", ("questions-zh", "questions-en")),))

    main(corpus.parent)
    *lines, time = capsys.readouterr().out.splitlines()

    assert lines == [
        "toy questions-zh: 3 questions, EM 0.333, F1 0.600",
        "toy questions-en: 4 questions, EM 0.750, F1 0.750",
        "toy: spans of both languages overlap in 1 of 3",
    ]
    assert re.fullmatch(r"8 passages: p50 \d+ ms", time)
    assert reader.is_closed
    main(corpus.parent, ["another"])
    assert capsys.readouterr().out.startswith("8 passages: p50")
