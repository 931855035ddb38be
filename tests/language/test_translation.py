"""Short answers as they occur, in the language of the question; None where none is better."""

import pytest

from rag.language.glossary import Glossary
from rag.language.translation import translated

TO_ENGLISH = {
    # amounts
    "3.5亿": "350 million",
    "1400万": "14 million",
    "6400万": "64 million",
    "900万": "9 million",
    "50万": "500,000",
    "1.2万": "12,000",
    "9万多只": "more than 90,000",
    "20多项": "more than 20",
    "43.2%": "43.2%",
    "130%": "130%",
    "百分之三十": "30%",
    "三成": "30%",
    "三分之二": "two-thirds",
    "一半": "half",
    "一半以上": "more than half",
    "0.5个百分点": "0.5 percentage points",
    "600吨": "600 tonnes",
    "180吨": "180 tonnes",
    "37亩": "37 mu",
    "42米": "42 metres",
    "3.5公里": "3.5 kilometres",
    "1.8万平方公里": "18,000 square kilometres",
    "340英里": "340 miles",
    "30至60厘米": "30 to 60 centimetres",
    "3到5万": "30,000 to 50,000",
    "687和760纳米": "687 and 760 nanometres",
    "时速126英里": "126 miles per hour",
    "0.3 到 0.6°C": "0.3 to 0.6 degrees Celsius",
    "200亿美元": "20 billion US dollars",
    "220亿美元": "22 billion US dollars",
    "1万亿元": "1 trillion yuan",
    "人民币100元": "100 yuan",
    "500万欧元": "5 million euros",
    "一个": "one",
    "四次": "four",
    "两支": "two",
    "二十五岁": "25 years old",
    "100人左右": "about 100 people",
    "近300万人": "nearly 3 million people",
    "不到10%": "less than 10%",
    "超过50个": "more than 50",
    "至少三天": "at least three days",
    "5000家企业": "5000 companies",
    "33个国家": "33 countries",
    "240多座城市和50家企业": "more than 240 cities and 50 companies",
    "20名专家和工人": "20 experts and workers",
    "四个城市": "four cities",
    "10倍": "10 times",
    "第二届": "second",
    "第12": "12th",
    "4 分 51 秒": "4 minutes 51 seconds",
    "17 秒": "17 seconds",
    "六年": "six years",
    "16年前": "16 years ago",
    "3个月": "3 months",
    "7,000平方公里（2,700平方英里）": "7,000 square kilometres (2,700 square miles)",
    "180吨和600吨": "180 tonnes and 600 tonnes",
    # dates
    "1月6日": "January 6",
    "2015年": "2015",
    "1999 年": "1999",
    "2015年3月9日": "March 9, 2015",
    "1961年7月": "July 1961",
    "9月": "September",
    "今年9月": "September this year",
    "1521年夏天": "summer of 1521",
    "20世纪50年代": "1950s",
    "十九世纪": "19th century",
    "19世纪末": "late 19th century",
    "1990年代中期": "mid-1990s",
    "公元前168年": "168 BC",
    "1990年至1995年": "1990 to 1995",
    "3月5日至8日": "March 5–8",
    "2015年上半年": "first half of 2015",
    "星期一": "Monday",
    # places
    "西雅图": "Seattle",
    "加拿大": "Canada",
    "乌镇": "Wuzhen",
    "浙江乌镇": "Wuzhen, Zhejiang",
    "广东省深圳市": "Shenzhen, Guangdong",
    "美国洛杉矶": "Los Angeles, United States",
    "绩溪县": "Jixi",
    "海淀区": "Haidian",
    "烏干達": "Uganda",
    "在西雅图": "in Seattle",
    "阿拉斯加州": "Alaska",
    "北京和上海": "Beijing and Shanghai",
    "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州": (
        "Tianjin, Shanghai, Chongqing, Hefei, Zhengzhou, Guangzhou, Chengdu, Dalian, Ningbo,"
        " Qingdao, Shenzhen, Suzhou"
    ),
    # people, bodies, terms
    "张阔": "Zhang Kuo",
    "陈杰": "Chen Jie",
    "习近平": "Xi Jinping",
    "欧阳明华": "Ouyang Minghua",
    "曾雪麟": "Zeng Xuelin",
    "马云先生": "Mr Jack Ma",
    "李正鹰教授": "Professor Li Zhengying",
    "贝多芬": "Ludwig van Beethoven",
    "铁壁威廉 (William Iron Arm)": "William Iron Arm",
    "国务院": "State Council",
    "委员会": "committee",
    "匈牙利人": "Hungarians",
    "法语": "French",
    "海鲜": "seafood",
    "海鲜、猪肉": "seafood, pork",
    "电子商务": "e-commerce",
    "《哈姆雷特》": "Hamlet",
    "Smile to Pay": "Smile to Pay",
    "BSkyB": "BSkyB",
    # none
    "约翰·埃尔维": None,
    "罗洛": None,
    "瑪格麗特": None,
    "金正哲": None,
    "平台": None,
    "再生": None,
    "红海": None,
    "江南": None,
    "前锋": None,
    "马可波罗计划": None,
    "海鲜和运动装备": None,
    "三、四月份": None,
    "促销导致俄罗斯邮政瘫痪": None,
    "没有": None,
    "更好": None,
    "生活中的一些特殊事件": None,
    "匈牙利王国": None,
    "第一个版本": None,
    "618年": None,
    "33个地区": None,
    "20个产品": None,
    "三个孩子": None,
    "四百万两": None,
    "广岛县福山市": None,
    "奥塔市": None,
    "莫家拳": None,
    "《更好》": None,
    "曼联": None,
}

TO_CHINESE = {
    "January 6, 2015": "2015年1月6日",
    "6 January": "1月6日",
    "September 2008": "2008年9月",
    "May": "5月",
    "the 1990s": "20世纪90年代",
    "mid-1770s": "18世纪70年代中期",
    "19th century": "19世纪",
    "168 BC": "公元前168年",
    "summer of 1521": "1521年夏天",
    "1990 to 1995": "1990年至1995年",
    "in 1995": "1995年",
    "24 July to 9 August 2020": "2020年7月24日至8月9日",
    "20 million": "2000万",
    "3.5 million": "350万",
    "2.3 billion": "23亿",
    "1.25 trillion": "1.25万亿",
    "more than 2.3 billion": "超过23亿",
    "$20 billion": "200亿美元",
    "$500": "500美元",
    "£3m": "300万英镑",
    "10 billion yuan": "100亿元",
    "58 square miles": "58平方英里",
    "12.5 km": "12.5公里",
    "600 tonnes": "600吨",
    "18 percent": "18%",
    "7 to 10 percent": "7%至10%",
    "43.2%": "43.2%",
    "1,388": "1,388",
    "two-thirds": "三分之二",
    "over half": "一半以上",
    "four": "4",
    "twelfth": "第十二",
    "twice": "两次",
    "at least 15,000 people": "至少15,000人",
    "three years": "3年",
    "three years ago": "3年前",
    "687 and 760 nm": "687和760纳米",
    "Canada": "加拿大",
    "the United States": "美国",
    "Seattle": "西雅图",
    "Shenzhen, Guangdong": "广东深圳",
    "Sydney, New South Wales, Australia": "澳大利亚新南威尔士州悉尼",
    "Kazakhstan and Tonga": "哈萨克斯坦和汤加",
    "Tianjin, Shanghai and Suzhou": "天津、上海和苏州",
    "State Council": "国务院",
    "World Trade Organization": "世界贸易组织",
    "Albert Einstein": "爱因斯坦",
    "the national anthem": "国歌",
    "soybeans": "大豆",
    "lobster": "龙虾",
    "Babytree (宝宝树)": "宝宝树",
    "John Elway": None,
    "Zhang Kuo": None,
    "Paris, Texas": None,
    "Tianjin, Shanghai": None,
    "French": None,
    "Qing": None,
    "Ministry of Justice": None,
    "tonic": None,
    "may": None,
    "the changing of social attitudes towards women": None,
    "100 pounds": None,
    "16 m": None,
    "lobster and other things": None,
}


@pytest.mark.parametrize(("words", "expected"), TO_ENGLISH.items())
def test_to_english(lexicon, words, expected):
    assert translated(words, "en", lexicon) == expected


@pytest.mark.parametrize(("words", "expected"), TO_CHINESE.items())
def test_to_chinese(lexicon, words, expected):
    assert translated(words, "zh", lexicon) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("New Zealand", "紐西蘭"),
        ("20 million", "2000萬"),
        ("340 kilometres", "340公里"),
        ("the 1990s", "20世紀90年代"),
        ("Shenzhen, Guangdong", "廣東深圳"),
        ("State Council", "國務院"),
    ],
)
def test_to_the_script_of_the_question(lexicon, words, expected):
    assert translated(words, "zh-Hant", lexicon) == expected


@pytest.mark.parametrize("words", ["", "，。", "天" * 401])
def test_what_is_no_short_answer_is_not_translated(lexicon, words):
    assert translated(words, "en", lexicon) is None


def test_the_users_own_names_go_first(lexicon):
    own = lexicon.with_glossary(Glossary.parse("天猫\tTmall\n乌镇\tWatertown\n"))

    assert translated("天猫、乌镇", "en", own) == "Tmall, Watertown"
    assert translated("Tmall", "zh", own) == "天猫"
    assert translated("天猫", "en", lexicon) is None


@pytest.mark.parametrize("marks", ["“{}”", "{}，", " {} ", "「{}」"])
def test_marks_around_the_words_do_not_matter(lexicon, marks):
    assert translated(marks.format("国务院"), "en", lexicon) == "State Council"
