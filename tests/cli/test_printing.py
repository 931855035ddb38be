"""Results as lines, and where they are written."""

import io
import json
import sys

import pytest

from rag.cli import printing
from rag.config import Settings
from rag.types import (
    Answer,
    CheckedSentence,
    Citation,
    Dropped,
    Fallback,
    Hit,
    InputReport,
    Refusal,
)

PASSAGE = "马云写道：\n第一次上网是在西雅图。" + "那时很慢。" * 20
QUOTE = "第一次上网是在西雅图。"


def citation(**fields):
    whole = {"title": "信", "source": "letter.txt", "section": "信 · 开头", "passage": PASSAGE}
    return Citation(**{
        "marker": 1, "document_id": "letter.txt", "chunk_id": "c", "quote": QUOTE,
        "start": 6, "end": 17, **whole, **fields,
    })  # fmt: skip


def hit(text, section="开头", title="信", source="letter.txt"):
    return Hit(1, 1.0, "c", "letter.txt", title, source, section, text, 0, len(text))


def answer(**fields):
    whole = {
        "question": "哪里？", "searched": "哪里？", "language": "zh", "answered": True,
        "answer": "第一次上网是在西雅图。[1]", "short_answer": "西雅图", "confidence": 0.9,
        "citations": (citation(),), "hits": (), "refusal": None,
    }  # fmt: skip
    return Answer(**{**whole, **fields})


def test_an_answer_is_its_short_answer_its_text_and_the_words_around_each_quote():
    assert list(printing.answer_lines(answer())) == [
        "西雅图\n",
        "第一次上网是在西雅图。[1]",
        f"\n[1] 信 · 开头 · letter.txt\n    “{QUOTE}”",
        f"    … 马云写道： 第一次上网是在西雅图。{'那时很慢。' * 12} …",
    ]
    assert list(printing.answer_lines(answer(short_answer=None, citations=()))) == [
        "第一次上网是在西雅图。[1]"
    ]


def test_a_row_of_a_table_is_shown_under_its_columns():
    cited = citation(quote="银针\t680", passage="银针\t680", header="茶 | 价格")

    assert list(printing.answer_lines(answer(citations=(cited,))))[2] == (
        "\n[1] 信 · 开头 · letter.txt\n    茶 | 价格\n    “银针\t680”"
    )


def test_the_translation_of_the_short_answer_is_marked_as_one():
    english = answer(language="en", short_answer_translation="Seattle", citations=())
    same = answer(language="en", short_answer="43.2%", short_answer_translation="43.2%")

    assert list(printing.answer_lines(english))[:3] == [
        "西雅图\n",
        "In short, translated: Seattle\n",
        "第一次上网是在西雅图。[1]",
    ]
    assert list(printing.answer_lines(same))[:2] == ["43.2%\n", "第一次上网是在西雅图。[1]"]


def test_a_refusal_is_its_message_and_the_nearest_passages_cut_off():
    refusal = Refusal("not_in_documents", "文档中没有。", (hit("字" * 200), hit("a\n b", "")))
    refused = answer(answered=False, answer="", citations=(), refusal=refusal)

    assert list(printing.answer_lines(refused)) == [
        "文档中没有。",
        f"\n  信 · 开头 · letter.txt\n  {'字' * 160}…",
        "\n  信 · letter.txt\n  a b",
    ]


@pytest.mark.parametrize(
    ("title", "section", "source", "place"),
    [
        ("信", "开头", "letter.txt", "信 · 开头 · letter.txt"),
        ("信", "信 · 开头", "letter.txt", "信 · 开头 · letter.txt"),
        ("信", "", "letter.txt", "信 · letter.txt"),
        ("", "", "letter.txt", "letter.txt"),
        ("信", "开头", "", "信 · 开头"),
        ("\x1b[31m信", "开\n头", "a.txt", "[31m信 · 开 头 · a.txt"),
    ],
)
def test_a_place_names_title_section_and_source_once(title, section, source, place):
    assert printing.place(hit("text", section, title, source)) == place
    assert printing.place(citation(title=title, section=section, source=source)) == place


def test_reports_are_a_line_each_and_a_count_of_each_kind():
    reports = [
        InputReport("a.txt", "indexed", 1, 2),
        InputReport("rows.jsonl", "unchanged", 3, 5),
        InputReport("b.png", "skipped", reason="unsupported format .png"),
        InputReport("c.txt", "removed"),
        InputReport("d.txt", "removed"),
    ]

    assert list(printing.report_lines(reports)) == [
        "indexed    a.txt (2 chunks)",
        "unchanged  rows.jsonl (3 documents, 5 chunks)",
        "skipped    b.png: unsupported format .png",
        "removed    c.txt",
        "removed    d.txt",
        "1 indexed, 1 unchanged, 1 skipped, 2 removed",
    ]


def test_a_checked_sentence_has_its_mark_its_reason_and_the_words():
    sentences = [
        CheckedSentence(QUOTE, 0, 11, "supported", None, (citation(),)),
        CheckedSentence("两\n行。", 11, 15, "contradicted", "数字不符", ()),
        CheckedSentence("谁？", 15, 17, "unsupported", None, ()),
    ]

    assert list(printing.checked_lines(sentences)) == [
        f"✓ {QUOTE}",
        f"    “{QUOTE}”\n    信 · 开头 · letter.txt",
        "✗ 两 行。",
        "    数字不符",
        "? 谁？",
    ]


def test_notes_say_who_wrote_the_answer_what_was_left_out_and_why_another_mode_answered():
    assert list(printing.answer_notes(answer())) == []
    dropped = (Dropped("十三座。", "number", None), Dropped("", "invented_marker", 9))
    written = answer(model="qwen3", fallback=Fallback("llm_timeout"), dropped=dropped)
    notes = list(printing.answer_notes(written))

    assert "qwen3" in notes[0]
    assert notes[1] == "语言模型没有及时回答。"
    assert notes[2:] == [
        "未采用：“十三座。” (其中的数字与所引段落不符)",
        "未采用：(它所引的段落并不存在)",
    ]
    english = answer(language="en", dropped=(Dropped("[9]", "invented_marker", 9),))
    (note,) = printing.answer_notes(english)
    assert note.startswith("Left out: [9] (")


def test_the_note_of_a_host_names_the_model_and_what_is_kept():
    assert printing.host_note("10.0.0.7", Settings(llm_model="qwen3")) == (
        "passages are sent to 10.0.0.7 (qwen3); WENJU_LLM=off keeps them here"
    )
    settings = Settings(llm_model="qwen3", llm_off_for=("secret", "papers"))
    assert ", those of secret, papers are not; " in printing.host_note("10.0.0.7", settings)


def test_lines_or_json_are_printed_and_the_lines_are_not_made_for_json(capsys):
    printing.show({"text": "信"}, ["一", "two"], as_json=False)
    assert capsys.readouterr().out == "一\ntwo\n"

    def lines():
        raise AssertionError
        yield

    printing.show({"text": "信"}, lines(), as_json=True)
    assert capsys.readouterr().out == '{\n  "text": "信"\n}\n'


def test_json_is_escaped_where_the_output_takes_no_utf8(monkeypatch):
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", output)
    printing.show({"text": "信"}, [], as_json=True)

    written = output.buffer.getvalue()
    assert b"\\u4fe1" in written
    assert json.loads(written) == {"text": "信"}


def test_a_note_is_a_line_on_standard_error(capsys):
    printing.note("没有  模型")
    assert capsys.readouterr() == ("", "wenju: 没有  模型\n")


class Screen(io.StringIO):
    """Standard error of a person who watches."""

    def isatty(self):
        return True


def test_progress_is_shown_to_a_person_and_passes_every_item_on(monkeypatch, capsys):
    assert list(printing.progress([1, 2, 3], "Indexing")) == [1, 2, 3]
    assert capsys.readouterr() == ("", "")

    monkeypatch.setattr(sys, "stderr", Screen())
    assert list(printing.progress([1, 2, 3], "Indexing")) == [1, 2, 3]
    assert "Indexing" in sys.stderr.getvalue()
    assert capsys.readouterr().out == ""


def test_a_citation_whose_file_is_gone_says_so():
    assert printing.place(citation(page=3)) == "信 · 开头 · letter.txt · p. 3"
    gone = printing.place(citation(page=3, file_gone=True))
    assert gone == "信 · 开头 · letter.txt · p. 3 · its file is gone"
