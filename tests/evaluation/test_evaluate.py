"""Evaluation of a small assistant that finds sentences by the words they share."""

import dataclasses
import itertools
import math
import re
import types

import pytest
from passages import hit_of

from rag.errors import BadGold, DocumentNotFound, InvalidInput
from rag.evaluation.evaluate import evaluate
from rag.evaluation.gold import GoldRow
from rag.evaluation.metrics import Mean, Refusals, Share
from rag.evaluation.overlap import overlap
from rag.language.sentences import sentences
from rag.language.text import fold
from rag.reasons import Reason
from rag.types import Answer, Chunk, Citation, Refusal

TEXTS = {
    "seattle": "马云在西雅图第一次用上互联网。阿里巴巴国际站成立于1999年。",
    "orders": "The courier firm delivered 30 million orders in 2019. Its riders wear yellow.",
    "uganda": "馬雲下一站訪問烏干達。他飛行了800小時。",
}

WHEN = GoldRow(
    id="when",
    question="阿里巴巴国际站成立于哪一年？",
    answers=(("1999", "1999年"),),
    evidence=("成立于1999年",),
    type="number",
)
ORDERS = GoldRow(
    id="orders",
    question="How many orders did the courier firm deliver in 2019?",
    answers=(("30 million",),),
    gold_ids=("orders",),
    type="number",
)
HOURS = GoldRow(
    id="hours",
    question="他飞行了多少小时？",
    answers=(("800小时", "800 hours"),),
    evidence=("800小时",),
    gold_ids=("uganda",),
    type="number",
)
WHERE = GoldRow(
    id="where",
    question="Where did Jack Ma first meet the Internet?",
    answers=(("西雅图", "Seattle"),),
    gold_ids=("seattle",),
    type="where",
)
FOUNDER = GoldRow(id="founder", question="谁是拼多多的创始人？", answers=(), type="unanswerable")
COLOUR = GoldRow(
    id="colour", question="What do its riders wear at home?", answers=(), type="unanswerable"
)
ROWS = [WHEN, ORDERS, HOURS, WHERE, FOUNDER, COLOUR]


def words(text):
    return set(re.findall(r"[\u4e00-\u9fff]|[a-z0-9]+", fold(text)))


class WordOverlap:
    """Answers with the sentence that shares most words with the question, three at least."""

    def __init__(self):
        self.calls = []

    @property
    def store(self):
        return self

    def documents(self):
        return [types.SimpleNamespace(id=document_id) for document_id in TEXTS]

    def document(self, document_id):
        if document_id not in TEXTS:
            raise DocumentNotFound(f"no document {document_id}", "name one of the list")
        return types.SimpleNamespace(text=TEXTS[document_id])

    def retrieve(self, query, top_k=10, *, hidden=()):
        found = []
        for document_id, text in TEXTS.items():
            for ordinal, (start, end) in enumerate(sentences(text)):
                sentence = text[start:end]
                chunk = Chunk(
                    f"{document_id}#{ordinal}", document_id, "", sentence, start, end, ordinal
                )
                score = len(words(query) & words(sentence))
                if score and document_id not in hidden:
                    found.append((score, chunk))
        found.sort(key=lambda pair: -pair[0])
        return [hit_of(chunk, score, rank) for rank, (score, chunk) in enumerate(found[:top_k], 1)]

    def ask(self, question, history=(), *, hidden=()):
        self.calls.append((question, history, set(hidden)))
        earlier = [turn["content"] for turn in history if turn["role"] == "user"]
        searched = " ".join([*earlier, question])
        hits = tuple(self.retrieve(searched, hidden=hidden))
        if not hits or hits[0].score < 3:
            refusal = Refusal(Reason.NOT_IN_DOCUMENTS, "Not in the documents.", hits[:1])
            return Answer(question, searched, "", False, "", None, 0.0, (), hits, refusal)
        hit = hits[0]
        number = re.search(r"\d+", hit.text)
        citation = Citation(
            1, hit.document_id, hit.chunk_id, "", "", "", hit.text, hit.start, hit.end
        )
        text = f"{hit.text}[1]"
        short = number.group() if number else None
        return Answer(question, searched, "", True, text, short, 1.0, (citation,), hits, None)


class Changed(WordOverlap):
    """The same, but for one change to each answer."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def ask(self, question, history=(), *, hidden=()):
        return self.change(super().ask(question, history, hidden=hidden))


def citing(**fields):
    def change(answer):
        citations = tuple(dataclasses.replace(each, **fields) for each in answer.citations)
        return dataclasses.replace(answer, citations=citations)

    return Changed(change)


def saying(**fields):
    return Changed(lambda answer: dataclasses.replace(answer, **fields))


def judged(row, assistant=None, **options):
    return evaluate(assistant or WordOverlap(), [row], **options).results[0]


def test_each_question_gets_its_verdicts():
    results = {result.row.id: result for result in evaluate(WordOverlap(), ROWS).results}
    assert list(results) == ["when", "orders", "hours", "where", "founder", "colour"]
    when = results["when"]
    assert when.answer.answer == "阿里巴巴国际站成立于1999年。[1]"
    assert when.answer.short_answer == "1999"
    assert (when.match, when.exact, when.f1) == (True, True, 1.0)
    assert (when.verbatim, when.cited, when.retrieval.rank) == (True, True, 1)
    assert [result.faults for result in results.values()] == [
        (),
        (),
        (),
        ("refused wrongly", "not in first 5"),
        (),
        ("not refused",),
    ]


def test_the_figures_over_all_questions():
    figures = evaluate(WordOverlap(), ROWS).overall
    assert figures.questions == 6
    assert figures.answered == Share(4, 6)
    assert figures.hit_at_1 == figures.hit_at_5 == Share(3, 4)
    assert figures.reciprocal_rank == figures.ndcg == Mean(0.75, 4)
    assert figures.recall_at_1 == figures.recall_at_5 == Share(2, 3)
    assert figures.match == Share(3, 4)
    assert figures.match_answered == Share(3, 3)
    assert figures.exact == Share(1, 4)
    assert figures.f1.value == pytest.approx((1 + 2 / 3 + 2 / 3 + 0) / 4)
    assert figures.cited == Share(3, 3)
    assert figures.verbatim == figures.quotes == Share(4, 4)
    assert figures.refusals == Refusals(
        recall=Share(1, 2), precision=Share(1, 2), false=Share(1, 4)
    )
    assert figures.used_hidden == Share(0, 0)


def test_answers_to_free_text_are_compared_with_it_by_kind_where_no_row_has_a_type():
    told = "那家快递公司在2019年一共送出了三千万份订单，骑手遍布全国。"
    rows = [
        GoldRow("why", "Why did the courier firm deliver orders in 2019?", ((told,),)),
        GoldRow("how", "How did the courier firm deliver orders in 2019?", ((told,),)),
    ]
    evaluation = evaluate(WordOverlap(), rows)

    assert [group.name for group in evaluation.by_type] == ["reason", "manner"]
    (found,) = {each.overlap for each in evaluation.results}
    assert found == overlap(rows[0].answers, evaluation.results[0].answer.answer)
    assert evaluation.overall.rouge_l == Mean(found.rouge_l, 2)
    assert evaluate(WordOverlap(), ROWS).overall.answer_f1 == Mean(None, 0)


def test_the_figures_by_direction_and_by_type():
    evaluation = evaluate(WordOverlap(), ROWS)
    assert {group.name: group.questions for group in evaluation.by_direction} == {
        "zh→zh": 1,
        "en→en": 2,
        "zh→zh-Hant": 1,
        "en→zh": 1,
        "zh→?": 1,
    }
    by_type = {group.name: group for group in evaluation.by_type}
    assert list(by_type) == ["number", "where", "unanswerable"]
    assert by_type["number"].match == Share(3, 3)
    assert by_type["where"].refusals.false == Share(1, 1)
    assert by_type["unanswerable"].match == Share(0, 0)
    assert by_type["unanswerable"].match.value is None


def test_rows_without_a_type_make_no_group():
    assert evaluate(WordOverlap(), [dataclasses.replace(WHEN, type="")]).by_type == ()


def test_latency_is_that_of_the_question_alone_after_a_warm_up():
    milliseconds = [9000, 10, 20, 30, 40, 50, 60]
    times = itertools.chain.from_iterable((100.0, 100.0 + each / 1000) for each in milliseconds)
    assistant = WordOverlap()
    evaluation = evaluate(assistant, ROWS, clock=lambda: next(times))
    assert [call[0] for call in assistant.calls[:3]] == [
        WHEN.question,
        WHEN.question,
        ORDERS.question,
    ]
    assert evaluation.results[0].latency == pytest.approx(10)
    assert evaluation.overall.latency_p50 == pytest.approx(35)
    assert evaluation.overall.latency_p95 == pytest.approx(57.5)


def test_the_length_of_an_answer_leaves_out_its_markers():
    assert evaluate(WordOverlap(), [WHEN]).overall.length == len("阿里巴巴国际站成立于1999年。")
    assert evaluate(WordOverlap(), [FOUNDER]).overall.length is None


def test_earlier_questions_are_asked_in_turn_and_both_roles_are_sent():
    row = dataclasses.replace(
        WHEN, question="成立于哪一年？", history=("拼多多？", "阿里巴巴国际站？")
    )
    assistant = WordOverlap()
    times = iter([0.0, 1.0, 5.0, 5.25])
    result = judged(row, assistant, clock=lambda: next(times))
    refused = (
        {"role": "user", "content": "拼多多？"},
        {"role": "assistant", "content": ""},
    )
    answered = (
        {"role": "user", "content": "阿里巴巴国际站？"},
        {"role": "assistant", "content": "阿里巴巴国际站成立于1999年。[1]"},
    )
    assert assistant.calls[3:] == [
        ("拼多多？", (), set()),
        ("阿里巴巴国际站？", refused, set()),
        ("成立于哪一年？", refused + answered, set()),
    ]
    assert result.answer.searched == "拼多多？ 阿里巴巴国际站？ 成立于哪一年？"
    assert result.match
    assert result.latency == pytest.approx(250)


def test_evidence_on_the_second_place():
    row = dataclasses.replace(WHEN, evidence=("访问乌干达",))
    result = judged(row)
    assert [hit.chunk_id for hit in result.answer.hits] == ["seattle#1", "uganda#0", "seattle#0"]
    assert result.retrieval.rank == 2
    assert result.direction == "zh→zh-Hant"
    assert (result.retrieval.hit_at(1), result.retrieval.hit_at(5)) == (False, True)
    assert result.retrieval.reciprocal_rank == 0.5
    assert result.retrieval.ndcg == pytest.approx(1 / math.log2(3))
    assert result.retrieval.recall_at(1) is None
    assert result.cited is False
    assert result.faults == ("evidence not cited",)


def test_a_group_that_is_not_met_is_a_wrong_answer():
    row = dataclasses.replace(WHEN, answers=(("1999",), ("杭州", "Hangzhou")))
    result = judged(row)
    assert result.match is False
    assert result.exact is False
    assert result.f1 == pytest.approx(2 * 1 / (3 + 1))
    assert result.faults == ("wrong answer",)


def test_the_short_answer_itself_may_have_to_hold_it():
    row = dataclasses.replace(WHEN, short=True)

    assert (judged(row).in_short, judged(row).match) == (True, True)
    elsewhere = judged(row, saying(short_answer="杭州"))
    assert (elsewhere.in_short, elsewhere.match) == (False, False)
    assert elsewhere.faults == ("wrong answer", "not in the short answer")


def test_the_translation_of_the_short_answer_may_have_to_hold_it():
    row = dataclasses.replace(WHEN, english=(("Wuzhen", "Wu Zhen"), ("Zhejiang",)))
    said = judged(row, saying(short_answer_translation="Wuzhen, Zhejiang"))

    assert (said.translated, said.match, said.faults) == (True, True, ())
    for translation in (None, "Wuzhen"):
        unsaid = judged(row, saying(short_answer_translation=translation))
        assert (unsaid.translated, unsaid.match) == (False, False)
        assert unsaid.faults == ("wrong answer", "not translated")


def test_an_answer_to_what_people_ask_is_brief():
    said = saying(answer="1999" + "年" * 396 + "[1]")
    too_long = saying(answer="1999" + "年" * 397 + "[1]")
    why = dataclasses.replace(WHEN, type="why")

    assert (judged(why, said).brief, judged(why, said).match) == (True, True)
    assert (judged(why, too_long).brief, judged(why, too_long).match) == (False, False)
    assert judged(why, too_long).faults == ("wrong answer", "too long")
    assert (judged(WHEN, too_long).brief, judged(WHEN, too_long).match) == (None, True)


def test_what_is_asked_for_besides_counts_over_the_answers():
    rows = [
        dataclasses.replace(WHEN, short=True, type="why"),
        dataclasses.replace(ORDERS, english=(("one",),)),
        dataclasses.replace(WHERE, short=True),
    ]
    overall = evaluate(WordOverlap(), rows).overall

    assert (overall.brief, overall.in_short) == (Share(1, 1), Share(1, 1))
    assert overall.translated == Share(0, 1)


def test_a_refusal_of_an_answerable_question_scores_nothing():
    result = judged(WHERE)
    assert (result.answer.answered, result.answer.refusal.reason) == (False, "not_in_documents")
    assert (result.match, result.exact, result.f1) == (False, False, 0.0)
    assert (result.verbatim, result.cited) == (None, None)


def test_the_text_of_a_refusal_is_not_an_answer():
    result = judged(WHERE, saying(answer="西雅图", short_answer="西雅图"))
    assert (result.match, result.f1) == (False, 0.0)
    assert result.verbatim is False


@pytest.mark.parametrize(
    "fields",
    [
        {"start": 16},
        {"end": 29},
        {"quote": "阿里巴巴国际站成立于1998年。"},
        {"document_id": "uganda"},
        {"document_id": "missing"},
        {"start": 15 - len(TEXTS["seattle"]), "end": len(TEXTS["seattle"])},
        {"quote": "", "end": 15},
    ],
)
def test_a_citation_that_is_not_in_its_document_at_its_place(fields):
    assert TEXTS["seattle"][15:] == "阿里巴巴国际站成立于1999年。"
    evaluation = evaluate(citing(**fields), [WHEN])
    assert evaluation.overall.quotes == Share(0, 1)
    assert evaluation.overall.verbatim == Share(0, 1)
    assert "not verbatim" in evaluation.results[0].faults


@pytest.mark.parametrize("text", ["1999年。", "1999年。[2]", "1999年。[1][2]"])
def test_markers_and_citations_must_be_the_same_set(text):
    result = judged(WHEN, saying(answer=text))
    assert result.citations[0].verbatim
    assert not result.markers_agree
    assert result.verbatim is False


def test_an_answer_without_citations_is_not_verbatim():
    assert judged(WHEN, saying(answer="1999年。", citations=())).verbatim is False


def test_a_right_answer_with_a_citation_of_other_words():
    result = judged(WHEN, citing(quote="马云在西雅图第一次用上互联网。", start=0, end=15))
    assert (result.match, result.verbatim, result.cited) == (True, True, False)


def test_a_quote_that_is_not_verbatim_shows_no_evidence():
    result = judged(WHEN, citing(quote="阿里巴巴成立于1999年。"))
    assert (result.match, result.verbatim, result.cited) == (True, False, False)


def test_a_passage_around_the_quote_may_hold_the_evidence():
    result = judged(WHEN, citing(quote="1999", start=25, end=29, passage=TEXTS["seattle"]))
    assert (result.verbatim, result.cited) == (True, True)


def test_the_language_of_the_question_may_be_given():
    assert judged(dataclasses.replace(WHEN, lang="en")).direction == "en→zh"


def test_the_relevant_hit_tells_the_language_where_no_gold_document_does():
    row = dataclasses.replace(WHEN, gold_ids=("missing",), evidence=())
    assert judged(row).direction == "zh→zh"
    row = dataclasses.replace(WHEN, question="阿里 飞行 riders", evidence=("riders",))
    result = judged(row)
    assert [hit.document_id for hit in result.answer.hits] == ["seattle", "uganda", "orders"]
    assert result.direction == "zh→en"


@pytest.mark.parametrize(
    ("evidence", "direction"),
    [
        ("33個國家", "zh→zh-Hant"),
        ("he flew to 33 countries", "zh→en"),
        ("130%", "zh→zh"),
        ("hemu365.com", "zh→zh"),
    ],
)
def test_evidence_that_was_not_found_tells_the_language_where_it_is_long_enough(
    evidence, direction
):
    row = dataclasses.replace(WHEN, evidence=(evidence,))
    assert judged(row).direction == direction


def test_without_gold_every_question_must_be_refused():
    elsewhere = dataclasses.replace(WHEN, gold_ids=("uganda",))
    assistant = WordOverlap()
    evaluation = evaluate(assistant, [ORDERS, HOURS, FOUNDER, elsewhere], without_gold=True)
    assert [call[2] for call in assistant.calls] == [
        {"orders"},
        {"orders"},
        {"uganda"},
        {"uganda"},
    ]
    assert (evaluation.without_gold, evaluation.left_out) == (True, 1)
    figures = evaluation.overall
    assert figures.refusals.recall == Share(2, 3)
    assert figures.match_answered == Share(1, 1)
    assert figures.verbatim == Share(1, 1)
    assert figures.used_hidden == Share(0, 3)
    assert figures.hit_at_1 == figures.match == Share(0, 0)
    assert evaluation.results[2].faults == ("not refused",)


def test_without_gold_earlier_questions_are_asked_with_the_same_documents_hidden():
    assistant = WordOverlap()
    judged(dataclasses.replace(HOURS, history=("谁？",)), assistant, without_gold=True)
    assert [call[2] for call in assistant.calls] == [{"uganda"}] * 4


def test_without_gold_notices_a_document_that_was_not_hidden():
    class Leaky(WordOverlap):
        def retrieve(self, query, top_k=10, *, hidden=()):
            return super().retrieve(query, top_k)

    evaluation = evaluate(Leaky(), [ORDERS, WHERE], without_gold=True)
    assert evaluation.overall.used_hidden == Share(1, 2)
    assert evaluation.results[0].faults == ("not refused", "hidden document used")


def test_without_gold_needs_gold_ids():
    with pytest.raises(BadGold, match=r"1 of 2 rows have none \(first: when\); add gold_ids"):
        evaluate(WordOverlap(), [ORDERS, WHEN], without_gold=True)
    with pytest.raises(BadGold, match="no gold rows to ask"):
        evaluate(WordOverlap(), [FOUNDER], without_gold=True)


def test_only_gold_hides_all_other_documents():
    assistant = WordOverlap()
    decoy = dataclasses.replace(HOURS, id="decoy", gold_ids=("uganda", "orders"), history=("谁？",))
    evaluation = evaluate(assistant, [ORDERS, FOUNDER, decoy, WHERE], only_gold=True)
    assert [call[2] for call in assistant.calls] == [
        {"seattle", "uganda"},
        {"seattle", "uganda"},
        {"seattle"},
        {"seattle"},
        {"orders", "uganda"},
    ]
    assert (evaluation.only_gold, evaluation.without_gold, evaluation.left_out) == (True, False, 1)
    figures = evaluation.overall
    assert figures.answered == figures.match == Share(2, 3)
    assert figures.hit_at_1 == Share(2, 3)
    assert figures.refusals.false == Share(1, 3)
    assert figures.used_hidden == Share(0, 3)
    assert evaluation.results[2].faults == ("refused wrongly", "not in first 5")


def test_only_gold_finds_the_gold_document_where_another_one_stands_before_it():
    row = dataclasses.replace(WHEN, evidence=(), gold_ids=("uganda",))
    assert judged(row).retrieval.rank == 2
    assert judged(row, only_gold=True).retrieval.rank == 1


def test_only_gold_an_unanswerable_question_about_a_document_must_still_be_refused():
    evaluation = evaluate(
        WordOverlap(), [dataclasses.replace(COLOUR, gold_ids=("orders",))], only_gold=True
    )
    assert evaluation.overall.refusals.recall == Share(0, 1)
    assert evaluation.results[0].faults == ("not refused",)


def test_only_gold_notices_a_document_that_was_not_hidden():
    class Leaky(WordOverlap):
        def retrieve(self, query, top_k=10, *, hidden=()):
            return super().retrieve(query, top_k)

    row = dataclasses.replace(WHEN, gold_ids=("seattle",))
    evaluation = evaluate(Leaky(), [row, ORDERS], only_gold=True)
    assert evaluation.overall.used_hidden == Share(1, 2)
    assert evaluation.results[0].faults == ("hidden document used",)


def test_only_gold_needs_gold_ids_that_are_in_the_index():
    with pytest.raises(
        BadGold, match=r"--only-gold needs gold_ids, and 1 of 2 rows have none \(first: when\)"
    ):
        evaluate(WordOverlap(), [ORDERS, WHEN], only_gold=True)
    astray = dataclasses.replace(HOURS, id="astray", gold_ids=("kenya", "tanzania"))
    assistant = WordOverlap()
    with pytest.raises(BadGold, match=r"none of those of 1 rows \(first: astray, kenya\); index "):
        evaluate(assistant, [ORDERS, astray], only_gold=True)
    assert assistant.calls == []
    with pytest.raises(BadGold, match="no gold rows to ask"):
        evaluate(WordOverlap(), [FOUNDER], only_gold=True)


def test_the_two_kinds_of_hiding_exclude_each_other():
    with pytest.raises(
        InvalidInput, match="--without-gold and --only-gold exclude each other; use one of them"
    ):
        evaluate(WordOverlap(), [ORDERS], without_gold=True, only_gold=True)


def confident(confidences):
    """Gives each question a confidence of its own."""
    return Changed(
        lambda answer: dataclasses.replace(answer, confidence=confidences[answer.question])
    )


CONFIDENCES = {
    WHEN.question: 0.95,
    ORDERS.question: 0.75,
    HOURS.question: 0.72,
    WHERE.question: 0.40,
    FOUNDER.question: 0.10,
    COLOUR.question: 0.78,
}


def test_confidence_is_held_against_the_answers_given():
    evaluation = evaluate(confident(CONFIDENCES), ROWS)
    results = {result.row.id: result for result in evaluation.results}
    assert [result.answer.confidence for result in evaluation.results] == list(CONFIDENCES.values())
    assert [result.right for result in evaluation.results] == [True, True, True, None, None, False]
    assert results["colour"].should_answer is False

    found = evaluation.overall.reliability
    assert {number: each.right for number, each in enumerate(found.bins) if each.right.total} == {
        7: Share(2, 3),
        9: Share(1, 1),
    }
    assert found.error.value == pytest.approx((3 * (0.75 - 2 / 3) + 1 * (1 - 0.95)) / 4)
    assert found.confidence == Mean(pytest.approx(0.8), 4)
    assert [(point.coverage, point.wrong) for point in found.risks] == [
        (Share(1, 4), Share(0, 1)),
        (Share(2, 4), Share(1, 2)),
        (Share(3, 4), Share(1, 3)),
        (Share(4, 4), Share(1, 4)),
    ]


def test_each_group_has_its_own_calibration_error():
    groups = {each.name: each for each in evaluate(confident(CONFIDENCES), ROWS).by_type}
    assert groups["number"].reliability.error.value == pytest.approx(
        (2 * (1 - 0.735) + 1 * (1 - 0.95)) / 3
    )
    assert groups["where"].reliability.error == Mean(None, 0)
    assert groups["unanswerable"].reliability.error == Mean(pytest.approx(0.78), 1)


def test_a_wrong_answer_and_any_answer_with_the_gold_hidden_are_not_right():
    assert judged(dataclasses.replace(WHEN, answers=(("1998",),))).right is False
    hidden = judged(dataclasses.replace(WHEN, gold_ids=("uganda",)), without_gold=True)
    assert (hidden.match, hidden.right) == (True, False)


def test_no_rows():
    with pytest.raises(BadGold, match="no gold rows to ask; give rows"):
        evaluate(WordOverlap(), [])


def test_progress_is_told_of_each_question_that_is_asked():
    seen = []

    def watched(rows):
        assert rows == [ORDERS, HOURS]
        for row in rows:
            yield row
            seen.append(row.id)

    evaluate(WordOverlap(), [FOUNDER, ORDERS, HOURS], without_gold=True, progress=watched)
    assert seen == ["orders", "hours"]
