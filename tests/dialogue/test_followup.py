import pytest
from effort import grows_linearly

from rag.dialogue.followup import LONGEST_CARRIED, Resolved, resolved
from rag.evaluation.gold import read_gold

CITIES = "跨境电商综合试验区新增了哪些城市？"
LOBSTERS = "How many lobsters did Canada sell in 2014?"
NEW_TOPICS = {"s171", "s172", "s173"}


def resolve(question, history):
    return resolved(question, history).searched


def user(*questions):
    return [{"role": "user", "content": question} for question in questions]


def told(question, answer):
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def test_a_question_cut_short_takes_its_place_in_the_frame_of_the_one_before():
    assert resolve("and in 2013?", user(LOBSTERS)) == "How many lobsters did Canada sell in 2013?"
    assert (
        resolve("那2013年呢？", user("加拿大2014年卖了多少龙虾？")) == "加拿大2013年卖了多少龙虾？"
    )
    assert resolve("線下的呢？", user("線上的平台叫什麼？")) == "線下的平台叫什麼？"


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("And how many in 2013?", "How many lobsters did Canada sell in 2013?"),
        ("2013?", "How many lobsters did Canada sell in 2013?"),
        ("那2013年呢？", "How many lobsters did Canada sell in 2013?"),
        ("And Mexico?", "How many lobsters did Mexico sell in 2014?"),
        ("what about the crabs?", "How many lobsters did Canada sell in 2014, the crabs?"),
        ("And why?", "lobsters Canada sell in 2014: And why?"),
        ("Who sold them?", "lobsters Canada sell in 2014: Who sold them?"),
        ("How many did it sell in 2013?", "lobsters Canada sell: How many did it sell in 2013?"),
        ("它去年卖了多少？", "lobsters Canada sell: 它去年卖了多少？"),
    ],
)
def test_follow_ups_of_one_english_question(question, searched):
    assert resolve(question, user(LOBSTERS)) == searched


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("它们要建设哪两个平台？", "跨境电商综合试验区新增 城市 它们要建设哪两个平台？"),
        ("在那裡會見到誰？", "跨境电商综合试验区新增 城市 在那裡會見到誰？"),
        ("为什么？", "跨境电商综合试验区新增 城市 为什么？"),
        ("2012年呢？", "2012年跨境电商综合试验区新增了哪些城市？"),
        ("那汇率呢？", "跨境电商综合试验区新增了哪些城市，汇率？"),
        ("And who runs them?", "跨境电商综合试验区新增 城市 And who runs them?"),
    ],
)
def test_follow_ups_of_one_chinese_question(question, searched):
    assert resolve(question, user(CITIES)) == searched


@pytest.mark.parametrize(
    "question",
    [
        "那杭州呢？",
        "他們要學習多久？",
        "其创始人是谁？",
        "该公司是哪年注册的？",
        "这家公司是哪年注册的？",
        "占全国人口的多少？",
        "到過多少個國家？",
        "什么时候？",
        "后来怎么样了？",
        "What about Seattle?",
        "And what did he buy there with his face?",
        "How large was ITS turnover in 2014?",
        "Who went there?",
        "When was that?",
        "What is this plan called?",
        "Why?",
        "And what did Harper say?",
    ],
)
def test_these_questions_lean_back(question):
    assert resolve(question, user(CITIES)) != question


@pytest.mark.parametrize(
    "question",
    [
        "其他平台的退货率是多少？",
        "与其他平台相比，天猫国际有什么优势？",
        "与其他平台相比，天猫国际的退货率如何？",
        "其它城市有哪些？",
        "吉他是谁送的？",
        "维他奶卖了多少？",
        "马云第一次到美国时他多大？",
        "乌镇那次大会有多少人到场？",
        "海信电视怎么样？",
        "那默克尔是谁？",
        "有多少青年参加这项培训？",
        "How many pilot cities are there in total?",
        "Is there a fee for the exhibitors?",
        "Which company bought Hermes?",  # no "her", no "he"
        "How long does it take to walk from Rome to Paris?",
        "When did France begin to rebuild its empire?",
        "And when did Tmall start to sell lobsters?",
        "And who is Jack Ma?",
        "阿里巴巴的总部在哪里？",
        "What can you do?",
        "你是谁？",
        "谢谢",
        "?",
        "",
    ],
)
def test_these_questions_stand_by_themselves(question):
    assert resolve(question, user(CITIES)) == question


@pytest.mark.parametrize(
    ("earlier", "question", "searched"),
    [
        ("京东到家进驻了多少城市？", "送货要多久？", "京东到家进驻 城市 送货要多久？"),
        ("双十一的包裹数是多少？", "每天平均多少？", "双十一的包裹数 每天平均多少？"),
        ("When was Aromyx founded?", "Who is the CEO?", "Aromyx founded: Who is the CEO?"),
        ("哪12个城市入选了？", "为什么选这些城市？", "12个城市入选 为什么选这些城市？"),
        ("哪12个城市入选了？", "杭州在里面吗？", "12个城市入选 杭州在里面吗？"),
        ("Which 12 cities won?", "Who commented on this?", "12 cities won: Who commented on this?"),
        ("eWTP是什么？", "和B200有什么区别？", "eWTP: 和B200有什么区别？"),
        ("eWTP是什么？", "B200呢？", "B200是什么？"),
        ("eWTP是什么？", "还有呢？", "eWTP是什么？"),
        ("What is IPS?", "Tell me more", "What is IPS?"),
        ("全国快递量是多少？", "上海呢？", "上海 全国快递量是多少？"),
        ("Did Ma meet Putin?", "Merkel?", "Did Ma meet Putin, Merkel?"),
        ("第一条是什么？", "第二条？", "第二条是什么？"),
    ],
)
def test_what_is_too_short_to_be_asked_by_itself_leans_back(earlier, question, searched):
    assert resolve(question, user(earlier)) == searched


def test_the_topic_stays_until_a_complete_question_names_another():
    chain = user("速卖通什么时候进入俄罗斯的？", "每月有多少人下单？")
    plan = user("What is the Marco Polo plan?", "Who attended the lunch?")

    assert resolve("那比利时呢？", chain) == "速卖通 进入比利时 每月有多少人下单？"
    assert resolve("And in France, who did he meet?", plan) == (
        "Marco Polo plan attended the lunch: And in France, who did he meet?"
    )
    assert resolve("谁主持的？", [*chain, *user("乌镇大会在哪天开？")]) == (
        "乌镇大会 开 谁主持的？"
    )


def test_small_talk_is_no_topic():
    for words in ("ok", "Got it, thanks!", "好的", "谢谢你"):
        assert resolve("Who proposed it?", user("What is eWTP?", words)) == "eWTP: Who proposed it?"
        assert resolve(words, user("What is eWTP?")) == words
    assert resolve("它是在哪成立的？", user(CITIES, "好的，那么海盟是什么？")) == (
        "海盟 它是在哪成立的？"
    )
    assert resolve("好的，那么海盟是什么？", user(CITIES)) == "海盟是什么？"
    assert resolve("再说一遍", user("谢谢你")) == "再说一遍"


def test_in_a_chain_the_last_words_of_a_kind_win():
    chain = user("上海2012年有多少家门店？", "北京呢？", "那2013年呢？")

    assert resolve("广州呢？", chain) == "广州2013年有多少家门店？"
    assert resolve("它们的店员有多少？", chain) == "北京2013年 门店 它们的店员有多少？"


def test_a_change_of_topic_ends_a_chain():
    chain = user(CITIES, "它们要建设哪两个平台？", "What is the Marco Polo plan?")

    assert resolve("When was it announced?", chain) == "Marco Polo plan: When was it announced?"
    assert resolve("阿里巴巴的总部在哪里？", chain) == "阿里巴巴的总部在哪里？"


def test_a_short_answer_says_who_or_where():
    online = told("馬雲第一次上網是在哪裡？", "馬雲第一次上網是在西雅圖。[1]")
    founder = told("Who founded Aromyx?", "Aromyx was founded by Chris Hanson. [1][2]")

    assert resolve("那裡有多少家公司？", online) == "馬雲第一次上網 西雅圖 那裡有多少家公司？"
    assert resolve("Where was he born?", founder) == (
        "founded Aromyx Chris Hanson: Where was he born?"
    )
    assert resolve("它还有什么？", [*online, *user("腾讯的总部在哪里？")]) == (
        "腾讯的总部 它还有什么？"  # the answer was to another question
    )
    wallet = [*user("谁建了Paytm？"), *told("它的总部在哪里？", "在孟买。")]
    assert resolve("那裡有多少人？", wallet) == "建了Paytm 总部 孟买 那裡有多少人？"


def test_what_chooses_the_answer_is_the_question_with_the_names_it_points_at():
    history = user("谁是Aromyx的首席执行官？")

    assert resolved("它是哪年成立的？", history) == Resolved(
        "Aromyx的首席执行官 它是哪年成立的？", "Aromyx: 它是哪年成立的？"
    )
    assert resolved("Why?", user(LOBSTERS)).asked == "lobsters Canada sell in 2014: Why?"
    assert resolved("2013?", user(LOBSTERS)).asked == "How many lobsters did Canada sell in 2013?"
    assert resolved(CITIES, history) == Resolved(CITIES, CITIES)


def test_without_an_earlier_question_nothing_is_added():
    assert resolve("它是哪年成立的？", []) == "它是哪年成立的？"
    assert resolve(" When was it founded? ", user("", "  ")) == " When was it founded? "
    assert resolve("它呢？", [{"role": "user", "content": None}, {"role": "user"}]) == "它呢？"
    assert resolve("它呢？", [{"role": "assistant", "content": "1999年[1]"}]) == "它呢？"
    assert resolve("它呢？", user("?", "谁？")) == "它呢？"


def test_a_long_message_gives_its_last_question_else_its_beginning():
    pasted = "外贸承压。" * 400

    assert resolve("那2013年呢？", user(f"{pasted}\n2014年有多少家？")) == "2013年有多少家？"
    assert len(resolve("它是谁写的？", user(pasted))) <= LONGEST_CARRIED + len(" 它是谁写的？")
    assert resolve(pasted + "它呢？", user(CITIES)) == pasted + "它呢？"


def test_only_the_last_six_questions_count():
    leaning = ["它们要建什么？"] * 5

    assert "综合试验区" in resolve("它们在哪里？", user(CITIES, *leaning))
    assert "综合试验区" not in resolve("它们在哪里？", user(CITIES, *leaning, "它们呢？"))


def test_a_very_long_history_costs_little():
    history = [
        {"role": role, "content": "A. it and 那里的它呢？" * 700}
        for _ in range(300)
        for role in ("user", "assistant")
    ]
    resolve("它呢？", user(CITIES))  # loads the dictionary

    def work(size: int) -> str:
        return resolve("and how many there?", history[-size:])

    assert grows_linearly(work, len(history))
    searched = work(len(history))
    assert len(searched) <= LONGEST_CARRIED + len(": and how many there?")


def test_every_follow_up_of_the_sample_questions_is_seen_as_one():
    followed = [row for row in read_gold("seeds/questions.jsonl") if row.history]

    assert len(followed) >= 50
    alone = {
        row.id for row in followed if resolve(row.question, user(*row.history)) == row.question
    }
    assert alone == NEW_TOPICS
