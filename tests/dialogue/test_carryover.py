import pytest

from rag.dialogue.carryover import content, content_words, named_by


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("Who is the chief executive of Aromyx?", "chief executive of Aromyx"),
        ("How many lobsters did Canada sell?", "lobsters Canada sell"),
        ("And when was it founded?", "founded"),
        ("谁是马云？", "马云"),
        ("請問馬雲第一次上網是在哪裡呢？", "馬雲第一次上網"),
        ("哪12个城市设了试验区？", "12个城市设了试验区"),
        ("What is i-Shanghai, 上海的网络？", "i-Shanghai 上海的网络"),
        ("这个项目的预算是多少？", "项目的预算"),
        ("携程和去哪儿是哪天换股的？", "携程和去哪儿 换股"),
        ("在哪一年开园的？", "开园"),
        ("天津是第几座试点城市？", "天津 试点城市"),
        ("为什么？", ""),
        ("", ""),
    ],
)
def test_words_that_ask_or_point_are_left_behind(text, carried):
    assert content(text, "") == carried


def test_what_the_question_says_itself_is_not_carried():
    assert content("马云在德国吗？", "马云去德国见谁？") == ""
    assert content("What is Paytm, the wallet?", "Who made the wallet Paytm?") == ""
    assert content("What is Paytm, the wallet?", "Who made Paytm?") == "wallet"


def test_content_words_are_folded_and_say_something():
    assert content_words("他們要學習多久？") == ["学习"]
    assert content_words("Is THERE anything in 2014?") == ["anything", "2014"]


@pytest.mark.parametrize(
    ("earlier", "answer", "named"),
    [
        ("总部在哪座城市？", "总部在杭州。[1]", "杭州"),
        ("Where is it?", "It is in Seattle, not in Rome.[1][2]", "Seattle, Rome"),
        ("是谁说的？", "张骥和马云[1]", "张骥、马云"),
        ("哪家公司投的？", "波罗蜜[1]", "波罗蜜"),
        ("Which firm made it?", "Lytro made it.", "Lytro"),
        ("马云在哪里上网？", "马云在德国[1]", "德国"),  # he is in the question
        ("马云在哪里上网？", "马云和张勇在德国[1]", "德国"),
        ("总部在哪座城市？", "杭州，就是杭州", "杭州"),
        ("是谁说的？", "一位老人。[1]", "一位老人"),
        ("总部在哪里？", "在天津、上海、重庆。", ""),
        ("哪12个城市？", "天津、上海、重庆、合肥[1]", ""),
        ("总部在哪里？", "杭州" + "很大" * 40, ""),
        ("2014年卖了多少？", "在加拿大卖了九万只。", ""),
        ("是谁说的？", "", ""),
    ],
)
def test_a_short_answer_to_who_where_and_which_one_gives_names(earlier, answer, named):
    assert named_by(answer, earlier, "它呢？") == named
