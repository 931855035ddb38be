"""The HTML of the interface, parsed as a browser would."""

from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup

from rag.dialogue.turns import Feedback, Turn
from rag.language.glosses import Gloss
from rag.types import CheckedSentence, Citation, Document, InputReport
from ui import render
from ui.answer_text import Piece, pieces, shorten, uncited
from ui.render import Live, Place, ShownTurn
from ui.views import View

EVIL = "<img src=x onerror=alert(1)> ${1} {{2}} & \"quoted\" 'single'"


def hit(rank, chunk_id, text="a passage", **others):
    return {
        "rank": rank,
        "chunk_id": chunk_id,
        "title": "T",
        "source": "t.md",
        "section": "T > S",
    } | {
        "text": text,
        **others,
    }


def answered(**others):
    citation = {"marker": 1, "chunk_id": "t#0", "title": "T", "source": "t.md", "section": ""}
    citation["quote"] = "三次"
    return {
        "question": "多少？",
        "index": "i",
        "searched": "多少？",
        "answered": True,
        "answer": "三次[1] 见[2]",
        "short_answer": None,
        "confidence": 0.914,
        "citations": [citation],
        "hits": [hit(1, "t#0"), hit(2, "t#1", EVIL)],
        "refusal": None,
        **others,
    }


def shown(answer, glosses=(), feedback=None):
    turn = Turn("turn-1", 0, "2026-11-21T00:00:00+00:00", answer, feedback)
    return ShownTurn(turn, {1: list(glosses)})


def parse(html):
    return BeautifulSoup(html, "html.parser")


def test_an_answer_is_cut_at_the_markers_of_its_citations_alone():
    assert pieces(answered()) == [
        Piece("三次"),
        Piece("[1]", 1),
        Piece(" 见"),
        Piece("[2]"),
        Piece(""),
    ]


def cited(marker, quote, *words, start=100):
    """A citation whose highlights are `words` of its quote."""
    places = [(start + quote.index(word), start + quote.index(word) + len(word)) for word in words]
    return {
        "marker": marker,
        "chunk_id": f"t#{marker}",
        "title": "T",
        "source": "t.md",
        "section": "",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "highlights": [list(place) for place in places],
    }


def test_the_short_answer_is_emphasised_in_the_quote_it_is_from():
    answer = answered(
        answer="名单是🚢天津、上海。[1]\nHe left (3) in 2019.[2] 天津[3]",
        citations=[
            cited(1, "名单是🚢天津、上海。", "天津", "上海"),
            cited(2, "He\n left [3]  in 2019.", "[3]  in 2019"),
            cited(3, "天津"),
        ],
    )

    assert pieces(answer) == [
        Piece("名单是🚢"),
        Piece("天津", emphasised=True),
        Piece("、"),
        Piece("上海", emphasised=True),
        Piece("。"),
        Piece("[1]", 1),
        Piece("\nHe left "),
        Piece("(3) in 2019", emphasised=True),
        Piece("."),
        Piece("[2]", 2),
        Piece(" 天津"),
        Piece("[3]", 3),
        Piece(""),
    ]


@pytest.mark.parametrize(
    "citation",
    [
        cited(1, "在天津。", "天津") | {"quote": "在上海。"},  # the text says it otherwise
        cited(1, "在天津。", "天津") | {"highlights": [[0, 100], [104, 200], [101, 101]]},
        cited(1, "在天津。"),
        {"marker": 1},  # stored before there were highlights
    ],
    ids="otherwise outside none former".split(),
)
def test_without_words_to_emphasise_a_statement_is_one_piece(citation):
    answer = answered(answer="在天津。[1]", citations=[citation])

    assert pieces(answer) == [Piece("在天津。"), Piece("[1]", 1), Piece("")]


@pytest.mark.parametrize(
    ("language", "label", "quote", "words", "spoken"),
    [
        ("en", "In short: ", "入选的是天津。", "天津", "zh"),
        ("zh", "简答：", "Tianjin & Co. was chosen.", "Tianjin & Co.", "en"),
        ("zh", "简答：", "灯塔建于1893年。", "1893", "zh"),
        ("en", "In short: ", f"He said: {EVIL}!", EVIL, "en"),
    ],
)
def test_the_short_answer_leads_its_turn(language, label, quote, words, spoken):
    answer = answered(
        answer=f"{quote}[1]", short_answer=words, citations=[cited(1, quote, words)], hits=[]
    )
    html = render.conversation([shown(answer)], View(language, ""))
    page = parse(html)

    assert page.select_one(".reply > .short").text == label + words
    assert page.select_one(".short .label").text == label
    assert page.select_one(".short strong")["lang"] == spoken
    assert page.select_one(".short").find_next_sibling()["class"] == ["answer"]
    assert page.select_one(".answer").text == f"{quote}[1]"
    assert [strong.text for strong in page.select(".answer strong")] == [words]
    assert page.select("img") == []
    assert "<img" not in html


def test_the_translation_of_the_short_answer_stands_beside_it_and_says_what_it_is():
    answer = answered(language="en", short_answer="天津", short_answer_translation="Tianjin <b>")
    page = parse(render.conversation([shown(answer)], View("en", "")))
    same = answered(language="en", short_answer="43.2%", short_answer_translation="43.2%")

    assert page.select_one(".short strong").text == "天津"
    assert page.select_one(".short .translated").text == "Translated: Tianjin <b>"
    assert "dictionary" in page.select_one(".short .translated")["title"]
    assert page.select_one(".short .translated [lang]")["lang"] == "en"
    assert parse(render.conversation([shown(same)], View("en", ""))).select(".translated") == []


@pytest.mark.parametrize(
    ("confidence", "word"), [(0.8, "有把握 (80%)"), (0.79, "很可能 (79%)"), (0.54, "没把握 (54%)")]
)
def test_only_a_sure_answer_is_led_by_its_words_and_any_by_their_translation(confidence, word):
    answer = answered(confidence=confidence, short_answer="Tianjin", language="zh")
    page = parse(render.conversation([shown(answer)], View("zh", "")))
    answer = {**answer, "short_answer_translation": "天津"}
    translated = parse(render.conversation([shown(answer)], View("zh", "")))

    is_sure = confidence >= 0.8
    assert page.select_one(".confidence").text == word
    assert len(page.select(".short strong")) == is_sure
    assert translated.select_one(".translated").text == "译：天津"
    assert translated.select_one(".short")["class"] == ["short"] + ["unsure"] * (not is_sure)


def test_without_a_short_answer_nothing_leads_and_nothing_is_emphasised():
    page = parse(render.conversation([shown(answered())], View("en", "")))

    assert page.select(".short, strong") == []


def test_what_was_read_but_not_cited():
    assert [row["chunk_id"] for row in uncited(answered())] == ["t#1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\n b", "a b"), ("字" * 120, "字" * 120), ("字" * 121, "字" * 120 + "…")],
)
def test_snippets_are_one_short_line(text, expected):
    assert shorten(text) == expected


def test_a_turn_shows_question_answer_citations_and_confidence():
    glosses = [Gloss("天津", "Tianjin", 0, 2)]
    page = parse(render.conversation([shown(answered(), glosses)], View("en", "i", "c-1", 3)))

    turns, turn = page.select_one(".turns"), page.select_one(".turn")
    assert [turns[f"data-{name}"] for name in ("conversation", "index", "move")] == [
        "c-1",
        "i",
        "3",
    ]
    assert turn["data-index"] == "i"
    assert page.select_one(".question").text == "多少？"
    assert page.select_one(".searched") is None
    assert [button.text for button in page.select(".answer .marker")] == ["[1]"]
    assert page.select_one(".answer").text == "三次[1] 见[2]"
    assert page.select_one(".citations button")["data-marker"] == "1"
    assert page.select_one(".gloss .pair").text == "天津 Tianjin"
    assert page.select_one(".glosses summary").text == "Dictionary gloss"
    assert page.select_one(".others summary").text == "Read, not cited (1)"
    assert page.select_one(".citations li")["data-quote"] == "三次"
    assert page.select_one(".confidence")["title"] == "Confidence 91%"
    assert page.select_one(".confidence").text == "Sure (91%)"


def test_a_question_that_was_searched_otherwise_says_so():
    page = parse(render.conversation([shown(answered(searched="渡轮 多少？"))], View("zh", "i")))
    assert page.select_one(".searched").text == "实际检索的问题：渡轮 多少？"


def test_a_refusal_shows_its_message_its_reason_and_the_nearest_passages():
    refusal = {"reason": "not_in_documents", "message": "没有。", "nearest": [hit(1, "t#0")]}
    answer = answered(answered=False, answer="", citations=[], refusal=refusal, confidence=0.12)
    page = parse(render.conversation([shown(answer)], View("zh", "")))

    assert page.select_one(".refusal").text == "文档中没有找到答案。"  # the interface's language
    assert page.select_one(".refusal")["data-reason"] == "not_in_documents"
    assert "读了 2 个段落" in page.select_one(".why").text
    assert page.select_one(".passages button")["data-hit"] == "1"
    assert page.select(".marker, .confidence") == []


def test_a_refusal_marks_the_line_that_comes_nearest_and_offers_to_open_it():
    text = f"# 灯塔\n\n灯塔高42米。出资的是船主方德海 {EVIL}。"
    refusal = {
        "reason": "not_in_documents",
        "message": "没有。",
        "nearest": [hit(1, "t#0", text), hit(2, "t#1", "The ferry leaves at nine.")],
    }
    answer = answered(
        answered=False, answer="", citations=[], refusal=refusal, searched="出资的是谁？"
    )
    page = parse(render.conversation([shown(answer)], View("en", "")))

    first, second = page.select(".closest .snippet")
    assert first.text == f"…# 灯塔 灯塔高42米。 出资的是船主方德海 {EVIL}。"
    assert [mark.text for mark in first.select("mark")] == [f"出资的是船主方德海 {EVIL}。"]
    assert second.text == "The ferry leaves at nine."
    assert second.select("mark") == []
    assert page.select_one(".closest button").text.startswith("Open: T")


def test_an_answer_can_be_copied_its_question_edited_and_asked_again():
    page = parse(render.conversation([shown(answered(question=EVIL))], View("en", "")))

    assert [button.text for button in page.select("[data-do]")] == ["Copy", "Edit the question"]
    assert page.select_one("[data-event=again]")["data-question"] == EVIL


def test_a_refusal_of_an_unknown_reason_says_what_was_kept():
    refusal = {"reason": "of old", "message": "不行。", "nearest": []}
    answer = answered(answered=False, answer="", citations=[], refusal=refusal)
    page = parse(render.conversation([shown(answer)], View("en", "")))

    assert page.select_one(".refusal").text == "不行。"


def test_feedback_shows_what_was_said():
    feedback = Feedback("down", EVIL, "2026-11-21T00:00:00+00:00")
    page = parse(render.conversation([shown(answered(), feedback=feedback)], View("en", "")))

    pressed = {b["data-verdict"]: b["aria-pressed"] for b in page.select("[data-verdict]")}
    assert pressed == {"up": "false", "down": "true"}
    assert page.select_one("input")["value"] == EVIL


def test_the_welcome_offers_examples_or_asks_for_documents():
    page = parse(render.examples([EVIL], "en"))
    assert page.select_one(".examples button")["data-question"] == EVIL

    page = parse(render.conversation([], View("zh", ""), empty=True))
    assert "这里还没有文档" in page.text
    assert page.select(".examples") == []


def test_an_answer_on_its_way_and_one_that_failed():
    page = parse(render.live(Live("q", "searched q", "", (EVIL,)), "en"))
    assert page.select_one(".answer").text == "Searching…"
    assert page.select_one(".found li").text == EVIL
    assert page.select_one(".searched q").text == "searched q"

    page = parse(render.live(Live("q", problem=EVIL), "en"))
    assert page.select_one("[role=alert]").text == EVIL


def test_the_source_marks_the_quote_within_its_passage():
    document = Document("d", "d.md", "标题", "前文。一段话在这里。后文。", {"date": "2015-12"})
    html = render.source(document, Place(3, 10, 6, 8), "zh", section="章", marker=2)
    page = parse(html)

    assert page.select_one("mark").text == "在这" == document.text[6:8]
    passage = page.select(".text .passage, .text mark")
    assert "".join(each.text for each in passage) == document.text[3:10]
    assert page.select_one(".text").text == document.text
    assert page.select_one("blockquote").text == "在这"
    assert [dd.text for dd in page.select("dd")] == ["d.md", "章", "2015-12"]
    assert page.select_one("h2").text == "[2] 标题"
    assert page.select(".cut, .problem") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("在🚢上说：天津、上海都入选。", ["天津", "上海"]),
        ("In 🚢 port\n  they chose Tianjin.", ["port\n  they", "Tianjin"]),
        (f"He wrote {EVIL} & left.", [EVIL]),
        ("<mark></strong>天津</mark>", ["</strong>天津"]),
        ("天津", ["天津"]),
    ],
)
@pytest.mark.parametrize("before", ["", "<b>前😀文</b>\n"])
def test_the_source_emphasises_the_short_answer_within_the_marked_quote(text, words, before):
    document = Document("d", "d.md", "标题", f"{before}{text} 后 <b>文</b>")
    start = len(before)
    spans = tuple((text.index(each), text.index(each) + len(each)) for each in words)
    place = Place(0, len(document.text), start, start + len(text), spans)
    html = render.source(document, place, "zh", marker=1)
    page = parse(html)

    assert [strong.text for strong in page.select("mark > strong")] == words
    assert [strong.text for strong in page.select("blockquote > strong")] == words
    assert len(page.select("strong")) == 2 * len(words)
    assert page.select_one("mark").text == page.select_one("blockquote").text == text
    assert page.select_one(".text").text == document.text
    assert page.select("b, img") == []
    assert html.count("<strong>") == html.count("</strong>") == 2 * len(words)


def test_a_passage_that_was_found_and_a_whole_document_have_nothing_emphasised():
    document = Document("d", "d.md", "标题", "前文。A passage.")
    found = parse(render.source(document, Place(3, 13, 3, 13), "en"))
    whole = parse(render.source(document, Place(0, 0, 0, 0), "en"))

    assert found.select_one("mark").text == "A passage."
    assert [label.text for label in (*found.select(".label"), *whole.select(".label"))] == [
        "Passage",
        "Text",
    ]
    assert found.select("strong, blockquote") == whole.select("strong, blockquote") == []


def test_of_a_long_document_the_surroundings_are_shown():
    text = "前" * 30_000 + "引文" + "后" * 30_000
    page = parse(
        render.source(Document("d", "s", "t", text), Place(30_000, 30_002, 30_000, 30_002), "zh")
    )

    assert [cut.text for cut in page.select(".cut")] == ["……前文从略……", "……后文从略……"]
    shown_text = page.select_one(".text").text
    assert shown_text.count("前") == render.CONTEXT + 1  # and one of the notice's
    assert shown_text.count("后") == render.CONTEXT + 1


@dataclass
class Info:
    id: str
    title: str
    source: str = EVIL
    language: str = "zh"
    chunks: int = 3


def test_documents_are_listed_with_what_became_of_an_upload():
    reports = [
        InputReport("a.txt", "skipped", reason="empty file"),
        InputReport("b.md", "indexed", 1, 4),
    ]
    infos = [Info(EVIL, ""), Info("b", "B")]
    page = parse(render.documents(infos, "en", index="i", may_write=True, reports=reports))

    assert [row.text for row in page.select(".reports li")] == [
        "a.txt — Skipped: empty file",
        "b.md — Indexed · 4 passages",
    ]
    assert [button["data-document"] for button in page.select(".delete")] == [EVIL, "b"]
    assert page.select_one("summary").text == "Documents (2)"
    assert parse(render.documents(infos, "en", index="i", may_write=False)).select(".delete") == []


def test_nothing_given_becomes_markup():
    answer = answered(question=EVIL, searched=EVIL + "?", answer=EVIL + "[1]")
    answer["citations"][0] |= {"title": EVIL, "section": EVIL, "source": EVIL}
    gloss = Gloss(EVIL, EVIL, 0, 1)
    document = Document("d", EVIL, EVIL, EVIL * 3, {"date": EVIL})
    place = Place(0, 10, 2, 5)
    for html in (
        render.conversation([shown(answer, [gloss])], View("en", "", EVIL)),
        render.live(Live(EVIL, EVIL, EVIL, (EVIL,)), "en"),
        render.source(document, place, "en", section=EVIL, marker=1, glosses=[gloss]),
        render.documents([Info(EVIL, EVIL)], "en", index=EVIL, may_write=True, problem=EVIL),
        render.conversations([Info(EVIL, EVIL)], EVIL, "en"),
    ):
        assert "<img" not in html
        assert parse(html).select("img") == []
        assert EVIL.split()[-1] in parse(html).get_text() + html


def test_a_turn_of_another_index_says_so():
    page = parse(render.conversation([shown(answered())], View("en", "other")))
    assert page.select_one(".searched").text == "Index: i"


def test_of_many_documents_the_number_of_the_others_is_told():
    infos = [Info(str(number), "t") for number in range(render.MOST_DOCUMENTS + 7)]
    page = parse(render.documents(infos, "en", index="i", may_write=True))

    assert page.select_one("summary").text == "Documents (207)"
    assert "7 more documents are not listed." in page.text
    assert page.select_one("form")["data-index"] == "i"
    assert ".pdf" in page.select_one("input[type=file]")["accept"]


def test_the_text_of_a_source_is_in_the_language_of_the_document():
    document = Document("d", "s", "t", "The ferry to Skagen leaves at nine.")
    page = parse(render.source(document, Place(0, 9, 0, 9), "zh", marker=1))
    assert page.select_one(".text")["lang"] == page.select_one("blockquote")["lang"] == "en"


# Answers in a language model's words


def worded(**others):
    return answered(**{"mode": "llm", "model": EVIL, "fallback": None, "dropped": [], **others})


def dropped(text, reason, marker=None):
    return {"text": text, "reason": reason, "marker": marker}


@pytest.mark.parametrize(
    ("language", "worded_by", "summary", "reasons"),
    [
        (
            "en",
            f"Written by {EVIL}, each sentence checked",
            "Left out (4)",
            [
                "“五次。” — a number in it is not what the passage gives",
                "[7] “三次” — it names a passage that there is not",
                "The reply broke off here: The language model did not answer in time.",
                f"“{EVIL}” — the documents do not support it",
            ],
        ),
        (
            "zh",
            f"由 {EVIL} 组织语言，每句都与所引段落核对过",
            "未采用 (4)",
            [
                "“五次。” — 其中的数字与所引段落不符",
                "[7] “三次” — 它所引的段落并不存在",
                "回答到此中断：语言模型没有及时回答。",
                f"“{EVIL}” — 没有得到文档的支持",
            ],
        ),
    ],
)
def test_under_an_answer_stands_who_worded_it_and_what_was_left_out(
    language, worded_by, summary, reasons
):
    answer = worded(
        dropped=[
            dropped("五次。", "number"),
            dropped("三次", "invented_marker", 7),
            dropped("", "llm_timeout"),
            dropped(EVIL, "a reason of tomorrow"),
        ]
    )
    html = render.conversation([shown(answer)], View(language, ""))
    page = parse(html)

    assert page.select_one(".mode").text == worded_by
    details = page.select_one("details.dropped")
    assert not details.has_attr("open")
    assert details.select_one("summary").text == summary
    quoted = parse(html.replace("<q ", "“<q ").replace("</q>", "</q>”"))
    assert [row.text for row in quoted.select(".dropped li")] == reasons
    assert page.select("img") == []


def test_what_is_marked_in_the_answer_is_not_said_to_be_left_out():
    answer = worded(
        answer="三次[1] 共五次。（未获文档支持）", dropped=[dropped("共五次。", "number")]
    )
    page = parse(render.conversation([shown(answer)], View("zh", "")))

    assert page.select_one(".dropped summary").text == "未采用或已标出 (1)"
    assert page.select_one(".dropped .why").text == "其中的数字与所引段落不符 (回答中已标出)"


@pytest.mark.parametrize(
    ("language", "reason", "words"),
    [
        ("en", "llm_timeout", "The language model did not answer in time."),
        ("zh", "llm_unreachable", "无法连接语言模型。"),
        ("en", "of tomorrow", "The language model gave no answer."),
    ],
)
def test_an_answer_in_the_place_of_the_models_says_why(language, reason, words):
    answer = worded(mode="extractive", model=None, fallback={"reason": reason})
    page = parse(render.conversation([shown(answer)], View(language, "")))

    own = {"en": "The answer is in the documents' own words.", "zh": "回答用的是文档原文。"}
    assert [note.text for note in page.select(".mode")] == [f"{words} {own[language]}"]
    assert page.select(".dropped") == []


def test_a_refusal_of_what_a_model_said_does_not_blame_the_passages():
    refusal = {"reason": "not_supported", "message": "无据。", "nearest": [hit(1, "t#0")]}
    answer = worded(
        answered=False, answer="", citations=[], refusal=refusal, dropped=[dropped("五次", "name")]
    )
    page = parse(render.conversation([shown(answer)], View("zh", "")))

    assert "没有得到文档的支持" in page.select_one(".refusal").text
    assert page.select(".reply > .why") == []
    assert page.select_one(".passages button")["data-hit"] == "1"
    assert page.select_one(".dropped summary").text == "未采用 (1)"


def test_where_passages_are_sent_to_is_said_and_only_then():
    page = parse(render.sent_to("api.example.com", EVIL, "en"))

    assert page.text.strip() == f"To word answers, passages are sent to api.example.com ({EVIL})."
    assert render.sent_to(None, EVIL, "en") == ""


def test_an_answer_that_a_model_words_says_so_while_nothing_is_checked_yet():
    page = parse(render.live(Live("q", "q", "", ("T",), is_worded=True), "zh"))
    assert page.select_one(".answer").text == "语言模型正在组织回答，每句核对后才显示……"


def test_the_source_shows_its_headings_lists_and_tables_and_runs_nothing():
    text = f"# 价目 {EVIL}\n\n- 茶 <b>\n\n茶\t价格\n银针 <i>\t680\n大叶\t75\n\n## 完"
    document = Document("t.md", "t.md", "茶", text)
    start = text.index("银针")
    end = text.index("\n大叶")
    page = parse(render.source(document, Place(0, len(text), start, end), "zh", marker=1))
    headings = page.select(".text [role=heading]")

    assert [(each["aria-level"], each.text) for each in headings] == [
        ("3", f"# 价目 {EVIL}"),
        ("4", "## 完"),
    ]
    assert [each.text for each in page.select(".text .sign[hidden]")] == ["# ", "- ", "## "]
    assert page.select_one(".text .item").text == "- 茶 <b>"
    assert [cell.text for cell in page.select(".text th")] == ["茶", "价格"]
    assert [cell.text for cell in page.select(".text td")] == ["银针 <i>", "680", "大叶", "75"]
    assert [mark.text for mark in page.select(".text td > mark")] == ["银针 <i>", "680"]
    assert page.select("img, b, i") == []


def test_a_row_of_a_table_is_shown_under_its_columns():
    document = Document("t.md", "t.md", "茶", "茶\t价格\n银针\t680")
    page = parse(render.source(document, Place(0, 11, 5, 11), "zh", header="茶 | 价格", marker=1))
    assert page.select_one("p.columns + blockquote").text == "银针\t680"
    assert page.select_one("p.columns").text == "茶 | 价格"
    without = render.source(document, Place(0, 11, 5, 11), "zh", marker=1)
    assert parse(without).select_one("p.columns") is None


# Anyone's text checked against the documents


def held(verdict, reason=None, text="第一句。", quote=None):
    cited = Citation(1, "d/1.md", "d#0", "题", "d.md", "章", quote, 5, 5 + len(quote or ""))
    return CheckedSentence(text, 0, len(text), verdict, reason, (cited,) if quote else ())


@pytest.mark.parametrize(
    ("language", "verdicts", "counts"),
    [
        (
            "en",
            ["✓ Supported", "✗ Contradicted", "? Not supported"],
            ["✓ Supported: 1", "? Not supported: 1", "✗ Contradicted: 1"],
        ),
        (
            "zh",
            ["✓ 有依据", "✗ 与文档不符", "? 无依据"],
            ["✓ 有依据：1", "? 无依据：1", "✗ 与文档不符：1"],
        ),
    ],
)
def test_each_sentence_of_a_text_has_a_sign_a_word_and_what_it_was_checked_against(
    language, verdicts, counts
):
    sentences = [
        held("supported", quote="原文一。"),
        held("contradicted", "数字不符", EVIL, EVIL),
        held("unsupported", EVIL),
    ]
    page = parse(render.checked(sentences, language, index="i"))

    assert [each.text for each in page.select(".verdict")] == verdicts
    assert [each.text for each in page.select(".counts > span")] == counts
    assert [each["class"] for each in page.select(".sentences > li")] == [
        ["supported"],
        ["contradicted"],
        ["unsupported"],
    ]
    assert [each.text for each in page.select(".sentence")] == ["第一句。", EVIL, "第一句。"]
    assert [each.text for each in page.select(".why")] == ["数字不符", EVIL]
    assert [each.text for each in page.select("blockquote")] == ["原文一。", EVIL]
    opening = page.select_one("button")
    assert opening["aria-label"].startswith(
        {"zh": "对照的原文 1", "en": "Checked against 1"}[language]
    )
    assert {name: opening[f"data-{name}"] for name in ("document", "start", "end", "quote")} == {
        "document": "d/1.md",
        "start": "5",
        "end": "9",
        "quote": "原文一。",
    }
    assert [button["data-marker"] for button in page.select("button")] == ["1", "2"]
    assert page.select("img") == []


@pytest.mark.parametrize(
    ("language", "checking", "nothing"),
    [
        ("en", "Checking each sentence…", "There is no sentence in this text to check."),
        ("zh", "正在逐句核对……", "这段文字里没有可以核对的句子。"),
    ],
)
def test_a_check_that_goes_on_found_nothing_or_failed(language, checking, nothing):
    on_its_way = parse(render.checked(None, language))
    assert on_its_way.text.strip() == checking
    assert on_its_way.select_one(".checked")["aria-busy"] == "true"
    assert parse(render.checked([], language)).text.strip() == nothing
    failed = parse(render.checked([], language, problem=EVIL))
    assert failed.select_one("[role=alert]").text == EVIL


@pytest.mark.parametrize(
    ("language", "labels"),
    [("en", ["Ask a question", "Check a text"]), ("zh", ["提问题", "核对文字"])],
)
def test_two_buttons_lead_from_asking_to_checking_and_back(language, labels):
    page = parse(render.views(language))

    assert [button.text for button in page.select("nav button")] == labels
    assert [button["aria-pressed"] for button in page.select("button")] == ["true", "false"]


def test_a_citation_whose_file_is_gone_says_so():
    citation = {**answered()["citations"][0], "file_gone": True}
    view = View("en", "i")

    whole = render.conversation([shown(answered(citations=[citation]))], view, empty=False)
    there = render.conversation([shown(answered())], view, empty=False)

    assert "t.md</span> · its file is gone" in whole
    assert "its file is gone" not in there
