import html
import re

import pytest
from markdown_it import MarkdownIt

from rag.dialogue.turns import Turn
from ui.transcript import escaped, to_markdown

QUOTE = "試點城市為天津、上海等12城。\n\n  Tianjin is *one* of [12] cities <b>\\ & `so` on."


def citation(**changes):
    return {
        "marker": 1, "document_id": "news.txt", "chunk_id": "news.txt#0", "title": "新区",
        "source": "news.txt", "section": "Cities", "quote": QUOTE, "start": 20, "end": 90,
        "passage": QUOTE,
    } | changes  # fmt: skip


def hit(title, section="", source="a.txt"):
    return {"title": title, "section": section, "source": source, "text": "…"}


def turn(question="Which cities?", answer="天津 and others. [1]", citations=None, **changes):
    shape = {
        "question": question, "answered": True, "answer": answer, "refusal": None, "dropped": [],
        "citations": [citation()] if citations is None else citations,
    }  # fmt: skip
    return Turn("t", 0, "2026-11-21T07:13:34+00:00", shape | changes)


def rendered(markdown):
    """HTML as GitHub makes it, as far as markdown-it goes."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)


def plain(page):
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def elements(page):
    return re.findall(r"<(\w+)", page)


def test_an_answer_with_its_citation_in_full():
    short = citation(quote="天津是*第一*个。", start=20, end=28)
    assert to_markdown([turn(citations=[short])], "en") == (
        "# Conversation with Wenju\n\n"
        "## Which cities?\n\n"
        "*2026-11-21 07:13 UTC*\n\n"
        "天津 and others. \\[1\\]\n\n"
        "Sources:\n\n"
        "\\[1\\] 新区 · Cities · news.txt · characters 20–28\n\n"
        "> 天津是\\*第一\\*个。\n"
    )


def test_a_refusal_with_its_nearest_passages_each_once():
    nearest = [hit("新区", "Cities"), hit("新区", "Cities"), hit("a.txt"), hit("", "", "b.txt")]
    refusal = {"reason": "not_in_documents", "message": "没有找到答案。", "nearest": nearest}
    refused = turn("谁是\n市长？", "", [], answered=False, refusal=refusal)
    assert to_markdown([refused], "zh", "我的 #1") == (
        "# 我的 \\#1\n\n"
        "## 谁是 市长？\n\n"
        "*2026-11-21 07:13 UTC*\n\n"
        "没有找到答案。\n\n"
        "最接近的段落:\n\n"
        "- 新区 · Cities · a.txt\n"
        "- a.txt\n"
        "- b.txt\n"
    )


def test_what_was_left_out_is_said():
    dropped = [{"text": "上海 [7] too.", "reason": "unknown_marker", "marker": 7}]
    page = plain(rendered(to_markdown([turn(dropped=dropped)], "en")))
    assert "Left out (unknown_marker): 上海 [7] too.\n" in page


def test_no_turns_give_a_title():
    assert to_markdown([], "zh") == "# 问据对话记录\n"


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>天津",
    "![天津](http://evil.example/x.png)",
    "[here](javascript:alert(1)) [a][b] [^1]",
    "# 标题",
    "天津\n===",
    "Tianjin\n---",
    "```\ncode\n```",
    "~~~\ncode",
    "    indented by four",
    "\tindented by a tab",
    "- item\n- item",
    "+ item\n* item",
    "1. item\n22) item",
    "> quote\n>> deeper",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "**bold** __bold__ *it* _it_ ~~gone~~ `code`",
    "<http://evil.example> http://evil.example www.evil.example a@evil.example",
    "&lt;b&gt; &amp; &#60; &copy;",
    "[b]: http://evil.example",
    "***\n___",
    "\\# \\[ \\\\ end\\",
    "\u3000\u3000天津 \n  two  \n\n\n\nafter blanks",
    "\n\nleading and trailing\n\n",
    "<!-- hidden\n-->\n<div>\n\nx",
    "<?php ?> <![CDATA[x]]>",
    "'''\" () {} %zz $x^2$ :smile:",
]
FRAME = "h1 h2 p em p p p blockquote p".split()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_quote_is_verbatim_and_stays_a_quote(text):
    page = rendered(to_markdown([turn(citations=[citation(quote=text)])], "en"))
    quote = page.partition("<blockquote>\n<p>")[2].partition("</p>\n</blockquote>")[0]
    assert plain(quote) == text
    assert [name for name in elements(page) if name != "br"] == FRAME


@pytest.mark.parametrize("text", HOSTILE)
def test_no_field_becomes_markup(text):
    named = citation(title=text, section=text, source=text, quote=text)
    dropped = [{"text": text, "reason": text, "marker": None}]
    page = rendered(to_markdown([turn(text, text, [named], dropped=dropped)], "zh", text))
    assert [name for name in elements(page) if name != "br"] == [*FRAME, "p"]
    refusal = {"reason": "x", "message": text, "nearest": [hit(text, text, text)]}
    page = rendered(to_markdown([turn(text, "", [], refusal=refusal)], "zh"))
    names = [name for name in elements(page) if name != "br"]
    assert names == "h1 h2 p em p p ul li".split()


def test_a_heading_shows_the_question_on_one_line():
    page = rendered(to_markdown([turn("  哪12个?\n# And\t<b>?  ")], "zh"))
    assert "<h2>哪12个? # And &lt;b&gt;?</h2>" in page


def test_bare_addresses_do_not_become_links():
    """Nothing is left for the linkers of other renderers to find."""
    text = "见 http://evil.example/a，www.evil.example，a@evil.example"
    assert escaped(text) == "见 http\\://evil.example/a，www\\.evil.example，a\\@evil.example"


def test_all_marks_are_escaped_for_renderers_with_more_of_them():
    for mark in "\\`*_[]<>&#~|!$^{}@":
        assert escaped(f"天{mark}津") == f"天\\{mark}津"
    assert escaped("甲\rb\r\nc\n") == "甲\\\nb\\\nc&#10;"


def test_several_turns_in_their_order():
    page = to_markdown([turn("一"), turn("two")], "en")
    assert re.findall("^## (.*)$", page, re.M) == ["一", "two"]


# The short answer in bold


def quoted(text, *spans, start=20):
    """The Markdown of a citation with highlights at `spans` of its quote."""
    highlights = [[start + first, start + last] for first, last in spans]
    cited = citation(quote=text, start=start, end=start + len(text), highlights=highlights)
    markdown = to_markdown([turn(citations=[cited])], "en")
    return markdown.partition("\n\n> ")[2].removesuffix("\n")


def bold(markdown):
    """What is bold in a text once it is rendered."""
    return [plain(words) for words in re.findall("<strong>(.*?)</strong>", rendered(markdown))]


def test_the_short_answer_is_bold_in_its_quote():
    assert quoted("名单是天津、上海。", (3, 5), (6, 8)) == "名单是**天津**、**上海**。"
    assert quoted("It was 1893 in 🚢港.", (7, 11), (15, 17)) == "It was **1893** in **🚢港**."
    assert quoted("名单是天津。") == "名单是天津。"


@pytest.mark.parametrize(
    ("language", "words", "translation", "line"),
    [
        ("en", "天津", "Tianjin *", "In short, translated: Tianjin *"),
        ("zh", "3.5 million", "350万", "简答（译）：350万"),
    ],
)
def test_the_translation_of_the_short_answer_is_marked_as_one(language, words, translation, line):
    told = turn(language=language, short_answer=words, short_answer_translation=translation)
    same = turn(language=language, short_answer="43.2%", short_answer_translation="43.2%")

    assert line in plain(rendered(to_markdown([told], language)))
    assert to_markdown([same], language) == to_markdown([turn()], language)


def test_a_citation_stored_before_there_were_highlights_is_shown():
    assert "highlights" not in citation()
    assert "**" not in to_markdown([turn()], "en")


@pytest.mark.parametrize(
    ("spans", "markdown"),
    [
        ([(0, 99)], "**到天津 & 上海**".replace("&", "\\&")),
        ([(1, 2), (2, 3)], "到**天津** \\& 上海"),
        ([(1, 3), (2, 5)], "到**天津 \\&** 上海"),
        ([(3, 6)], "到天津 **\\&** 上海"),
        ([(3, 4), (2, 2)], "到天津 \\& 上海"),
        ([(-9, 0), (8, 12)], "到天津 \\& 上海"),
    ],
    ids="around touching overlapping spaces empty outside".split(),
)
def test_bold_is_one_run_within_the_quote_without_white_space_at_its_ends(spans, markdown):
    assert quoted("到天津 & 上海", *spans) == markdown


@pytest.mark.parametrize(
    ("text", "words", "markdown"),
    [
        ("他说“好”的。", "“好”", "他&#35828;**“好”**&#30340;。"),
        ("他说：“好”，就走 (2)", "“好”", "他说：**“好”**，就走 (2)"),
        ("约占12%的量", "12%", "约占**12%**&#30340;量"),
        ("花$5买", "$5", "&#33457;**\\$5**买"),
        ("到🚢港", "🚢", "&#21040;**🚢**&#28207;"),
        ("call f(x)now", "(x)", "call &#102;**(x)**&#110;ow"),
        ("（天津）", "天津", "（**天津**）"),
        ("是*第一*个", "*第一*", "&#26159;**\\*第一\\***&#20010;"),
        ("是*第一*个", "第一", "是\\***第一**\\*个"),
        ("1. 天津", "1.", "**1\\.** 天津"),
        ("- 天津", "-", "**\\-** 天津"),
        ("　天津港", "天津", "&#12288;**天津**港"),
        ("a<b>天津</b>", "<b>天津</b>", "&#97;**\\<b\\>天津\\</b\\>**"),
        ("见 http://x.example/a", "http://x", "见 **http\\://x**.example/a"),
    ],
)
def test_bold_holds_beside_punctuation_and_keeps_escaping(text, words, markdown):
    start = text.index(words)
    assert quoted(text, (start, start + len(words))) == markdown
    assert bold(markdown) == [words]
    assert plain(rendered(markdown)) == f"{text}\n"


def test_bold_over_lines_is_bold_in_each():
    text = "天津\r\n\n Shanghai\r广州\n"
    assert escaped(text, [(1, 19)]) == "天**津**\\\n\\\n&#32;**Shanghai**\\\n**广州**&#10;"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_quote_with_bold_words_is_verbatim_and_has_no_other_markup(text):
    for start in range(0, len(text), 3):
        for end in range(start + 1, len(text) + 1, 5):
            markdown = "\n".join(f"> {line}" for line in escaped(text, [(start, end)]).split("\n"))
            page = rendered(markdown)
            quote = page.partition("<blockquote>\n<p>")[2].partition("</p>\n</blockquote>")[0]
            assert plain(quote) == text
            assert set(elements(page)) <= {"blockquote", "p", "br", "strong"}
            assert "".join("".join(bold(markdown)).split()) == "".join(text[start:end].split())
