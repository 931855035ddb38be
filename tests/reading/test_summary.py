"""The sentences that say what a document is about."""

from dataclasses import replace

import numpy as np
from effort import grows_linearly
from passages import passage_of

from rag.language.sentences import sentences
from rag.reading.summary import summary
from rag.types import Chunk

# Near the first axis lies what the document is about.
BRIDGE = "海湾大桥连接两岸的三个城市和两个港口。"
AGAIN = "海湾大桥连接两岸的三个城市与两个港口。"
TOLL = "过桥费为每车十五元，夜间对所有车辆免费。"
LUNCH = "工程师们中午常在附近的餐厅里吃面条。"
WHY = "为什么要在这个海湾里修建这样一座大桥？"
LONG = "海湾大桥连接两岸，" * 5 + "全长三公里半。"
VECTORS = {
    LONG: (1.0, 0.2, 0.0),
    BRIDGE: (1.0, 0.0, 0.0),
    AGAIN: (0.99, 0.1, 0.0),
    TOLL: (0.8, 0.6, 0.0),
    LUNCH: (0.0, 0.0, 1.0),
    WHY: (1.0, 0.0, 0.0),
}


def document(*texts):
    """Passages of these sentences, each a unit of itself, with its vector."""
    found, place = [], 0
    for number, text in enumerate(texts):
        chunk = Chunk(f"d#{number}", "d", "", text, place, place + len(text), number)
        spans = list(sentences(text))
        units = [VECTORS.get(text[a:b], (0.5, 0.5, 0.1)) for a, b in spans]
        vectors = np.array(units, dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        found.append(replace(passage_of(chunk), spans=spans, unit_vectors=vectors))
        place += len(text)
    return found


def told(passages, room=400, query=None):
    return [
        passages[each.passage].text[each.start : each.end]
        for each in summary(passages, room, query)
    ]


def test_central_sentences_come_in_the_order_of_the_document():
    assert told(document(TOLL + LUNCH, BRIDGE)) == [TOLL, BRIDGE]


def test_what_was_said_before_in_nearly_the_same_words_is_left_out():
    assert told(document(BRIDGE, AGAIN, TOLL, LUNCH)) == [BRIDGE, TOLL]


def test_a_question_states_nothing():
    assert WHY not in told(document(WHY, TOLL, BRIDGE, LUNCH))


def test_the_sentences_fit_into_the_room_and_one_is_always_there():
    passages = document(BRIDGE, TOLL, LUNCH)

    assert len(told(passages, room=60)) == 2
    assert len(told(passages, room=20)) == 1
    assert len(told(passages, room=1)) == 1
    assert summary([], 400) == []


def test_no_sentence_takes_more_than_a_third_of_the_room():
    assert told(document(LONG, TOLL, LUNCH), room=200) == [LONG, TOLL]
    assert told(document(LONG, TOLL, LUNCH), room=120) == [TOLL]


def test_what_a_document_says_of_itself_is_not_what_it_is_about():
    source = "来源：《海湾日报》二〇一五年五月十九日第三版。"

    assert told(document(BRIDGE, source, LUNCH)) == [BRIDGE]


def test_the_mark_of_a_list_is_no_part_of_a_sentence():
    assert told(document(f"- {BRIDGE}\n- {TOLL}")) == [BRIDGE, TOLL]


def test_a_query_draws_the_sentences_to_what_it_asks():
    passages = document(BRIDGE, TOLL, LUNCH)

    assert told(passages, query=np.array([0.0, 0.0, 1.0])) == [LUNCH]


def test_sentences_of_one_unit_share_its_vector():
    (passage,) = document(BRIDGE + LUNCH)
    whole = replace(
        passage, spans=[(0, len(passage.text))], unit_vectors=np.array([[1.0, 0.0, 0.0]])
    )

    assert [(each.start, each.end) for each in summary([whole], 400)] == [
        (0, len(BRIDGE)),
        (len(BRIDGE), len(BRIDGE + LUNCH)),
    ]


def test_english_sentences_have_room_for_their_letters():
    text = "The bridge joins three cities and two harbours on both shores of the bay. Why? No."

    assert told(document(text)) == [text[:-9]]


def test_a_long_document_costs_by_its_length():
    passages = document(*(f"海湾大桥第{number}段连接两岸的三个城市。" for number in range(2000)))

    assert grows_linearly(lambda size: summary(passages[:size], 400), 2000)
