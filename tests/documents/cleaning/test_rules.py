import random
from collections.abc import Iterator

import pytest
import repository
from effort import grows_linearly

from rag.documents.cleaning.layout import remove_contents, remove_page_furniture
from rag.documents.cleaning.lines import join_page_breaks, join_wrapped_lines
from rag.documents.cleaning.markup import remove_html, remove_markdown, remove_navigation
from rag.documents.cleaning.pinyin_notes import remove_pinyin_notes
from rag.documents.cleaning.rules import (
    RULES,
    clean,
    collapse_blank_lines,
    collapse_spaces,
    normalise_newlines,
    remove_disclaimers,
    remove_invisible,
)

SHARED = repository.SHARED / "seeds"

# A newsletter of our own with every kind of damage in it.
NEWSLETTER = """\
\ufeff港口通讯\r
\r
目 录\r
\r
【港口动态】\t\r
新码头投入使用\t2\r
冷链仓库扩建·····\t4\r
【企业来信】\t\r
一家小店的第一年……9\r
\r
【港口动态】\r
\r
新码头投入使用\r
\r
今年 3 月，北湾港的新码头开始接收货船。港务局说，吞吐量可望达到 1200 万吨，比去年多两成，码头的夜\r
\r
班作业也会从每周 4 天增加到 6 天。\r
\r
- 3 -\r
\r
<p>冷库<span class="k">面积</span>增加一倍。</p><p>见[<b>公告</b>](https://example.org/a)。</p>\r
\r
我們(men)的小店開(kāi)了一年(nián)，客人(rén)多了。\r
\r
[返回首页](/)｜[上一篇](/a.html)\r
免责声明：本刊文章只代表作者本人，不负法律责任。\r
- 北湾港招聘装卸工\r
- 夏季休渔期开始\r
- 码头餐厅换了新菜单\r
"""

CLEANED = """\
港口通讯

【港口动态】

新码头投入使用

今年3月，北湾港的新码头开始接收货船。港务局说，吞吐量可望达到1200万吨，比去年多两成，\
码头的夜班作业也会从每周4天增加到6天。

冷库面积增加一倍。

见公告。

我們的小店開了一年，客人多了。"""

ENGLISH = """\
# Harbour notes

The new quay took in its first ships in March, and the harbour
office expects 12 million tonnes this year, a fifth more than in
the last.

> Cold stores (the KSOC ones) double; see [the notice](https://example.org/n).

- 3 -

Page 4 of 9
"""

ENGLISH_CLEANED = """\
# Harbour notes

The new quay took in its first ships in March, and the harbour office expects 12 million tonnes \
this year, a fifth more than in the last.

Cold stores (the KSOC ones) double; see the notice."""


def real_documents() -> Iterator[str]:
    for path in sorted(SHARED.glob("*.txt")):
        yield path.read_text(encoding="utf-8")


def seed(number: str) -> str:
    paths = list(SHARED.glob(f"{number}_*.txt"))
    if not paths:
        pytest.skip(f"no real documents at {SHARED}")
    return paths[0].read_text(encoding="utf-8")


def is_subsequence(shorter: str, longer: str) -> bool:
    rest = iter(longer)
    return all(character in rest for character in shorter)


def damaged_texts(count: int) -> Iterator[str]:
    pieces = [
        *"外贸增长的。，“”（）()<>[]*#-·… \t\n\n\n\f",
        "<b>", "</p>", "<!--", "-->", "<script>", "&nbsp;", "/strong>", "[a](http://b)",
        "![](c.png)",         "時(shí)", "(de)", "?zāi)", "目录\n", "……12\n", "\n3\n", "- 标题\n",
        "免责声明：仅供参考\n", "\r\n",
        "12 个", "this is a line of English words that is cut\n", "```\n",
        "这一行有足够多的字但是没有写完就断开了，\n\n",
    ]  # fmt: skip
    dice = random.Random(7)
    for _ in range(count):
        yield "".join(dice.choices(pieces, k=dice.randint(1, 80)))


def test_newsletter_comes_out_as_its_own_words():
    assert clean(NEWSLETTER) == CLEANED


def test_english_notes_come_out_as_their_own_words():
    assert clean(ENGLISH) == ENGLISH_CLEANED


@pytest.mark.parametrize("rule", [*RULES, clean], ids=lambda rule: rule.__name__)
def test_rules_only_delete_or_join_white_space(rule):
    for text in [NEWSLETTER, ENGLISH, *damaged_texts(400), *real_documents()]:
        assert is_subsequence("".join(rule(text).split()), "".join(text.split()))


def test_clean_twice_is_clean_once():
    for text in [NEWSLETTER, ENGLISH, *real_documents()]:
        assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "unit",
    ["<", "(", " ", "[", "`", "*", "<a ", "<a b=", "(a", "[x](", "<!--", "<script", "? (", "．",
     "1 ", "我 ", ">", "> ", "&", "……1", "免责声明："],
)  # fmt: skip
def test_clean_takes_linear_time(unit):
    assert grows_linearly(lambda size: clean(unit * (size // len(unit))), 400_000)


@pytest.mark.parametrize("line", ["", "a", "12", "- ", "```", "目录", "港口，", "……12", "> ", "\f"])
def test_clean_takes_linear_time_in_lines(line):
    assert grows_linearly(lambda lines: clean(f"{line}\n" * lines), 20_000)


def test_newlines_of_all_systems_become_one_kind():
    assert normalise_newlines("甲\r\n乙\rc\u2028丁\x85戊\n") == "甲\n乙\nc\n丁\n戊\n"


def test_invisible_characters_go():
    assert remove_invisible("\ufeff跨\u200b境\x00 e\xadcom\u2060merce\x07") == "跨境 ecommerce"
    assert remove_invisible("tab\tstays, and damage \ufffd too") == (
        "tab\tstays, and damage \ufffd too"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<p>港口<span id="a.b">扩建</span>了</p>', "\n港口扩建了\n"),
        ("第一行<br/>第二行<BR>three", "第一行\n第二行\nthree"),
        ('<a href="//x.cn/1" class=k data-c="1,B">冷库</a>', "冷库"),
        ("前<!-- 广告 <b> -->后", "前后"),
        ("前<script>if (a < b) {}</script>后<style>p{}</style>", "前后"),
        ("小店走向世界?/strong>\n下一段", "小店走向世界?\n下一段"),
        ("码头&nbsp;新闻 AT&amp;T", "码头 新闻 AT&amp;T"),
        ("a < b and c > d", "a < b and c > d"),
        ("if x <b and y> c", "if x <b and y> c"),
        ("Map<String, List<T>> and x<y>z", "Map<String, List<T>> and x<y>z"),
        ("《<三字经>》 <http://example.org/p>", "《<三字经>》 <http://example.org/p>"),
        ("path/a>b, 5 km/p>3", "path/a>b, 5 km/p>3"),
        ("use `<br>` here", "use `<br>` here"),
        ("```html\n<p>code</p>\n```\n<p>文</p>", "```html\n<p>code</p>\n```\n\n文\n"),
    ],
)
def test_html(text, expected):
    assert remove_html(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("正文\n<https://example.org/news/1.html>\n完", "正文\n\n完"),
        ("[返回港口新闻](//example.org/n/)｜[返回首页](/)", ""),
        ("[Home](/) | [News](/news) | [About](/about)", ""),
        ("[上一篇：新码头](/3.html)", ""),
        ("[新码头](/3.html)", "[新码头](/3.html)"),
        ("- [Guide](guide.md)", "- [Guide](guide.md)"),
        ("见[甲](/a)和[乙](/b)。", "见[甲](/a)和[乙](/b)。"),
    ],
)
def test_navigation(text, expected):
    assert remove_navigation(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('见[公告](https://example.org/a_(b) "题")。', "见公告。"),
        ("read [the guide](docs/guide.md#top)", "read the guide"),
        ("![新码头的夜景](/i/1.jpg)", "新码头的夜景"),
        ("![IMG_001.jpg](/i/1.jpg)![图片1](/i/2.jpg)", ""),
        ("[表1](单位：万元) f[i](x)", "[表1](单位：万元) f[i](x)"),
        ("> 引言\n> > nested", "引言\nnested"),
        ("这是**重点**，**note** this", "这是重点，note this"),
        ("2**3 + 4**5", "2**3 + 4**5"),
        ("## 港口", "## 港口"),
        ("```\n> a **b**\n```", "```\n> a **b**\n```"),
    ],
)
def test_markdown(text, expected):
    assert remove_markdown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("時(shí)間過(guò)得快", "時間過得快"),
        ("綠（lǜ）色，女（nǚ）士，讀( dú )書", "綠色，女士，讀書"),
        ("發(fā')展、兒(’ér)童、西(xī'ān)安", "發展、兒童、西安"),
        ("?F(xiàn)在，貢r(shí)間", "?F在，貢r間"),
        ("呢?cái)富，因?yàn)?zāi)此", "呢?富，因??此"),
        ("時(shí)間在我(de)手(men)裡", "時間在我手裡"),
        ("只有(de)這樣", "只有(de)這樣"),
        ("時(shí)代(CEO)、平臺(B2B)、網(eWTP)", "時代(CEO)、平臺(B2B)、網(eWTP)"),
        ("時(shí)：甲(a)乙(the)丙(KSOC)丁(SKU)", "時：甲(a)乙(the)丙(KSOC)丁(SKU)"),
        ("時(shí)：部門(IT)", "時：部門(IT)"),
        ("她(Chelsea Clinton)說(shuō)", "她(Chelsea Clinton)說"),
        ("在巴黎(café)和(déjà)", "在巴黎(café)和(déjà)"),
        ("the tone of ma (mā) is high", "the tone of ma (mā) is high"),
    ],
)  # fmt: skip
def test_pinyin_notes(text, expected):
    assert remove_pinyin_notes(text) == expected


def test_contents_with_a_heading_go_as_a_block():
    contents = "目录\n\n【动态】\t\n新码头启用\t1\n冷库扩建·····\t12\n【来信】\t\nA shop ..... 14\n"
    text = f"封面\n{contents}\n【动态】\n正文 12"
    assert remove_contents(text) == "封面\n\n【动态】\n正文 12"


def test_dotted_lines_without_a_heading_go_when_there_are_three():
    assert remove_contents("Quay ..... 1\nStore ..... 4\n仓库……9\nEnd") == "End"
    assert remove_contents("Quay ..... 1\nStore ..... 4\nEnd") == "Quay ..... 1\nStore ..... 4\nEnd"


def test_a_table_of_figures_is_no_contents():
    table = "港口\t吨\n北湾\t12\n南湾\t30\n东湾\t41"
    assert remove_contents(table) == table


def test_page_numbers_go():
    text = "外贸，\n- 12 -\n第 3 页 共 9 页\n继续\nPage 4 of 9\nend"
    assert remove_page_furniture(text) == "外贸，\n继续\nend"


def test_bare_numbers_go_at_a_form_feed_or_when_they_rise():
    assert remove_page_furniture("甲\n1\n\f乙\n2\n") == "甲\n\n\n乙\n"
    assert remove_page_furniture("甲\n1\n乙\n2\n丙\n3\n丁") == "甲\n乙\n丙\n丁"
    assert (
        remove_page_furniture("年份\n2013\n甲\n2014\n乙\n2015") == "年份\n2013\n甲\n2014\n乙\n2015"
    )
    assert remove_page_furniture("7\n甲\n3\n乙\n9") == "7\n甲\n3\n乙\n9"


def test_running_headers_go_where_they_recur_far_apart():
    pages = [f"港口通讯 Notes\n第{n}段。\n甲{n}。\n乙{n}。" for n in range(4)]
    without = "".join(f"\n第{n}段。\n甲{n}。\n乙{n}。" for n in range(4))
    assert remove_page_furniture("\n".join(pages)) == f"港口通讯 Notes{without}"
    assert remove_page_furniture("\n".join(pages[:3])) == "\n".join(pages[:3])
    table = "是的没有\n甲\n" * 5
    assert remove_page_furniture(table) == table
    headings = "## 小结一\n甲\n乙\n丙\n" * 4
    assert remove_page_furniture(headings) == headings


def test_english_lines_broken_at_a_column_are_joined_by_a_space():
    text = (
        "The harbour office said that the quay will be ready by\n"
        "the end of May, and that night shifts begin in a well-\n"
        "known part of the port.\n\nA heading\n\nNext."
    )
    assert join_wrapped_lines(text) == (
        "The harbour office said that the quay will be ready by the end of May, and that night "
        "shifts begin in a well-known part of the port.\n\nA heading\n\nNext."
    )


def test_chinese_lines_broken_at_a_column_are_joined_by_nothing():
    title, end = "新码头启用\n", "\n另据了解，招工已经开始。"
    lines = [
        "港务局昨天宣布，北湾港的新码头将在五月底以前",
        "全部完工，届时夜班作业也会相应增加，冷库的面",
        "积翻一番。",
    ]
    assert join_wrapped_lines(title + "\n".join(lines) + end) == title + "".join(lines) + end


@pytest.mark.parametrize(
    "text",
    [
        "The Old Harbour And Its Different Ships\nThe New Harbour And Its Cargo Sheds\nQuays",
        "- the first item is long enough to be full\n- the second item is long as well\n- end",
        "| the first row of a table that is long | 1 |\n| the second row of a table, as long | 2 |",
        "```\nfirst line of code that is long and full,\nsecond line of code that is long,\n```",
    ],
)  # fmt: skip
def test_titles_lists_tables_and_code_keep_their_lines(text):
    assert join_wrapped_lines(text) == text
    assert join_page_breaks(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "今年的货船多了。港务局说，码头的夜班作业会从四天增加到六天，并且招\n\n工，待遇从优。",
            "今年的货船多了。港务局说，码头的夜班作业会从四天增加到六天，并且招工，待遇从优。",
        ),
        (
            "港务局局长在昨天的会上告诉在座的各位记者，\n\n\n\n新码头的工程已经全部完成。",
            "港务局局长在昨天的会上告诉在座的各位记者，新码头的工程已经全部完成。",
        ),
        (
            "去年的吞吐量很大。今年全港前三个季度的吞吐量又增长了\n\n12%，超过预期。",
            "去年的吞吐量很大。今年全港前三个季度的吞吐量又增长了12%，超过预期。",
        ),
        (
            "The quay is ready, and the first ships of the season are\n\nexpected in May.",
            "The quay is ready, and the first ships of the season are expected in May.",
        ),
    ],
)
def test_sentences_cut_by_a_page_break_are_joined(text, expected):
    assert join_page_breaks(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "北湾港新码头五月底完工 夜班作业增加到六天\n\n港务局昨天宣布，工程进展顺利。",
        "港务局局长发表讲话。他说码头的夜班作业会从四天增加到六天\n\n活动现场",
        "港务局局长发表讲话。他说码头的夜班作业会从四天增加到六天\n\n【来信】一家小店，一年。",
        "港务局局长发表讲话。他说码头的夜班作业会从四天增加到六天\n\n记者：谢谢您，局长。",
        "港务局局长发表讲话。他说码头的夜班作业会从四天增加到六天\n\n- 招工，二十人。",
        "港务局局长发表讲话。他说码头的夜班作业会从四天增加到六天。\n\n招工，二十人。",
        "港务局局长发表讲话。他说码头的夜班作业会从四天增加到六天\n我觉得不错，可以。",
        "# 港务局局长发表了讲话。他说码头的夜班作业会从四天增加到六天\n\n工程，顺利。",
        "A heading that is as long as many a line of text\n\nThe quay is ready.",
    ],
)
def test_titles_captions_speakers_and_lists_are_not_joined(text):
    assert join_page_breaks(text) == text


def test_a_full_line_with_a_comma_is_joined_once_three_breaks_are_certain():
    certain = "港务局局长在昨天的会上告诉在座的各位记者，\n\n新码头的工程已经完成。"
    doubtful = (
        "此外，港务局还在新码头的入口处为来往的船员们开设了一家小店，供应热\n\n"
        "汤面和咖啡，价格不高。"
    )
    assert join_page_breaks(doubtful) == doubtful
    text = "\n\n".join([certain, certain, certain, doubtful])
    assert join_page_breaks(text) == "\n\n".join(
        part.replace("\n\n", "") for part in [certain, certain, certain, doubtful]
    )


def test_a_text_without_full_stops_at_its_ends_is_left_alone():
    chat = "\n\n".join(
        f"今天我去看了北湾港的新码头{n}。真的很大，停了好几条货船，晚上的灯也很漂亮"
        for n in range(5)
    )
    assert join_page_breaks(chat) == chat


def test_disclaimer_and_the_headlines_below_it_go():
    notice = "免責聲明:文章僅供讀者參考。\n- 新碼頭啟用\n- 冷庫擴建\n- 招工開始"
    text = f"正文。\n{notice}\n尾聲。\nDisclaimer: no liability."
    assert remove_disclaimers(text) == "正文。\n尾聲。"


def test_a_list_elsewhere_and_a_chapter_on_disclaimers_stay():
    text = "- 新码头启用\n- 冷库扩建\n- 招工开始\n\n免责声明\n\n保险人在下列情况下不承担责任。"
    assert remove_disclaimers(text) == text
    two = "免责声明：仅供参考。\n- 甲港口启用\n- 乙港口扩建"
    assert remove_disclaimers(two) == "- 甲港口启用\n- 乙港口扩建"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共 12 个港口、 6.7 亿吨，占 30% 以上", "共12个港口、6.7亿吨，占30%以上"),
        ("1 月 6 日开工\n3 引言\n2.1 方法", "1月6日开工\n3 引言\n2.1 方法"),
        ("目 录\n外 贸\n总  则", "目录\n外贸\n总则"),
        ("新码头启用 港务局招工", "新码头启用 港务局招工"),
        ("用 APP 办理，POS 机", "用 APP 办理，POS 机"),
        ("来到港口 ，和船员（ 三人 ）", "来到港口，和船员（三人）"),
        ("two  spaces \t\nthree", "two spaces\nthree"),
        ("　　段落开头\n    code", "段落开头\n    code"),
        ("北湾\t12\t30", "北湾\t12\t30"),
    ],
)
def test_spaces(text, expected):
    assert collapse_spaces(text) == expected


def test_one_blank_line_at_most():
    assert collapse_blank_lines("\n甲\n\n \n\t\n乙\nc\n\n") == "甲\n\n乙\nc"


def test_newsletter_of_2015():
    text = clean(seed("004"))
    assert (
        "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州这12个城市" in text
    )
    assert "深化合作，共同构建" in text
    assert "网络为用户带来的安全" in text
    assert "目录" not in text[:500]
    assert "·····" not in text


def test_page_in_traditional_script():
    text = clean(seed("003"))
    assert text.startswith("時隔半年多,馬云再次回到了聯合國總部")
    assert "呢?富" in text
    assert "(全球電子商務平臺)" in text
    assert "(shí)" not in text
    assert not any(character in text for character in "āáǎàēéěèīíǐìōóǒòūúǔù")
    assert "免責" not in text
    assert "\n- " not in text
    assert text.endswith("與馬云對話交流)")


def test_news_page_full_of_html():
    text = clean(seed("001"))
    assert "<span" not in text
    assert "近日，阿里巴巴国际站总裁张阔在" in text
    assert text.endswith("（文章来源：界面新闻）")
