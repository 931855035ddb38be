import errno
import json
import os
import sys
from pathlib import Path

import pytest

from rag.documents.files import UPLOAD, InputFile
from rag.errors import IndexingStopped, InputNotFound, NothingIndexed
from rag.index import indexer as indexer_module
from rag.index.indexer import Indexer
from rag.index.store import Store
from rag.types import InputReport

LOBSTER = "加拿大龙虾在天猫上卖出九万只。Canada sold 90,000 lobsters."
CITIES = "Tianjin is one of the 12 cities. 天津是十二个城市之一。"


class CountingEmbedder:
    """The embedder with a list of what it was given."""

    def __init__(self, embedder):
        self._embedder = embedder
        self.name, self.dimension = embedder.name, embedder.dimension
        self.embedded = []

    def embed_query(self, query):
        return self._embedder.embed_query(query)

    def embed_passage(self, passage):
        self.embedded.append(passage.text)
        return self._embedder.embed_passage(passage)


@pytest.fixture
def counting(embedder):
    return CountingEmbedder(embedder)


@pytest.fixture
def store(tmp_path):
    opened = Store.create(tmp_path / "index", "character-pairs", 64)
    yield opened
    opened.close()


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


@pytest.fixture
def index(store, counting):
    """Index as a new process would; gives (source, status, reason) of each report."""

    def run(*paths, **options):
        counting.embedded.clear()
        reports = Indexer(store, counting).index(list(paths), **options)
        assert store.damage() == []
        return [(report.source, report.status, report.reason) for report in reports]

    return run


def write_rows(path, rows):
    lines = [json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def ids(store):
    return [document.id for document in store.documents()]


# One file after another


def test_a_file_is_indexed_once(docs, store, counting):
    (docs / "龙虾.txt").write_text(LOBSTER, "utf-8")
    first = Indexer(store, counting).index([docs])
    assert first == [InputReport("龙虾.txt", "indexed", 1, 1)]
    (indexed,) = store.chunks(store.all_keys()).values()
    assert indexed.chunk.text == LOBSTER
    assert indexed.terms[:5] == ["龙虾", "^龙虾", "加拿", "加拿大", "龙虾"]  # the title leads
    assert store.origins()["龙虾.txt"].path == str(docs / "龙虾.txt")
    second = Indexer(store, counting).index([docs])
    assert second == [InputReport("龙虾.txt", "unchanged", 1, 1)]
    assert counting.embedded == [LOBSTER]
    assert store.generation == 1


def test_title_and_section_are_indexed_with_a_passage_and_are_no_part_of_it(docs, index, store):
    text = f"# 海鲜 Seafood\n\n## 龙虾 Lobster\n\n{CITIES * 2}"
    (docs / "a.md").write_text(text, "utf-8")
    index(docs)
    (held,) = store.chunks(store.all_keys()).values()
    assert held.chunk.section == "海鲜 Seafood > 龙虾 Lobster"
    assert held.chunk.text == store.document("a.md").text[held.chunk.start : held.chunk.end]
    assert held.terms.count("seafood") == 1 + held.chunk.text.count("Seafood")


def test_a_changed_file_replaces_its_former_version(docs, index, store):
    file = docs / "a.txt"
    file.write_text(LOBSTER, "utf-8")
    index(docs)
    file.write_text(CITIES, "utf-8")
    assert index(docs) == [("a.txt", "indexed", "")]
    assert store.document("a.txt").text == CITIES
    assert len(store.all_keys()) == 1


def test_a_file_that_was_only_saved_again_is_not_embedded(docs, index, store, counting):
    file = docs / "a.txt"
    file.write_bytes(LOBSTER.encode())
    index(docs)
    file.write_bytes(LOBSTER.encode() + b"\n")
    assert index(docs) == [("a.txt", "unchanged", "")]
    assert counting.embedded == []
    assert index(docs) == [("a.txt", "unchanged", "")]


def test_a_renamed_file_is_another_document_and_prune_drops_the_former(docs, index, store):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    index(docs)
    (docs / "a.txt").rename(docs / "b.txt")
    assert index(docs, prune=True) == [("b.txt", "indexed", ""), ("a.txt", "removed", "")]
    assert ids(store) == ["b.txt"]


def test_a_file_that_becomes_empty_takes_its_document_along_and_says_so(docs, index, store):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    (docs / "b.txt").write_text(CITIES, "utf-8")
    index(docs)
    (docs / "a.txt").write_text("")
    assert index(docs) == [
        ("a.txt", "skipped", "empty file"),
        ("a.txt", "removed", ""),
        ("b.txt", "unchanged", ""),
    ]
    assert ids(store) == ["b.txt"]
    assert index(docs)[0] == ("a.txt", "skipped", "empty file")


# Rows


def test_one_changed_row_embeds_this_row_only(docs, index, store, counting):
    rows = [("r1", LOBSTER), ("r2", CITIES), ("r3", "第三行。Row three.")]
    write_rows(docs / "c.jsonl", rows)
    assert index(docs) == [("c.jsonl", "indexed", "")]
    assert len(counting.embedded) == 3
    rows[1] = ("r2", "改了的第二行。Row two, changed.")
    write_rows(docs / "c.jsonl", rows)
    assert index(docs) == [("c.jsonl", "indexed", "")]
    assert counting.embedded == ["改了的第二行。Row two, changed."]
    assert store.document("r2").text == "改了的第二行。Row two, changed."
    assert index(docs) == [("c.jsonl", "unchanged", "")]
    assert counting.embedded == []


def test_a_row_that_is_gone_is_removed_and_said(docs, index, store):
    write_rows(docs / "c.jsonl", [("r1", LOBSTER), ("r2", CITIES)])
    index(docs)
    write_rows(docs / "c.jsonl", [("r2", CITIES)])
    assert index(docs) == [("c.jsonl", "unchanged", ""), ("r1", "removed", "")]
    assert ids(store) == ["r2"]


def test_a_bad_row_is_reported_and_the_others_stay(docs, index, store):
    write_rows(docs / "c.jsonl", [("r1", LOBSTER)])
    with (docs / "c.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "r2", "question": "哪里？"}\n')
    assert index(docs) == [
        ("c.jsonl", "indexed", ""),
        ("c.jsonl#r2", "skipped", "rows have no text (a gold file?)"),
    ]
    assert ids(store) == ["r1"]


def test_half_a_surrogate_pair_in_a_row_stops_nothing(docs, index, store):
    (docs / "a.jsonl").write_text(
        r'{"id": "r\ud83d", "title": "\ud83d", "text": "龙虾 lobster", "url": "\ud83d"}'
    )
    (docs / "b.txt").write_text(CITIES, "utf-8")
    assert [status for _, status, _ in index(docs)] == ["indexed", "indexed"]
    assert ids(store) == ["b.txt", "r?"]


# One id, two sources


def test_the_second_source_of_an_id_is_skipped_and_the_first_is_named(tmp_path, index, store):
    for name, text in (("one", LOBSTER), ("two", CITIES)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(text, "utf-8")
    first = tmp_path / "one" / "a.txt"
    skipped = ("a.txt", "skipped", f"the id 'a.txt' belongs to {first}")
    assert index(tmp_path / "one", tmp_path / "two") == [("a.txt", "indexed", ""), skipped]
    assert store.document("a.txt").text == LOBSTER
    assert index(tmp_path / "two") == [skipped]


def test_an_id_passes_on_when_its_first_source_is_gone(tmp_path, index, store):
    for name, text in (("one", LOBSTER), ("two", CITIES)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(text, "utf-8")
    index(tmp_path / "one", tmp_path / "two")
    (tmp_path / "one" / "a.txt").unlink()
    assert index(tmp_path / "two") == [("a.txt", "indexed", "")]
    assert store.document("a.txt").text == CITIES
    assert store.origins()["a.txt"].path == str(tmp_path / "two" / "a.txt")


def test_a_moved_folder_is_not_embedded_again(tmp_path, docs, index, store, counting):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    index(docs)
    moved = docs.rename(tmp_path / "moved")
    assert index(moved) == [("a.txt", "unchanged", "")]
    assert counting.embedded == []
    assert store.origins()["a.txt"].path == str(moved / "a.txt")


def test_a_row_that_moves_to_a_file_read_earlier_is_there_after_the_next_run(docs, index, store):
    write_rows(docs / "a.jsonl", [("r1", LOBSTER)])
    write_rows(docs / "b.jsonl", [("r2", CITIES), ("r3", "第三行。Row three.")])
    index(docs)
    write_rows(docs / "a.jsonl", [("r1", LOBSTER), ("r2", CITIES)])
    write_rows(docs / "b.jsonl", [("r3", "第三行。Row three.")])
    reason = f"the id 'r2' belongs to {docs / 'b.jsonl'}"
    assert ("a.jsonl#r2", "skipped", reason) in index(docs)
    index(docs)
    assert ids(store) == ["r1", "r2", "r3"]


def test_the_same_text_in_the_place_of_an_emptied_file_is_not_lost(tmp_path, index, store):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    (one / "a.txt").write_text(LOBSTER, "utf-8")
    index(one)
    (two / "a.txt").write_text(LOBSTER, "utf-8")
    (one / "a.txt").write_text("")
    index(one, two)
    assert store.document("a.txt").text == LOBSTER


def test_a_folder_is_the_same_from_wherever_it_is_named(docs, index, store, monkeypatch):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    (docs / "sub").mkdir()
    monkeypatch.chdir(docs / "sub")
    assert index(Path("..")) == [("a.txt", "indexed", "")]
    assert store.origins()["a.txt"].path == str(docs / "a.txt")
    assert index(docs) == [("a.txt", "unchanged", "")]


def test_a_file_named_from_another_folder_has_another_id(docs, index, store):
    (docs / "sub").mkdir()
    (docs / "sub" / "a.txt").write_text(LOBSTER, "utf-8")
    assert index(docs) == [("sub/a.txt", "indexed", "")]
    assert index(docs / "sub") == [("a.txt", "indexed", ""), ("sub/a.txt", "removed", "")]
    assert ids(store) == ["a.txt"]


def test_a_folder_is_the_same_through_a_link(tmp_path, docs, index, store):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    (docs / "b.txt").write_text(CITIES, "utf-8")
    link = tmp_path / "link"
    link.symlink_to(docs)
    assert index(link) == [("a.txt", "indexed", ""), ("b.txt", "indexed", "")]
    assert index(docs) == [("a.txt", "unchanged", ""), ("b.txt", "unchanged", "")]
    (docs / "b.txt").unlink()
    assert index(link, prune=True) == [("a.txt", "unchanged", ""), ("b.txt", "removed", "")]


def test_a_link_that_turns_to_another_version_keeps_its_id(tmp_path, docs, index, store):
    for version, text in (("v1", LOBSTER), ("v2", CITIES)):
        (tmp_path / version).mkdir()
        (tmp_path / version / "a.txt").write_text(text, "utf-8")
    current = docs / "current"
    current.symlink_to(tmp_path / "v1")
    index(docs)
    current.unlink()
    current.symlink_to(tmp_path / "v2")
    assert index(docs) == [("current/a.txt", "indexed", "")]
    assert store.document("current/a.txt").text == CITIES
    (tmp_path / "v2" / "a.txt").rename(docs / "b.txt")
    assert index(docs, prune=True) == [("b.txt", "indexed", ""), ("current/a.txt", "removed", "")]


# Prune


def test_a_vanished_file_stays_without_prune(docs, index, store):
    for name in ("a.txt", "b.txt"):
        (docs / name).write_text(LOBSTER, "utf-8")
    index(docs)
    (docs / "a.txt").unlink()
    gone = ("a.txt", "unchanged", "its file is gone; --prune drops it")
    assert index(docs) == [("b.txt", "unchanged", ""), gone]
    assert ids(store) == ["a.txt", "b.txt"]


def test_a_renamed_file_is_told_apart_from_one_that_is_gone(docs, index, store):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    index(docs)
    (docs / "a.txt").rename(docs / "新.txt")
    now = ("a.txt", "unchanged", "its file is now 新.txt; --prune drops it")
    assert index(docs) == [("新.txt", "indexed", ""), now]
    assert ids(store) == ["a.txt", "新.txt"]


def test_prune_drops_what_has_become_ignored_unless_it_is_named_itself(docs, index, store):
    (docs / "notes").mkdir()
    for name in ("a.md", "b.txt", "notes/c.txt"):
        (docs / name).write_text(f"{CITIES} {name}", "utf-8")
    index(docs)
    (docs / ".wenjuignore").write_text("*.md\nnotes/\n", "utf-8")

    assert index(docs) == [("b.txt", "unchanged", "")]
    assert ids(store) == ["a.md", "b.txt", "notes/c.txt"]
    reports = index(docs, docs / "a.md", prune=True)
    assert reports == [
        ("b.txt", "unchanged", ""),
        ("a.md", "unchanged", ""),
        ("notes/c.txt", "removed", ""),
    ]
    assert index(docs, prune=True) == [("b.txt", "unchanged", ""), ("a.md", "removed", "")]


def test_prune_removes_under_the_paths_given_and_nowhere_else(tmp_path, index, store):
    for name in ("in/gone.txt", "in/kept.txt", "in2/gone2.txt", "out/gone3.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{name}。{LOBSTER}", "utf-8")
    index(tmp_path / "in", tmp_path / "in2", tmp_path / "out")
    for name in ("in/gone.txt", "in2/gone2.txt", "out/gone3.txt"):
        (tmp_path / name).unlink()
    reports = index(tmp_path / "in", prune=True)
    assert reports == [("kept.txt", "unchanged", ""), ("gone.txt", "removed", "")]
    assert ids(store) == ["gone2.txt", "gone3.txt", "kept.txt"]


def test_prune_leaves_a_file_that_a_link_inside_another_folder_points_to(tmp_path, docs, index):
    target = tmp_path / "target"
    target.mkdir()
    (target / "x.txt").write_text(LOBSTER, "utf-8")
    (docs / "link.txt").symlink_to(target / "x.txt")
    index(docs)
    assert index(target, prune=True) == [("x.txt", "indexed", "")]


def test_prune_takes_a_path_that_is_itself_gone(docs, index, store):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    (docs / "b.txt").write_text(CITIES, "utf-8")
    index(docs)
    (docs / "a.txt").unlink()
    assert index(docs / "a.txt", prune=True) == [("a.txt", "removed", "")]
    with pytest.raises(InputNotFound, match=r"no file or folder at .*a\.txt"):
        index(docs / "a.txt", prune=True)


# Failures


def test_one_bad_file_never_stops_the_rest(docs, index, store):
    (docs / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    (docs / "b.docx").write_bytes(b"PK\x03\x04 broken")
    (docs / "c.jsonl").write_text("{", "utf-8")
    (docs / "d.exe").write_bytes(b"MZ")
    (docs / "e.txt").write_text(LOBSTER, "utf-8")
    reports = index(docs)
    assert [status for _, status, _ in reports] == ["skipped"] * 4 + ["indexed"]
    assert all(reason for _, status, reason in reports if status == "skipped")
    assert reports[3] == ("d.exe", "skipped", "unsupported format .exe")
    assert ids(store) == ["e.txt"]


def test_nothing_indexed_names_the_reasons(docs, index):
    (docs / "a.exe").write_bytes(b"MZ")
    (docs / "b.txt").write_text(" \n")
    with pytest.raises(
        NothingIndexed,
        match=r"nothing was indexed \(a\.exe: unsupported format \.exe; b\.txt: empty file\); "
        r"name a file or folder with documents \(\.txt",
    ):
        index(docs)


def test_an_empty_folder_holds_nothing_to_index(docs, index):
    with pytest.raises(NothingIndexed, match=r"\(no files found\)"):
        index(docs)


def test_a_path_that_is_not_there_is_an_error(docs, index):
    with pytest.raises(InputNotFound, match=r"no file or folder at .*没有"):
        index(docs / "没有")


def test_a_file_that_vanishes_while_others_are_read_keeps_its_document(docs, index, store):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    (docs / "b.txt").write_text(CITIES, "utf-8")
    index(docs)

    def vanishing(files):
        (docs / "a.txt").unlink()
        return files

    assert index(docs, progress=vanishing) == [
        ("a.txt", "skipped", "cannot be read (No such file or directory)"),
        ("b.txt", "unchanged", ""),
    ]
    assert ids(store) == ["a.txt", "b.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_file_without_permission_is_reported_and_keeps_its_document(docs, index, store):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    (docs / "b.txt").write_text(CITIES, "utf-8")
    index(docs)
    (docs / "a.txt").chmod(0)
    if os.access(docs / "a.txt", os.R_OK):
        pytest.skip("this user may read everything")
    assert index(docs)[0] == ("a.txt", "skipped", "cannot be read (Permission denied)")
    assert ids(store) == ["a.txt", "b.txt"]


def test_an_error_of_the_disk_keeps_the_document(docs, index, store, monkeypatch):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    index(docs)

    def fail(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(indexer_module, "file_digest", fail)
    assert index(docs) == [("a.txt", "skipped", "cannot be read (Input/output error)")]
    assert ids(store) == ["a.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_a_file_name_that_is_not_utf8_is_indexed(docs, index, store):
    path = docs / os.fsdecode(b"\xb0\xc4\xc3\xc5.txt")  # 澳门 in GBK
    path.write_text(LOBSTER, "utf-8")
    assert [status for _, status, _ in index(docs)] == ["indexed"]
    assert [status for _, status, _ in index(docs)] == ["unchanged"]
    assert ids(store) == ["\N{REPLACEMENT CHARACTER}" * 4 + ".txt"]
    assert [status for _, status, _ in index(path)] == ["unchanged"]
    path.unlink()
    (docs / "b.txt").write_text(CITIES, "utf-8")
    assert [status for _, status, _ in index(docs, prune=True)] == ["indexed", "removed"]
    assert ids(store) == ["b.txt"]


def test_what_took_long_is_committed_on_the_way(docs, store, counting, monkeypatch):
    for name in ("a.txt", "b.txt", "c.txt"):
        (docs / name).write_text(f"{name}。{LOBSTER}", "utf-8")
    monkeypatch.setattr(indexer_module, "_COMMIT_SECONDS", 0)

    def interrupted(files):
        yield from files[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Indexer(store, counting).index([docs], progress=interrupted)
    assert ids(store) == ["a.txt", "b.txt"]
    counting.embedded.clear()
    Indexer(store, counting).index([docs])
    assert counting.embedded == [f"c.txt。{LOBSTER}"]


# Uploads


def sent(tmp_path, name, text):
    path = tmp_path / "sent.txt"
    path.write_text(text, "utf-8")
    return InputFile(path, name, name, UPLOAD + name)


def test_an_upload_takes_no_folder_documents_place_even_when_its_file_is_gone(
    store, counting, docs, index, tmp_path
):
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    index(docs)
    (docs / "a.txt").unlink()

    reports = Indexer(store, counting).add([sent(tmp_path, "a.txt", CITIES)])

    assert reports == [
        InputReport("a.txt", "skipped", reason="the id 'a.txt' belongs to another document")
    ]
    assert store.document("a.txt").text == LOBSTER


def test_what_another_process_indexed_meanwhile_stays(store, counting, docs, index, tmp_path):
    indexer = Indexer(store, counting)  # has seen an empty index
    (docs / "a.txt").write_text(LOBSTER, "utf-8")
    index(docs)

    reports = indexer.add([sent(tmp_path, "a.txt", CITIES)])

    reason = "another document was indexed under this id meanwhile"
    assert reports[-1] == InputReport("a.txt", "skipped", reason=reason)
    assert store.document("a.txt").text == LOBSTER
    assert store.origins()["a.txt"].path == str(docs / "a.txt")


def test_an_upload_says_that_it_replaces_a_former_one(store, counting, tmp_path):
    Indexer(store, counting).add([sent(tmp_path, "a.txt", CITIES)])
    again = Indexer(store, counting).add([sent(tmp_path, "a.txt", LOBSTER)])
    unreadable = Indexer(store, counting).add([sent(tmp_path, "a.txt", " ")])

    assert again == [InputReport("a.txt", "indexed", 1, 1, "replaces the former version")]
    assert unreadable == [InputReport("a.txt", "skipped", reason="empty file")]
    assert store.document("a.txt").text == LOBSTER


def test_an_upload_leaves_the_example_questions_alone(store, counting, docs, tmp_path):
    store.remember_questions(["潮水几回？"])
    row = {"id": "1", "question": "转账吗？", "answers": [["x"]]}
    file = sent(tmp_path, "gold.jsonl", json.dumps(row))
    path = file.path.rename(tmp_path / "gold.jsonl")

    Indexer(store, counting).add([InputFile(path, file.id, file.source, file.origin)])

    assert store.questions() == ["潮水几回？"]


def test_indexing_that_is_to_stop_commits_nothing_more(store, counting, tmp_path):
    indexer = Indexer(store, counting, is_stopping=lambda: True)
    with pytest.raises(IndexingStopped, match=r"^the server is shutting down; send"):
        indexer.add([sent(tmp_path, "a.txt", CITIES)])
    assert ids(store) == []


# Glossaries


def test_a_glossary_beside_the_documents_is_kept_and_is_no_document(docs, store, index):
    (docs / "a.txt").write_text(CITIES, "utf-8")
    glossary = docs / "glossary.tsv"
    glossary.write_text("# firms\n天猫\tTmall\n", "utf-8")

    assert index(docs) == [
        ("glossary.tsv", "indexed", "names: 1"),
        ("a.txt", "indexed", ""),
    ]
    assert ids(store) == ["a.txt"]
    assert store.glossaries() == {str(glossary): "# firms\n天猫\tTmall\n"}
    generation = store.generation

    assert index(docs)[0] == ("glossary.tsv", "unchanged", "names: 1")
    assert store.generation == generation


def test_a_glossary_goes_with_its_file_and_others_stay(docs, tmp_path, store, index):
    (docs / "a.txt").write_text(CITIES, "utf-8")
    (docs / "glossary.tsv").write_text("天猫\tTmall\n", "utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_text(LOBSTER, "utf-8")
    (other / "glossary.tsv").write_text("京东\tJD\n", "utf-8")
    index(docs, other)

    (docs / "glossary.tsv").unlink()
    index(docs)

    assert store.glossaries() == {str(other / "glossary.tsv"): "京东\tJD\n"}


def test_a_glossary_that_cannot_be_read_is_told_with_its_line(docs, store, index):
    (docs / "a.txt").write_text(CITIES, "utf-8")
    (docs / "glossary.tsv").write_text("天猫\tTmall\n京东 JD\n", "utf-8")

    source, status, reason = index(docs)[0]

    assert (source, status) == ("glossary.tsv", "skipped")
    assert reason.startswith("glossary.tsv, line 2, is not a name in two languages: 京东 JD")
    assert store.glossaries() == {}


def test_a_glossary_that_cannot_be_read_just_now_stays(docs, store, index, monkeypatch):
    (docs / "a.txt").write_text(CITIES, "utf-8")
    (docs / "glossary.tsv").write_text("天猫\tTmall\n", "utf-8")
    index(docs)
    read = Path.read_bytes

    def refusing(path):
        if path.name == "glossary.tsv":
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)

    assert index(docs)[0] == (
        "glossary.tsv", "skipped", "cannot be read (Input/output error)",
    )  # fmt: skip
    assert list(store.glossaries().values()) == ["天猫\tTmall\n"]


def test_a_glossary_may_lie_under_a_name_that_is_no_utf_8(docs, store, index):
    folder = Path(os.fsdecode(os.fsencode(docs) + b"/a\xff"))
    folder.mkdir()
    (folder / "a.txt").write_text(CITIES, "utf-8")
    (folder / "glossary.tsv").write_text("天猫\tTmall\n", "utf-8")

    index(folder)

    assert store.glossaries() == {str(folder / "glossary.tsv"): "天猫\tTmall\n"}


def test_what_cannot_be_seen_is_not_pruned(docs, store, index, monkeypatch):
    (docs / "sub").mkdir()
    (docs / "sub/b.txt").write_text(LOBSTER, "utf-8")
    (docs / "a.txt").write_text(CITIES, "utf-8")
    index(docs)
    (docs / "a.txt").write_text(LOBSTER + CITIES, "utf-8")
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: "sub" not in str(path) and access(path, mode)
    )
    monkeypatch.setattr(
        "rag.index.indexer.discover",
        lambda paths: [InputFile(docs / "a.txt", "a.txt", "a.txt")],
    )

    assert index(docs, prune=True) == [("a.txt", "indexed", "")]
    assert ids(store) == ["a.txt", "sub/b.txt"]
