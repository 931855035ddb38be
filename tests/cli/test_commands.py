"""The command line over a small collection with the bundled model."""

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace

import installed
import pytest
from contract import CITATION, HIT
from llm_server import Fails, ModelServer, Says

from rag import assistant, engine
from rag.__main__ import main
from rag.config import BUNDLED_MODEL
from rag.dialogue.conversations import Conversations
from rag.index import maintenance
from rag.library import CONVERSATIONS_FILE
from rag.models.embedding import BundledEmbedder

QUOTE = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州，一共十二座。"
FILES = {
    "zones.md": (
        "# 跨境电商综合试验区\n\n## 是哪十二座城市\n\n"
        f"国务院常务会议拍板，新设综合试验区的城市依次是：{QUOTE}挑选时看布局、特色和基础。\n\n"
        "## 两个平台\n\n新区要建设两个平台：线上的“单一窗口”和线下的“综合园区”。"
    ),
    "courier.txt": "某快递公司在12座城市铺开了夜间配送，骑手穿黄色外套，每单收费七元。",
    "letter.txt": "马云第一次上网是在西雅图。他在信里写道：创业者要有驱动力，人才是关键。",
    "cherries/growers.txt": (
        "Growers in Washington State sold 600 tons of cherries to China in 2014. "
        "The cooperative is chaired by Miriam Katz."
    ),
}
LEDGER = "这本账册记着绩溪码头的潮水。账册由守塔人方德海保管了三十年。"


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collection")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "ledger.txt").write_bytes(LEDGER.encode("gb18030"))
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "empty.txt").touch()
    row = {"id": "q1", "question": "账册由谁保管？", "answers": ["方德海"]}
    (folder / "gold.jsonl").write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    return folder


@pytest.fixture(scope="module")
def built(collection, models, tmp_path_factory):
    """The folder of indexes with `default` over the collection, for copying and reading."""
    indexes = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WENJU_INDEXES", str(indexes))
        assert main(["index", str(collection)]) == 0
    return indexes


@pytest.fixture
def indexes(built, tmp_path, monkeypatch):
    """A copy of the built indexes that a test may spoil."""
    folder = tmp_path / "indexes"
    shutil.copytree(built, folder)
    monkeypatch.setenv("WENJU_INDEXES", str(folder))
    return folder


@pytest.fixture(scope="module")
def embedder(models):
    return BundledEmbedder(models / BUNDLED_MODEL)


@pytest.fixture
def wenju(capsys, monkeypatch, embedder):
    """Runs a command in this process: exit code, standard output, standard error."""
    for module in (engine, maintenance):  # saves its start
        monkeypatch.setattr(module, "open_embedder", lambda settings: embedder)

    def run(*arguments):
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as usage:
            code = usage.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def only_line(error):
    """The one line that an error prints."""
    assert error.startswith("wenju: ")
    assert error.count("\n") == 1
    return error.removeprefix("wenju: ").rstrip("\n")


def process(*arguments, **environment):
    return installed.wenju(*arguments, env=environment)


# index


def test_index_reports_every_input_and_is_done_despite_skips(
    collection, models, tmp_path, monkeypatch, wenju
):
    monkeypatch.setenv("WENJU_INDEXES", str(tmp_path))

    code, output, _ = wenju("index", collection)

    assert code == 0
    assert output.splitlines() == [
        "indexed    cherries/growers.txt (1 chunks)",
        "indexed    courier.txt (1 chunks)",
        "skipped    empty.txt: empty file",
        "skipped    gold.jsonl: rows have no text (a gold file?)",
        "indexed    ledger.txt (1 chunks)",
        "indexed    letter.txt (1 chunks)",
        "skipped    photo.png: unsupported format .png",
        "indexed    zones.md (2 chunks)",
        "5 indexed, 3 skipped",
    ]


def test_a_second_index_changes_nothing_and_prune_drops_what_vanished(
    collection, indexes, tmp_path, wenju
):
    assert wenju("index", collection)[1].endswith("\n5 unchanged, 3 skipped\n")
    moved = tmp_path / "moved"
    shutil.copytree(collection, moved)
    assert wenju("index", moved, "--index", "copy")[0] == 0
    (moved / "letter.txt").unlink()

    code, output, _ = wenju("index", moved, "--index", "copy", "--prune")

    assert code == 0
    assert "removed    letter.txt" in output.splitlines()
    assert "letter.txt" not in wenju("list", "--index", "copy")[1]


def test_a_path_that_is_not_there_leaves_the_index_as_it_was(indexes, tmp_path, wenju):
    before = wenju("list", "--json")

    code, output, error = wenju("index", tmp_path / "没有")

    assert (code, output) == (2, "")
    assert only_line(error) == (
        f"no file or folder at {tmp_path / '没有'}; check the path and its spelling"
    )
    assert wenju("list", "--json") == before
    assert wenju("verify")[0] == 0


def test_an_index_without_any_document_says_so(collection, indexes, wenju):
    code, output, error = wenju("index", collection / "photo.png", "--index", "photos")

    assert (code, output) == (2, "")
    assert only_line(error).startswith("nothing was indexed (photo.png: unsupported format .png); ")
    code, output, _ = wenju("ask", "哪座城市？", "--index", "photos")
    assert (code, output) == (1, "索引里还没有文档。\n")


def test_a_path_that_is_not_there_leaves_no_index(collection, indexes, wenju):
    code, _, error = wenju("index", collection / "nowhere", "--index", "mistyped")

    assert code == 2
    assert only_line(error).startswith(f"no file or folder at {collection / 'nowhere'}; ")
    assert [folder.name for folder in indexes.iterdir() if folder.name == "mistyped"] == []


@pytest.mark.parametrize("name", ["../x", "a/b", ".", "", "-x", "两 个"])
def test_a_name_that_could_be_a_path_is_refused(collection, indexes, wenju, name):
    for command in (["index", collection], ["ask", "哪座城市？"], ["list"], ["verify"]):
        code, output, error = wenju(*command, f"--index={name}")
        assert (code, output) == (2, "")
        assert only_line(error).startswith(f"{name!r} is not an index name; ")


def test_a_folder_of_indexes_that_cannot_be_made_is_one_line(
    collection, models, monkeypatch, wenju
):
    monkeypatch.setenv("WENJU_INDEXES", str(collection / "letter.txt"))

    code, _, error = wenju("index", collection)

    assert code == 2
    assert only_line(error) == (
        f"{collection / 'letter.txt' / 'default'}: Not a directory; check the path"
    )


# ask


def test_ask_prints_the_answer_the_quote_its_document_and_section(indexes, wenju):
    code, output, error = wenju("ask", "综合试验区新设在哪十二座城市？")

    assert (code, error) == (0, "")
    answer, rest = output.split("\n\n[1] ", 1)
    assert QUOTE in answer
    assert answer.endswith("[1]")
    place, quote = rest.split("\n", 1)
    assert "是哪十二座城市" in place
    assert place.endswith(" · zones.md")
    assert QUOTE in quote.split("”\n")[0]


@pytest.mark.parametrize(
    ("short_answer", "expected"),
    [
        ("天津、上海", "天津、上海\n\n"),
        ("Tianjin\n  and\x1b[31m Shanghai", "Tianjin and [31m Shanghai\n\n"),
        (None, ""),
    ],
)
def test_ask_prints_the_short_answer_first_on_a_line_of_its_own(
    monkeypatch, indexes, wenju, short_answer, expected
):
    ask = assistant.Assistant.ask
    monkeypatch.setattr(
        assistant.Assistant,
        "ask",
        lambda self, question, **options: replace(
            ask(self, question, **options), short_answer=short_answer
        ),
    )

    code, output, _ = wenju("ask", "马云第一次上网是在哪里？")

    assert code == 0
    assert output.startswith(f"{expected}马云第一次上网是在西雅图。")


@pytest.mark.parametrize(
    ("question", "document", "words"),
    [
        ("Where did Jack Ma first go online?", "letter.txt", "马云第一次上网是在西雅图。"),
        ("which 12 cities got cross-border pilot zones?", "zones.md", QUOTE),
        ("馬雲第一次上網是在哪裡？", "letter.txt", "马云第一次上网是在西雅图。"),
        ("账册由谁保管？", "ledger.txt", "账册由守塔人方德海保管了三十年。"),
        ("2014年中国买了多少吨车厘子？", "cherries/growers.txt", "600 tons of cherries"),
        ("Who chairs the cooperative?", "cherries/growers.txt", "Miriam Katz"),
    ],
    ids=["en-zh", "en-zh 12 cities", "hant-zh", "gb18030", "zh-en", "en-en"],
)
def test_the_quote_stands_in_the_document_whatever_the_language(
    indexes, wenju, question, document, words
):
    code, output, _ = wenju("ask", question, "--json")

    citation = json.loads(output)["citations"][0]
    assert code == 0
    assert citation["document_id"] == document
    assert words in citation["quote"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("二氧化碳的沸点是多少摄氏度？", "文档中没有找到答案。"),
        ("Who composed the opera Turandot?", "The documents do not hold the answer."),
    ],
)
def test_a_refusal_shows_the_nearest_passages(indexes, wenju, question, message):
    code, output, _ = wenju("ask", question)

    assert code == 1
    assert output.splitlines()[0] == message
    assert output.count("\n\n  ") == 3


@pytest.mark.parametrize("question", ["", " ", "\t\n", "　"])
def test_a_question_of_spaces_is_refused(indexes, wenju, question):
    code, output, _ = wenju("ask", question, "--json")

    assert code == 1
    assert json.loads(output)["refusal"]["reason"] == "empty_question"


def test_a_long_question_is_answered_or_refused_and_too_long_a_one_is_an_error(indexes, wenju):
    code, output, _ = wenju("ask", "城市" * 5000, "--json")
    assert code in (0, 1)
    assert json.loads(output)["answered"] is (code == 0)

    for command in ("ask", "search"):
        code, output, error = wenju(command, "城市" * 5000 + "?")
        assert (code, output) == (2, "")
        assert only_line(error) == (
            "the question is longer than 10,000 characters; ask a shorter one"
        )


def test_without_an_index_the_remedy_is_index(indexes, wenju):
    expected = f"no index at {indexes / 'papers'}; run: wenju index PATH --index papers"

    for command in (["ask", "谁？"], ["search", "谁"], ["list"], ["verify"], ["remove", "a.txt"]):
        code, output, error = wenju(*command, "--index", "papers")
        assert (code, output) == (2, "")
        assert only_line(error) == expected
    assert not (indexes / "papers").exists()


# --json

ANSWER = {
    "question": str,
    "searched": str,
    "language": str,
    "answered": bool,
    "answer": str,
    "short_answer": str | None,
    "confidence": float,
    "citations": list,
    "hits": list,
    "refusal": dict | None,
    "short_answer_translation": str | None,
    "dropped": list,
    "fallback": dict | None,
    "mode": str,
    "model": str | None,
    "index": str,
    "timings": dict,
}


def assert_shape(value, shape):
    assert value.keys() == shape.keys()
    for name, kind in shape.items():
        assert isinstance(value[name], kind), name


def test_the_json_of_an_answer_has_the_shape_of_the_contract(built, indexes, wenju):
    answer = json.loads(wenju("ask", "两个平台是哪两个？", "--json")[1])

    assert_shape(answer, ANSWER)
    assert answer["refusal"] is None
    assert answer["question"] == answer["searched"] == "两个平台是哪两个？"
    assert (answer["language"], answer["mode"], answer["index"]) == ("zh", "extractive", "default")
    assert 0 <= answer["confidence"] <= 1
    assert [hit["rank"] for hit in answer["hits"]] == list(range(1, len(answer["hits"]) + 1))
    assert answer["citations"]
    for hit in answer["hits"]:
        assert_shape(hit, HIT)
    database = sqlite3.connect(indexes / "default" / "wenju.db")
    texts = dict(database.execute("SELECT id, text FROM documents"))
    database.close()
    for citation in answer["citations"]:
        assert_shape(citation, CITATION)
        text = texts[citation["document_id"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["quote"] in citation["passage"]
        assert f"[{citation['marker']}]" in answer["answer"]


def test_the_json_of_a_refusal_has_the_shape_of_the_contract(indexes, wenju):
    answer = json.loads(wenju("ask", "Who composed the opera Turandot?", "--json")[1])

    assert_shape(answer, ANSWER)
    assert_shape(answer["refusal"], {"reason": str, "message": str, "nearest": list})
    assert answer["refusal"]["reason"] == "not_in_documents"
    assert len(answer["refusal"]["nearest"]) == 3
    for hit in answer["refusal"]["nearest"]:
        assert_shape(hit, HIT)
    assert (answer["answered"], answer["answer"], answer["short_answer"]) == (False, "", None)
    assert answer["citations"] == []


def test_the_json_of_search_list_index_and_verify(collection, indexes, wenju):
    code, output, _ = wenju("search", "車厘子 cherries", "--top-k", "2", "--json")
    found = json.loads(output)
    assert code == 0
    assert found.keys() == {"query", "language", "hits", "timings"}
    assert found["query"] == "車厘子 cherries"
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert found["hits"][0]["document_id"] == "cherries/growers.txt"
    for hit in found["hits"]:
        assert_shape(hit, HIT)

    documents = json.loads(wenju("list", "--json")[1])["documents"]
    assert [document["id"] for document in documents] == [
        "cherries/growers.txt",
        "courier.txt",
        "ledger.txt",
        "letter.txt",
        "zones.md",
    ]
    ledger = documents[2]
    assert isinstance(ledger.pop("added"), str)
    assert ledger == {
        "id": "ledger.txt",
        "title": "ledger",
        "source": "ledger.txt",
        "language": "zh",
        "chunks": 1,
        "characters": len(LEDGER),
    }

    reports = json.loads(wenju("index", collection, "--json")[1])["inputs"]
    assert reports[2] == {
        "source": "empty.txt",
        "status": "skipped",
        "documents": 0,
        "chunks": 0,
        "reason": "empty file",
    }

    assert json.loads(wenju("verify", "--json")[1]) == {"index": "default", "damage": []}


# search, list, about, remove


def test_about_prints_the_central_sentences_and_the_headings(indexes, wenju):
    code, output, _ = wenju("about", "zones.md")
    made = json.loads(wenju("about", "zones.md", "--json")[1])

    assert code == 0
    assert output.startswith("跨境电商综合试验区\nzh; ")
    assert "\n[1] " in output
    assert output.endswith("\n是哪十二座城市\n两个平台\n")
    assert [heading["title"] for heading in made["contents"]] == ["是哪十二座城市", "两个平台"]
    assert all(each["quote"] in FILES["zones.md"] for each in made["citations"])


def test_about_an_unknown_id_is_an_error(indexes, wenju):
    code, output, error = wenju("about", "unknown.txt")

    assert (code, output) == (2, "")
    assert only_line(error) == "no document 'unknown.txt'; see: wenju list"


def test_ask_lists_the_documents_and_tells_what_one_is_about(indexes, wenju):
    code, output, _ = wenju("ask", "有哪些文档？")
    assert code == 0
    assert "共 5 篇文档：" in output
    assert "跨境电商综合试验区（中文）[5]" in output

    code, output, _ = wenju("ask", "Summarise the document growers.txt")
    assert code == 0
    assert "600 tons of cherries" in output


def test_search_prints_the_best_passages_in_order(indexes, wenju):
    code, output, _ = wenju("search", "守塔人的账册", "--top-k", "1")

    assert code == 0
    assert output == f"1. ledger · ledger.txt\n   {LEDGER}\n\n"


def test_remove_drops_a_document_for_good(indexes, wenju):
    assert wenju("remove", "ledger.txt") == (0, "removed ledger.txt\n", "")

    assert "ledger.txt" not in wenju("list")[1]
    assert "ledger.txt" not in wenju("search", "守塔人的账册", "--json")[1]
    assert wenju("verify")[:2] == (0, "the index 'default' is sound\n")


def test_remove_of_an_unknown_id_is_an_error(indexes, wenju):
    code, output, error = wenju("remove", "没有.txt")

    assert (code, output) == (2, "")
    assert only_line(error) == "no document '没有.txt'; see: wenju list"


def test_a_question_is_asked_within_a_folder_or_a_language(indexes, wenju):
    code, within, _ = wenju("search", "十二座城市", "--in", "cherries/", "--json")
    _, chinese, _ = wenju("search", "cherries", "--language", "zh", "--json")
    nowhere = wenju("ask", "谁？", "--in", "nowhere")

    assert code == 0
    assert {hit["document_id"] for hit in json.loads(within)["hits"]} == {"cherries/growers.txt"}
    assert "cherries/growers.txt" not in chinese
    assert nowhere[0] == 2
    assert only_line(nowhere[2]) == "no document is in nowhere; see: wenju list"


def test_search_over_an_emptied_index_finds_nothing(indexes, wenju):
    for name in (*FILES, "ledger.txt"):
        assert wenju("remove", name)[0] == 0

    assert wenju("search", "账册") == (1, "", "")
    code, output, _ = wenju("ask", "账册由谁保管？", "--json")
    assert code == 1
    assert json.loads(output)["refusal"]["reason"] == "empty_index"


# feedback


def test_feedback_lists_what_was_thought_of_answers_over_this_index(indexes, wenju):
    path = indexes / CONVERSATIONS_FILE
    code, output, error = wenju("feedback")
    assert (code, output) == (2, "")
    assert only_line(error) == f"no conversations at {path}; run: wenju serve"

    with closing(Conversations.open(path)) as conversations:
        for index, verdict, note in (
            ("default", "up", ""),
            ("default", "down", "not\x1b[31m\nhere"),
            ("papers", "up", ""),
        ):
            asked = {"question": f"谁？{index}", "answered": False, "answer": "", "index": index}
            turn = conversations.add("me", conversations.start("me", index), asked)
            conversations.rate("me", turn.id, verdict, note)

    lines = ["up    谁？default", "down  谁？default", "    not [31m here"]
    code, output, error = wenju("feedback")
    assert (code, sorted(output.splitlines()), error) == (0, sorted(lines), "")
    rated = json.loads(wenju("feedback", "--index", "papers", "--json")[1])["feedback"]
    assert [(row["question"], row["verdict"]) for row in rated] == [("谁？papers", "up")]
    assert wenju("feedback", "--index", "empty") == (1, "", "")


# verify


def spoil(path, offset=None):
    """Turn bytes in the middle of a file (or at `offset`) into others."""
    data = bytearray(path.read_bytes())
    at = len(data) // 2 if offset is None else offset
    data[at : at + 16] = bytes(byte ^ 0xFF for byte in data[at : at + 16])
    path.write_bytes(bytes(data))


def test_verify_finds_a_damaged_search_file_and_repairs_it(indexes, wenju):
    spoil(next(indexes.glob("default/segment-*/arrays.npz")))

    code, output, _ = wenju("verify")
    assert code == 1
    assert output.startswith("segment-")
    assert wenju("ask", "账册由谁保管？")[0] == 0  # all is derived from the database

    assert wenju("verify", "--repair") == (0, "the index 'default' is sound\n", "")
    assert wenju("ask", "账册由谁保管？")[0] == 0


def test_verify_repairs_a_document_from_its_file_and_says_so(indexes, wenju):
    with sqlite3.connect(indexes / "default" / "wenju.db") as database:
        database.execute("UPDATE documents SET text = replace(text, '方德海', '李四光')")
    database.close()

    code, output, error = wenju("verify", "--repair")
    assert (code, output) == (0, "the index 'default' is sound\n")
    assert error == "wenju: ledger.txt was read again from its file\n"
    assert "方德海" in wenju("ask", "账册由谁保管？")[1]


def test_compact_says_nothing(indexes, wenju):
    assert wenju("compact") == (0, "", "")


def test_check_is_the_old_name_of_verify_and_says_so(indexes, wenju):
    notice = "wenju: wenju check is now called wenju verify; check-text checks a text\n"
    sound = wenju("verify", "--json")

    assert sound[2] == ""
    assert wenju("check", "--json") == (0, sound[1], notice)
    spoil(next(indexes.glob("default/segment-*/arrays.npz")))
    assert wenju("check")[0::2] == (1, notice)
    assert wenju("check", "--repair") == (0, "the index 'default' is sound\n", notice)
    assert wenju("verify")[0] == 0


def test_a_document_that_was_altered_is_found_and_never_quoted(indexes, wenju):
    with sqlite3.connect(indexes / "default" / "wenju.db") as database:
        database.execute("UPDATE documents SET text = replace(text, '方德海', '李四光')")
    database.close()

    code, output, _ = wenju("verify")
    assert code == 1
    assert "the document 'ledger.txt' is not what was written" in output
    code, output, error = wenju("ask", "账册由谁保管？")
    assert (code, output) == (2, "")
    assert "'ledger.txt' is not what was written" in only_line(error)


def test_a_database_that_cannot_be_opened_is_damage_to_verify_and_an_error_to_ask(indexes, wenju):
    spoil(indexes / "default" / "wenju.db", offset=0)
    expected = f"the index at {indexes / 'default'} is damaged (file is not a database); "

    code, output, error = wenju("verify")
    assert (code, error) == (1, "")
    assert output.startswith(expected)
    for command in (["ask", "谁？"], ["list"], ["search", "谁"]):
        code, output, error = wenju(*command)
        assert (code, output) == (2, "")
        assert only_line(error).startswith(expected)


# eval


def test_eval_over_a_corpus_of_its_own_writes_a_report(collection, indexes, tmp_path, wenju):
    rows = [
        {
            "id": "q1",
            "question": "账册由谁保管？",
            "answers": ["方德海"],
            "gold_ids": ["ledger.txt"],
        },
        {"id": "q2", "question": "Who composed Turandot?", "answers": []},
    ]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    before = sorted(path.name for path in indexes.iterdir())

    out = tmp_path / "report"
    code, output, _ = wenju("eval", gold, "--corpus", collection, "--out", out)

    assert code == 0
    assert output.endswith(f"\n{out / 'report.html'}\n")
    assert {path.suffix for path in out.iterdir()} == {".json", ".html"}
    assert sorted(path.name for path in indexes.iterdir()) == before

    assert "calibration error" in output

    code, output, _ = wenju("eval", gold, "--without-gold")
    assert code == 0
    assert output

    code, output, _ = wenju("eval", gold, "--only-gold")
    assert code == 0
    assert output.startswith(
        "1 questions: each with its own gold documents alone; 1 to answer, 0 to refuse;"
    )
    assert "1 unanswerable questions left out: no document to keep\n" in output


def test_eval_hides_one_or_the_other_and_needs_gold_documents(collection, indexes, wenju):
    code, _, error = wenju("eval", collection / "gold.jsonl", "--only-gold", "--without-gold")
    assert code == 2
    assert error.splitlines()[-1] == (
        "wenju eval: error: argument --without-gold: not allowed with argument --only-gold"
    )

    code, _, error = wenju("eval", collection / "gold.jsonl", "--only-gold")
    assert code == 2
    assert only_line(error).startswith("--only-gold needs gold_ids, and 1 of 1 rows have none ")


def test_eval_of_claims_judges_each_by_its_evidence(indexes, tmp_path, wenju):
    rows = [
        {"claim": "新设的试验区在十二座城市。", "evidence": QUOTE, "label": "supported"},
        {"claim": "账册保管了四十年。", "evidence": LEDGER, "label": "not_supported"},
    ]
    path = tmp_path / "claims.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")

    code, output, _ = wenju("eval", path, "--json", "--out", tmp_path / "report")

    assert code == 0
    found = json.loads(output)["claims"]
    assert (found["n"], found["by_language"]["zh"]["n"]) == (2, 2)
    assert found["by_label"]["not_supported"] == {
        "n": 1,
        "accuracy": 1.0,
        "told_apart": 1.0,
        "calibration_error": found["by_label"]["not_supported"]["calibration_error"],
    }
    assert (tmp_path / "report" / "claims.json").is_file()
    code, output, _ = wenju("eval", path)
    assert output.startswith("2 claims, each with its own evidence\n")


def test_eval_prints_no_json_of_questions(collection, indexes, wenju):
    code, _, error = wenju("eval", collection / "gold.jsonl", "--json")

    assert code == 2
    assert only_line(error).startswith("--json prints the figures of claims alone; ")


def test_eval_without_a_gold_file_is_an_error(collection, indexes, tmp_path, wenju):
    code, _, error = wenju("eval", tmp_path / "没有.jsonl")
    assert code == 2
    assert only_line(error).startswith(f"no gold file at {tmp_path / '没有.jsonl'}; ")

    code, _, error = wenju("eval", collection / "gold.jsonl", "--corpus", tmp_path / "没有")
    assert code == 2
    assert only_line(error).startswith(f"no file or folder at {tmp_path / '没有'}; ")


# the command as a process


def test_a_cold_ask_is_a_process_of_its_own(indexes):
    done = process("ask", "Where did Jack Ma first go online?", "--json")

    assert (done.returncode, done.stderr) == (0, b"")
    quote = json.loads(done.stdout.decode("utf-8"))["citations"][0]["quote"]
    assert "马云第一次上网是在西雅图。" in quote


def test_bytes_that_are_no_utf8_and_a_terminal_without_chinese_end_without_traceback(indexes):
    asked = process("search", os.fsdecode(b"\xff\xfe ledger"))
    assert (asked.returncode, asked.stderr) == (0, b"")

    listed = process("list", "--json", PYTHONIOENCODING="ascii")
    assert (listed.returncode, listed.stderr) == (0, b"")
    titles = [document["title"] for document in json.loads(listed.stdout)["documents"]]
    assert titles[-1] == "跨境电商综合试验区"

    found = process("search", "cherries café", "--json", PYTHONIOENCODING="ascii")
    assert json.loads(found.stdout)["query"] == "cherries café"
    found = process("search", "守塔人的账册", PYTHONIOENCODING="ascii")
    assert (found.returncode, found.stderr) == (0, b"")
    assert rb"1. ledger \xb7 ledger.txt" in found.stdout


def test_a_reader_that_leaves_early_is_no_error(indexes):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = installed.wenju(
            "list",
            env={"PYTHONUNBUFFERED": ""},
            capture_output=False,
            stdout=closed,
            stderr=subprocess.PIPE,
        )

    assert (done.returncode, done.stderr) == (0, b"")


# check-text

SUPPORTED = "马云第一次上网是在西雅图。"
CONTRADICTED = "新设综合试验区的城市有天津、上海和苏州，一共十三座。"
UNKNOWN = "The moons of Jupiter are 95."
CHECKED = {
    "text": str,
    "start": int,
    "end": int,
    "verdict": str,
    "reason": str | None,
    "citations": list,
}


@pytest.fixture
def text(tmp_path):
    def written(content):
        path = tmp_path / "文.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_each_sentence_is_printed_with_its_mark_and_the_words_it_was_checked_against(
    indexes, wenju, text
):
    code, output, error = wenju("check-text", text(f"{SUPPORTED}\n{CONTRADICTED}\n\n{UNKNOWN}\n"))

    assert (code, error) == (1, "")
    lines = output.splitlines()
    assert [line for line in lines if not line.startswith("    ")] == [
        f"✓ {SUPPORTED}",
        f"✗ {CONTRADICTED}",
        f"? {UNKNOWN}",
    ]
    assert lines[1:3] == ["    “马云第一次上网是在西雅图。”", "    letter · letter.txt"]
    assert lines[4].startswith("    数字不符")
    assert QUOTE in lines[5]
    assert lines[6].endswith(" · zones.md")
    assert lines[-1] == "    The documents say nothing of this."


def test_a_text_that_is_supported_is_exit_code_0(indexes, wenju, text):
    assert wenju("check-text", text(SUPPORTED))[0] == 0
    assert wenju("check-text", text(f"\ufeff{SUPPORTED}"))[1].startswith(f"✓ {SUPPORTED}\n")


def test_the_json_of_a_check_has_the_shape_of_the_contract(indexes, wenju, text):
    code, output, _ = wenju("check-text", text(f"🚢 {SUPPORTED}{UNKNOWN}"), "--json")

    assert code == 1
    checked = json.loads(output)
    assert checked.keys() == {"sentences"}
    for sentence in checked["sentences"]:
        assert_shape(sentence, CHECKED)
        span = slice(sentence["start"], sentence["end"])
        assert f"🚢 {SUPPORTED}{UNKNOWN}"[span] == sentence["text"]
    first, second = checked["sentences"]
    assert (first["verdict"], first["reason"]) == ("supported", None)
    (citation,) = first["citations"]
    assert_shape(citation, CITATION)
    assert citation["quote"] == FILES["letter.txt"][citation["start"] : citation["end"]]
    assert (second["verdict"], second["citations"]) == ("unsupported", [])


def test_nothing_that_is_checked_commands_the_terminal(indexes, wenju, text):
    _, output, _ = wenju("check-text", text("马云\x1b[31m第一次\x07上网是在西雅图。"))

    assert "\x1b" not in output
    assert "\x07" not in output


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (LEDGER.encode("gb18030"), "{path} is not UTF-8 text (byte 0); save it as UTF-8"),
        (b"", "there is no sentence in {path}; give a text with words"),
        ("…… !?\n", "there is no sentence in {path}; give a text with words"),
        ("字" * 50_001, "the text is longer than 50,000 characters; check it in parts"),
        ("字" * 100_000, "the text is longer than 50,000 characters; check it in parts"),
    ],
    ids="gb18030 empty no-words long longer".split(),
)
def test_a_text_that_cannot_be_checked_is_one_line(indexes, wenju, text, content, line):
    path = text(content)

    code, output, error = wenju("check-text", path)

    assert (code, output) == (2, "")
    assert only_line(error) == line.format(path=path)


def test_a_text_or_an_index_that_is_not_there_is_one_line(indexes, wenju, text, tmp_path):
    code, _, error = wenju("check-text", tmp_path / "没有")
    assert code == 2
    assert only_line(error) == f"{tmp_path / '没有'}: No such file or directory; check the path"
    code, _, error = wenju("check-text", tmp_path)
    assert code == 2
    assert only_line(error) == f"{tmp_path}: Is a directory; check the path"
    code, _, error = wenju("check-text", text(SUPPORTED), "--index", "papers")
    assert code == 2
    assert only_line(error).startswith(f"no index at {indexes / 'papers'}; ")


def test_a_text_is_read_from_standard_input(indexes):
    done = installed.wenju(
        "check-text",
        "-",
        input=f"{SUPPORTED}{CONTRADICTED}".encode(),
        env={"WENJU_LLM_MODEL": "none", "WENJU_LLM_BASE_URL": "http://127.0.0.1:9/"},
    )

    assert (done.returncode, done.stderr) == (1, b"")
    marks = [line[0] for line in done.stdout.decode().splitlines() if line[0] != " "]
    assert marks == ["✓", "✗"]


# ask with a language model


def test_ask_says_where_passages_go_who_worded_the_answer_and_what_was_left_out(indexes):
    wrong = CONTRADICTED.replace("上海和", "")
    with ModelServer(Says(f"{SUPPORTED}[1]{wrong}[99]")) as server:
        model = {"WENJU_LLM_BASE_URL": server.base_url, "WENJU_LLM_MODEL": "test"}
        worded = process("ask", "马云第一次上网是在哪里？", **model)
        shaped = process("ask", "马云第一次上网是在哪里？", "--json", "--mode", "llm", **model)
        asked = len(server.requests)
        own = process("ask", "马云第一次上网是在哪里？", "--mode", "extractive", **model)
        off = process("ask", "马云第一次上网是在哪里？", **model, WENJU_LLM="off")
        assert len(server.requests) == asked == 2

    host = server.base_url.removeprefix("http://").removesuffix("/v1")
    first = f"wenju: passages are sent to {host} (test); WENJU_LLM=off keeps them here"
    assert worded.returncode == 0
    assert worded.stdout.decode().startswith(
        f"西雅图\n\n{SUPPORTED}[1]\n\n[1] letter · letter.txt\n"
    )
    notes = worded.stderr.decode().splitlines()
    assert notes[:2] == [first, "wenju: 由 test 组织语言，每句都与所引段落核对过"]
    assert "wenju: 未采用：[99] (它所引的段落并不存在)" in notes
    assert any(note.startswith(f"wenju: 未采用：“{wrong}” (") for note in notes)
    answer = json.loads(shaped.stdout.decode())
    assert (answer["mode"], answer["model"], answer["fallback"]) == ("llm", "test", None)
    assert (own.returncode, own.stderr) == (off.returncode, off.stderr) == (0, b"")


def test_ask_says_why_another_mode_answers(indexes, wenju, monkeypatch):
    question = "Where did Jack Ma first go online?"
    code, output, error = wenju("ask", question, "--mode", "llm")
    assert code == 0
    assert "马云第一次上网是在西雅图。" in output
    assert error == "wenju: No language model is configured.\n"

    with ModelServer(Fails(401)) as server:
        monkeypatch.setenv("WENJU_LLM_BASE_URL", server.base_url)
        monkeypatch.setenv("WENJU_LLM_MODEL", "test")
        code, output, error = wenju("ask", question)
    assert code == 0
    assert "马云第一次上网是在西雅图。" in output
    assert error.splitlines()[1:] == ["wenju: The language model refused the request."]


@pytest.mark.parametrize(
    ("off_for", "told"), [("", ""), ("secret, papers", ", those of secret, papers are not")]
)
def test_serve_says_at_its_start_where_passages_go(indexes, off_for, told):
    environment = {
        "WENJU_LLM_BASE_URL": "http://127.0.0.1:9/v1",
        "WENJU_LLM_MODEL": "test",
        "WENJU_LLM_OFF_FOR": off_for,
    }
    output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    command = [installed.WENJU, "serve", "--port", "0"]
    with installed.started(*command, env=environment, **output) as served:
        line = served.stderr.readline()

    assert line == (
        f"wenju: passages are sent to 127.0.0.1:9 (test){told}; WENJU_LLM=off keeps them here\n"
    )
