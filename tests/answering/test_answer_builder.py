"""An answer made of what is known of it."""

from dataclasses import replace

import pytest
from passages import hit_of

from rag.answering.answer_builder import AnswerBuilder
from rag.answering.timings import Timings
from rag.reasons import Reason
from rag.types import Chunk, Citation, Dropped, Fallback

HITS = tuple(
    hit_of(Chunk(f"d#{number}", "d", "", text, 0, len(text), number), 9.0 - number, number + 1)
    for number, text in enumerate(["桥", "bridge", "馆", "museum"])
)
BUILDER = AnswerBuilder("它多长？", "桥多长？", "zh", "papers", 10, Timings(), HITS, 0.7)


def test_an_answer_carries_all_that_was_learnt():
    citation = Citation(1, "d", "d#0", "", "", "", "桥", 0, 1)

    answer = replace(BUILDER, model="qwen", dropped=(Dropped("x", Reason.NUMBER),)).answered(
        "桥[1]", "桥", (citation,)
    )

    assert (answer.question, answer.searched, answer.index) == ("它多长？", "桥多长？", "papers")
    assert (answer.answered, answer.answer, answer.short_answer) == (True, "桥[1]", "桥")
    assert (answer.citations, answer.hits, answer.refusal) == ((citation,), HITS, None)
    assert (answer.mode, answer.model, answer.confidence) == ("llm", "qwen", 0.7)
    assert [dropped.reason for dropped in answer.dropped] == ["number"]


def test_an_answer_carries_the_translation_of_its_short_answer():
    answer = BUILDER.answered("桥[1]", "桥", (), "bridge")

    assert (answer.short_answer, answer.short_answer_translation) == ("桥", "bridge")
    assert BUILDER.refused(Reason.EMPTY_INDEX).short_answer_translation is None


@pytest.mark.parametrize(
    ("reason", "nearest"),
    [
        (Reason.NOT_IN_DOCUMENTS, HITS[:3]),
        (Reason.NOT_SUPPORTED, HITS[:3]),
        (Reason.EMPTY_INDEX, ()),
        (Reason.SMALL_TALK, ()),
        (Reason.EMPTY_QUESTION, ()),
    ],
)
def test_a_refusal_shows_the_nearest_passages_where_they_may_help(reason, nearest):
    answer = BUILDER.refused(reason)

    assert (answer.answered, answer.answer, answer.short_answer) == (False, "", None)
    assert (answer.refusal.reason, answer.refusal.nearest) == (reason, nearest)
    assert answer.refusal.message


def test_fewer_hits_may_be_shown_and_no_fewer_of_the_nearest():
    answer = replace(BUILDER, top_k=1).refused(Reason.NOT_IN_DOCUMENTS)

    assert (answer.hits, answer.refusal.nearest) == (HITS[:1], HITS[:3])


def test_a_fallback_tells_why_and_the_mode_that_answered():
    answer = replace(BUILDER, fallback=Reason.LLM_TIMEOUT).refused(Reason.NOT_IN_DOCUMENTS)

    assert (answer.mode, answer.model) == ("extractive", None)
    assert answer.fallback == Fallback(Reason.LLM_TIMEOUT)
