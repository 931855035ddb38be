import pytest

from rag.dialogue.substitution import substituted, with_times_of


@pytest.mark.parametrize(
    ("earlier", "fragment", "whole"),
    [
        ("2014年卖了多少？", "2013年", "2013年卖了多少？"),
        ("2014年卖了多少？", "2013", "2013年卖了多少？"),
        ("How many in 2014?", "2013年", "How many in 2013?"),
        ("卖了多少？", "2013年", "2013年卖了多少？"),
        ("How many were sold?", "since 2013", "How many were sold since 2013?"),
        ("2015年12月15日去了哪里？", "12月22日", "2015年12月22日去了哪里？"),
        ("2015年12月15日去了哪里？", "22日", "2015年12月22日去了哪里？"),
        ("2015年12月15日去了哪里？", "11月", "2015年11月去了哪里？"),
        ("What happened on 3 March 2015?", "on 5 May", "What happened on 5 May 2015?"),
        ("2013年和2014年各是多少？", "2015年", "2015年各是多少？"),
        ("2013年3月的和4月的谁多？", "5月", "2013年5月的谁多？"),
        ("2013年卖了多少，又在2014年买了几只？", "2015年", "2015年卖了多少，又在2015年买了几只？"),
        ("50吨算什么贸易？", "三吨", "三吨算什么贸易？"),
        ("第一届在哪里开？", "第二届", "第二届在哪里开？"),
    ],
)
def test_a_date_or_a_quantity_replaces_one_of_its_kind(earlier, fragment, whole):
    assert substituted(earlier, fragment) == whole


@pytest.mark.parametrize(
    ("earlier", "fragment", "whole"),
    [
        ("马云在德国见了谁？", "意大利", "马云在意大利见了谁？"),
        ("马云在德国见了谁？", "in Italy", "马云在Italy见了谁？"),
        ("馬雲在德國見了誰？", "在義大利", "馬雲在義大利見了誰？"),
        ("Did Uniqlo open shops in Rome?", "Paris", "Did Uniqlo open shops in Paris?"),
        ("How many shops did Uniqlo open?", "Zara", "How many shops did Zara open?"),
        ("What did Acme pay for Fox?", "for Lynx", "What did Acme pay for Lynx?"),
        ("What did Acme sell?", "to Mexico", "What did Acme sell to Mexico?"),
        ("How much did Uniqlo sell in 2014?", "Zara in 2013", "How much did Zara sell in 2013?"),
        ("优衣库2015年开了多少家店？", "Zara", "Zara 2015年开了多少家店？"),
        ("马云见了谁？", "张勇", "张勇见了谁？"),
        ("Who is the CEO of Aromyx?", "the CFO", "Who is the CFO of Aromyx?"),
        ("绩溪的总经理是谁？", "董事长", "绩溪的董事长是谁？"),
        ("谁是CEO？", "CFO", "谁是CFO？"),
    ],
)
def test_a_name_replaces_the_one_that_plays_its_part(earlier, fragment, whole):
    assert substituted(earlier, fragment) == whole


@pytest.mark.parametrize(
    ("earlier", "fragment"),
    [
        ("What did Acme pay for Fox?", "Lynx"),  # for which of the two?
        ("天猫在上海有多少家店？", "京东"),
        ("马云在德国见了谁？", "西雅图"),
        ("How many shops did Uniqlo open?", "Shanghai"),
        ("马云在德国见了谁？", "张勇"),
        ("商场开了多少家店？", "Zara"),  # a word that all know
        ("杨浩涌后来去做什么了？", "姚劲波"),  # the name may end later than it was cut
        ("网购额是多少？", "增幅"),
        ("How many lobsters were sold?", "crabs"),
        ("物流中心有多少个？", "物价"),  # alike, but no contrast
        ("英国馆有多少人？", "英文馆"),  # alike, but a name
    ],
)
def test_where_the_counterpart_is_not_sure_nothing_is_replaced(earlier, fragment):
    assert substituted(earlier, fragment) is None


@pytest.mark.parametrize(
    ("earlier", "fragment", "whole"),
    [
        ("三橫三縱裡的三橫是什麼？", "三縱", "三橫三縱裡的三縱是什麼？"),
        ("上海的进口额是多少？", "出口额", "上海的出口额是多少？"),
        ("国内有多少人？", "国外", "国外有多少人？"),
        ("網絡購物增長多少？", "網絡直播", "網絡直播增長多少？"),
        ("L0买家是什么？", "L4", "L4买家是什么？"),
        ("How much were imports worth?", "exports", "How much were exports worth?"),
        ("甲公司和乙公司是哪天合并的？", "丙厂和丁厂", "丙厂和丁厂是哪天合并的？"),
        ("甲和乙的总部在哪里？", "丙和丁", "丙和丁的总部在哪里？"),
    ],
)
def test_words_of_a_shape_replace_each_other(earlier, fragment, whole):
    assert substituted(earlier, fragment) == whole


def test_only_times_that_come_again_are_taken_out():
    assert with_times_of("加拿大在2014年卖了多少？", "它2013年买了多少？") == "加拿大卖了多少？"
    assert with_times_of("Who sold 50 tons in 2014?", "Where in Paris?") == (
        "Who sold 50 tons in 2014?"
    )


def test_a_thing_of_the_same_sort_takes_the_place_of_the_one_at_the_head():
    assert substituted("红杉塔有多高？", "白桦塔") == "白桦塔有多高？"
    assert substituted("东站食堂几点关门？", "西站食堂") == "西站食堂几点关门？"
    assert substituted("红杉塔有多高？", "设计费") is None
    assert substituted("哪座塔最高？", "白桦塔") is None
