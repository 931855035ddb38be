"""What each command does; it returns the exit code. A command imports what it needs."""

from __future__ import annotations

import functools
import sys
import tempfile
from argparse import Namespace
from contextlib import closing, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.cli import printing
from rag.config import Settings
from rag.errors import IndexDamaged, InputNotFound, InvalidInput
from rag.filter import Filter
from rag.shapes import shape
from rag.types import Check, Documents, Inputs

if TYPE_CHECKING:
    from rag.assistant import Assistant

DONE, NOTHING_FOUND, FAILED = 0, 1, 2
_INDEXING = functools.partial(printing.progress, what="Indexing")
_EMBEDDING = functools.partial(printing.progress, what="Embedding again")


def index(options: Namespace, settings: Settings) -> int:
    """Index files and folders."""
    from rag.index.maintenance import build_index

    reports = build_index(
        settings,
        options.paths,
        options.index,
        prune=options.prune,
        progress=_INDEXING,
        renewal_progress=_EMBEDDING,
    )
    inputs = shape(Inputs(tuple(reports)))
    printing.show(inputs, printing.report_lines(reports), as_json=options.json)
    if options.watch:
        _watch(options, settings)
    return DONE


def _watch(options: Namespace, settings: Settings) -> None:
    """Index what changes, until interrupted."""
    from rag.cli.watching import changes
    from rag.index.maintenance import follow

    printing.note("watching for changes; Ctrl-C ends it")
    with suppress(KeyboardInterrupt):
        for reports in follow(settings, options.paths, options.index, changes(options.paths)):
            inputs = shape(Inputs(tuple(reports)))
            printing.show(inputs, printing.report_lines(reports), as_json=options.json)


def ask(options: Namespace, settings: Settings) -> int:
    """Answer a question."""
    with _assistant(settings, options.index) as assistant:
        if assistant.model_host is not None and options.mode != "extractive":
            printing.note(printing.host_note(assistant.model_host, settings))
        within = Filter.within(options.within, options.languages)
        answer = assistant.ask(options.question, mode=options.mode, within=within)
    for line in printing.answer_notes(answer):
        printing.note(printing.on_one_line(line))
    printing.show(shape(answer), printing.answer_lines(answer), as_json=options.json)
    return DONE if answer.answered else NOTHING_FOUND


def search(options: Namespace, settings: Settings) -> int:
    """Find passages."""
    with _assistant(settings, options.index) as assistant:
        within = Filter.within(options.within, options.languages)
        found = assistant.search(options.query, options.top_k, within=within)
    lines = (
        f"{hit.rank}. {printing.place(hit)}\n   {printing.on_one_line(hit.text, 160)}\n"
        for hit in found.hits
    )
    printing.show(shape(found), lines, as_json=options.json)
    return DONE if found.hits else NOTHING_FOUND


def check_text(options: Namespace, settings: Settings) -> int:
    """Check each sentence of a text against the documents."""
    from rag.answering.proofreading import LONGEST_TEXT

    text = _text_of(options.file, LONGEST_TEXT)
    without_model = replace(settings, llm=False)  # which has no part in it
    with _assistant(without_model, options.index) as assistant:
        sentences = assistant.check(text)
    if not sentences:
        raise InvalidInput(f"there is no sentence in {options.file}", "give a text with words")
    checked = shape(Check(tuple(sentences)))
    printing.show(checked, printing.checked_lines(sentences), as_json=options.json)
    return DONE if all(each.verdict == "supported" for each in sentences) else NOTHING_FOUND


def evaluate(options: Namespace, settings: Settings) -> int:
    """Measure over gold questions or claims."""
    from rag.evaluation.claims import holds_claims

    if holds_claims(options.gold):
        return _evaluate_claims(options, settings)
    if options.json:
        raise InvalidInput("--json prints the figures of claims alone", "use --out for questions")
    from rag.evaluation.evaluate import evaluate
    from rag.evaluation.gold import read_gold
    from rag.evaluation.report import write_report
    from rag.evaluation.screen import render_table
    from rag.index.maintenance import build_index

    rows = read_gold(options.gold)
    settings = settings if options.llm else replace(settings, llm=False)
    with tempfile.TemporaryDirectory(prefix="wenju-eval-") as scratch:
        name = options.index
        if options.corpus is not None:
            folder, name = Path(scratch), "corpus"
            settings = replace(settings, indexes=folder, store="sqlite", milvus_uri="")
            build_index(settings, [options.corpus], name, progress=_INDEXING)
        with _assistant(settings, name) as assistant:
            evaluation = evaluate(
                assistant,
                rows,
                without_gold=options.without_gold,
                only_gold=options.only_gold,
                progress=functools.partial(printing.progress, what="Asking"),
            )
    print(render_table(evaluation))
    if options.out is not None:
        write_report(evaluation, options.out, caption=str(options.gold))
        print(f"\n{options.out / 'report.html'}")
    return DONE


def _evaluate_claims(options: Namespace, settings: Settings) -> int:
    """Measure over claims, each checked against the evidence in its row."""
    from rag.engine import Engine
    from rag.evaluation.claim_tables import write_claim_report
    from rag.evaluation.claims import evaluate_claims, read_claims, shape_of
    from rag.evaluation.screen import render_claims
    from rag.evidence import check_evidenced

    rows = read_claims(options.gold)
    with closing(Engine.open(replace(settings, llm=False))) as engine:
        check = functools.partial(check_evidenced, engine)
        progress = functools.partial(printing.progress, what="Checking")
        evaluation = evaluate_claims(check, rows, progress)
    lines = render_claims(evaluation).splitlines()
    printing.show(shape_of(evaluation), lines, as_json=options.json)
    if options.out is not None:
        write_claim_report(evaluation, options.out, str(options.gold))
    return DONE


def list_documents(options: Namespace, settings: Settings) -> int:
    """List the documents."""
    from rag.index.stores import open_store

    with closing(open_store(settings, options.index)) as store:
        documents = store.documents()
    lines = (
        f"{each.id}\n    {each.title}"
        f" ({each.language}; {each.chunks} chunks, {each.characters} characters)"
        for each in documents
    )
    listed = shape(Documents(tuple(documents)))
    printing.show(listed, lines, as_json=options.json)
    return DONE


def about(options: Namespace, settings: Settings) -> int:
    """Say what a document is about."""
    from rag.answering.overview import WholeDocument
    from rag.index.stores import open_store

    with closing(open_store(settings, options.index)) as store:
        overview = WholeDocument.of(store, options.id).overview()
    printing.show(shape(overview), printing.overview_lines(overview), as_json=options.json)
    return DONE


def feedback(options: Namespace, settings: Settings) -> int:
    """List what people thought of answers in the chat."""
    from rag.library import CONVERSATIONS_FILE, open_conversations

    path = settings.indexes / CONVERSATIONS_FILE
    if not settings.database_url and not path.is_file():
        raise InputNotFound(f"no conversations at {path}", "run: wenju serve")
    with closing(open_conversations(settings)) as conversations:
        rated = [row for row in conversations.feedback() if row["index"] == options.index]
    lines = (
        f"{row['verdict']:<5} {printing.on_one_line(row['question'])}"
        + (f"\n    {printing.on_one_line(row['note'])}" if row["note"] else "")
        for row in rated
    )
    printing.show({"feedback": rated}, lines, as_json=options.json)
    return DONE if rated else NOTHING_FOUND


def remove(options: Namespace, settings: Settings) -> int:
    """Remove a document."""
    from rag.index.maintenance import remove_document

    remove_document(settings, options.id, options.index)
    print(f"removed {options.id}")
    return DONE


def compact(options: Namespace, settings: Settings) -> int:
    """Have no file hold what was removed."""
    from rag.index.maintenance import compact_index

    compact_index(settings, options.index)
    return DONE


def export(options: Namespace, settings: Settings) -> int:
    """Write the index into one file."""
    from rag.index.transport import export_index

    documents, chunks = export_index(settings, options.file, options.index)
    print(f"{options.file}: {documents} documents, {chunks} chunks")
    return DONE


def import_(options: Namespace, settings: Settings) -> int:
    """Make an index of a file that export wrote."""
    from rag.index.transport import import_index

    documents, chunks = import_index(settings, options.file, options.index)
    print(f"index {options.index!r}: {documents} documents, {chunks} chunks")
    return DONE


def verify(options: Namespace, settings: Settings) -> int:
    """Look for damage."""
    from rag.index.maintenance import check_index, repair_index

    if options.command == "check":
        printing.note("wenju check is now called wenju verify; check-text checks a text")
    try:
        if options.repair:
            for line in repair_index(settings, options.index):
                printing.note(printing.on_one_line(line))
        damage = check_index(settings, options.index)
    except IndexDamaged as error:
        damage = [str(error)]
    found = {"index": options.index, "damage": damage}
    sound = [f"the index {options.index!r} is sound"]
    printing.show(found, damage or sound, as_json=options.json)
    return NOTHING_FOUND if damage else DONE


def setup(_options: Namespace, settings: Settings) -> int:
    """Prepare the model and the lexicon."""
    from rag.setup import prepare

    prepare(settings, lambda line: print(line, file=sys.stderr, flush=True))
    return DONE


def _assistant(settings: Settings, name: str) -> closing[Assistant]:
    from rag.assistant import Assistant

    return closing(Assistant.open(settings, name))


def _text_of(name: str, longest: int) -> str:
    """The text of a file, or of standard input for `-`; raises InvalidInput and OSError."""
    most = 4 * longest  # bytes of so many characters
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise InvalidInput(f"the text is longer than {longest:,} characters", "check it in parts")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name} is not UTF-8 text (byte {error.start})"
        raise InvalidInput(message, "save it as UTF-8") from error
