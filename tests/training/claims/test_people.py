"""Other names and titles, and two who stand in each other's place."""

import random

import pytest

from rag.reading.cross_encoder import ReaderInput
from rag.training.claims import people
from rag.training.claims.basis import Basis, changed
from rag.training.claims.people import Namer

LENT = [
    ("王小明在巴黎。王小明在上海。", True),
    ("刘建国在巴黎。刘建国在上海。", True),
    ("He met Miriam Katz in Berlin. He met Miriam Katz in Lima.", False),
    ("We saw Berlin and Lima.", False),
]


@pytest.fixture(scope="module")
def namer():
    return Namer(LENT)


def found_by(maker, claim, evidence=None, is_chinese=True):
    basis = Basis(claim, ReaderInput("", evidence or claim), is_chinese)
    made = [maker(basis, random.Random(seed)) for seed in range(40)]
    return {changed(basis, change) for change in made if change}


def test_a_name_becomes_another_of_its_kind(namer):
    assert found_by(namer.name, "马云住在杭州。") == {
        "王小明住在杭州。",
        "刘建国住在杭州。",
        "马云住在巴黎。",
        "马云住在上海。",
    }
    assert found_by(namer.name, "She met Zhang Kuo in Tokyo.", is_chinese=False) == {
        "She met Miriam Katz in Tokyo.",
        "She met Zhang Kuo in Berlin.",
        "She met Zhang Kuo in Lima.",
    }


def test_a_name_of_another_sentence_is_put_in(namer):
    found = found_by(namer.name, "马云住在杭州。", "马云住在杭州。张阔去了天津。")

    assert "马云住在天津。" in found


def test_a_name_that_is_not_in_the_evidence_stays(namer):
    assert found_by(namer.name, "马云住在杭州。", "他住在那里。") == set()


@pytest.mark.parametrize(
    ("claim", "is_chinese", "some", "never"),
    [
        ("林月是博物馆馆长。", True, {"林月是博物馆副馆长。"}, {"林月是博物馆馆长。"}),
        ("林月是副馆长。", True, {"林月是馆长。"}, {"林月是副副馆长。"}),
        ("Lin is the director.", False, {"Lin is the deputy director."}, set()),
        (
            "Lin is a director.",
            False,
            {"Lin is an acting director."},
            {"Lin is a acting director."},
        ),
        ("Lin is the deputy director.", False, {"Lin is the director."}, set()),
    ],
)
def test_a_title_becomes_another(claim, is_chinese, some, never):
    found = found_by(people.title, claim, is_chinese=is_chinese)

    assert some <= found
    assert not never & found


def test_a_title_within_another_word_is_none():
    assert found_by(people.title, "她住在总统府。") == set()
    assert found_by(people.title, "It was a presidential visit.", is_chinese=False) == set()


@pytest.mark.parametrize(
    ("claim", "is_chinese", "expected"),
    [
        ("马云采访了王小明。", True, {"王小明采访了马云。"}),
        ("马云与王小明见面。", True, set()),
        ("马云和王小明采访了他。", True, set()),
        ("Zhang Kuo defeated Miriam Katz.", False, {"Miriam Katz defeated Zhang Kuo."}),
        ("Zhang Kuo married Miriam Katz.", False, set()),
        ("Zhang Kuo and Miriam Katz worked there.", False, set()),
    ],
)
def test_two_exchange_their_places_where_one_acts_on_the_other(claim, is_chinese, expected):
    assert found_by(people.exchanged, claim, is_chinese=is_chinese) == expected


def test_all_names_of_a_kind_are_lent_from_two_on(namer):
    assert namer.lent(True) == {"person": ["王小明", "刘建国"], "place": ["巴黎", "上海"]}
    assert Namer([("马云在巴黎。", True)]).lent(True) == {"person": [], "place": []}
