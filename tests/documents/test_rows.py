import json

import pytest

from rag.documents.files import InputFile
from rag.documents.load import load
from rag.errors import Unreadable


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    documents, reports = load(InputFile(path, name, name))
    shown = {document.id: (document.title, document.text) for document in documents}
    return shown, [(report.source, report.reason) for report in reports]


def test_questions_with_answers_are_documents(tmp_path):
    rows = [
        {"question": "忘记门禁卡怎么办？", "answer": "到一楼前台登记。"},
        {"id": "wifi", "Question": "Which network?", "Answer": "Use guest.", "author": "Li"},
        {"question": "谁？", "answer": ""},
        {"id": "g1", "question": "谁？", "answers": ["石磊"]},
    ]
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)

    assert read(tmp_path, "faq.jsonl", content) == (
        {
            "faq.jsonl:1": ("忘记门禁卡怎么办？", "忘记门禁卡怎么办？\n到一楼前台登记。"),
            "wifi": ("Which network?", "Which network?\nUse guest.\n\nAuthor: Li"),
        },
        [
            ("faq.jsonl#line 3", "rows have no text (a gold file?)"),
            ("faq.jsonl#g1", "rows have no text (a gold file?)"),
        ],
    )


def test_rows_of_a_table_of_questions_are_documents(tmp_path):
    content = "问题,答案,部门\n会议室怎么预订？,在日历里。,行政\n\n几点关门？,"

    assert read(tmp_path, "问答.csv", content) == (
        {"问答.csv:2": ("会议室怎么预订？", "会议室怎么预订？\n在日历里。")},
        [("问答.csv#line 3", "rows have no text (a gold file?)")],
    )


@pytest.mark.parametrize("name", ["text", "content", "body", "内容"])
def test_the_text_of_a_row_has_several_names(tmp_path, name):
    row = {"id": "c1", "标题": "会议室", name: "通过日历预订。", "author": "石磊"}
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(row))

    (document,), _ = load(InputFile(path, "x.jsonl", "x.jsonl"))

    assert (document.title, document.text) == ("会议室", "通过日历预订。\n\n作者：石磊")
    assert document.meta == {"author": "石磊", "language": "zh"}


def test_a_table_of_questions_without_answers_gives_nothing(tmp_path):
    with pytest.raises(Unreadable, match="no row in it"):
        read(tmp_path, "x.csv", "question,answer\n")
