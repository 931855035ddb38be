"""The command line: parses arguments, calls the library, prints; nothing else."""

from __future__ import annotations

import argparse
import io
import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.config import Settings
from rag.errors import BadSetting, IndexDamaged, InputNotFound, InvalidInput, WenjuError

if TYPE_CHECKING:
    from rag.documents.files import InputFile
    from rag.types import Answer, CheckedSentence

DONE, NOTHING_FOUND, FAILED = 0, 1, 2
GRACE_SECONDS = 20  # for what is in flight when the server is told to stop
MODES = ("auto", "extractive", "llm")
_STANDARD_INPUT = "-"
_MARKS = {"supported": "✓", "unsupported": "?", "contradicted": "✗"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 done, 1 refused or damage found, 2 not possible."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options, Settings.from_environment())
        sys.stdout.flush()
        return code
    except WenjuError as error:
        print(f"wenju: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # What is left in the buffer must go somewhere, or Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        print(f"wenju: {error.filename}: {error.strerror}; check the path", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("wenju: interrupted; what was committed stays", file=sys.stderr)
        return 130


def _index(options: argparse.Namespace, settings: Settings) -> int:
    from rag.index.maintenance import build_index
    from rag.shapes import shape

    reports = build_index(
        settings, options.paths, options.index, prune=options.prune, progress=_bar
    )
    if options.json:
        return _print_json({"inputs": [shape(report) for report in reports]})
    for report in reports:
        print(_report_line(report))
    kinds = {status: sum(r.status == status for r in reports) for status in _STATUSES}
    print(", ".join(f"{count} {status}" for status, count in kinds.items() if count))
    return DONE


_STATUSES = ("indexed", "unchanged", "skipped", "removed")


def _report_line(report: Any) -> str:
    if report.status in ("indexed", "unchanged"):
        documents = f"{report.documents} documents, " if report.documents > 1 else ""
        return f"{report.status:<10} {report.source} ({documents}{report.chunks} chunks)"
    reason = f": {report.reason}" if report.reason else ""
    return f"{report.status:<10} {report.source}{reason}"


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from rag.assistant import Assistant
    from rag.shapes import shape

    with closing(Assistant.open(settings, options.index)) as assistant:
        if assistant.model_host is not None and options.mode != "extractive":
            _print_host(assistant.model_host, settings)
        answer = assistant.ask(options.question, mode=options.mode)
    _print_notes(answer)
    if options.json:
        _print_json(shape(answer))
    elif answer.refusal is not None:
        print(answer.refusal.message)
        for hit in answer.refusal.nearest:
            print(f"\n  {_where(hit.title, hit.source, hit.section)}")
            print(f"  {_shortened(hit.text)}")
    else:
        if answer.short_answer:
            print(f"{_on_one_line(answer.short_answer)}\n")
        print(answer.answer)
        for citation in answer.citations:
            place = _where(citation.title, citation.source, citation.section)
            print(f"\n[{citation.marker}] {place}")
            print(f"    “{citation.quote}”")
            print(f"    … {_around(citation.passage, citation.quote)} …")
    return DONE if answer.answered else NOTHING_FOUND


def _print_host(host: str, settings: Settings) -> None:
    """Say where passages are sent to."""
    kept = f", those of {', '.join(settings.llm_off_for)} are not" if settings.llm_off_for else ""
    line = f"passages are sent to {host} ({settings.llm_model}){kept}"
    print(f"wenju: {line}; WENJU_LLM=off keeps them here", file=sys.stderr, flush=True)


def _print_notes(answer: Answer) -> None:
    """Say on standard error who worded the answer, what was left out, and what went wrong."""
    from ui.texts import choose_language, explained, words

    language = choose_language(answer.language)
    texts, notes = words(language), []
    if answer.model:
        notes.append(texts["worded"].format(model=answer.model))
    if answer.fallback:
        notes.append(explained("fallback", answer.fallback.reason, language))
    for dropped in answer.dropped:
        what = f"[{dropped.marker}]" if dropped.marker is not None else f"“{dropped.text}”"
        quoted = f"{what} " if dropped.text else ""
        reason = explained("dropped", dropped.reason, language)
        notes.append(f"{texts['left_out']}{texts['colon']}{quoted}({reason})")
    for note in notes:
        print(f"wenju: {_on_one_line(note)}", file=sys.stderr)


def _search(options: argparse.Namespace, settings: Settings) -> int:
    from rag.assistant import Assistant
    from rag.shapes import shape

    with closing(Assistant.open(settings, options.index)) as assistant:
        found = assistant.search(options.query, options.top_k)
    if options.json:
        _print_json(shape(found))
    else:
        for hit in found.hits:
            print(f"{hit.rank}. {_where(hit.title, hit.source, hit.section)}")
            print(f"   {_shortened(hit.text)}\n")
    return DONE if found.hits else NOTHING_FOUND


def _check_text(options: argparse.Namespace, settings: Settings) -> int:
    from rag.answering.proofreading import LONGEST_TEXT
    from rag.assistant import Assistant
    from rag.shapes import shape

    text = _text_of(options.file, LONGEST_TEXT)
    without_model = replace(settings, llm=False)  # which has no part in it
    with closing(Assistant.open(without_model, options.index)) as assistant:
        sentences = assistant.check(text)
    if not sentences:
        raise InvalidInput(f"there is no sentence in {options.file}", "give a text with words")
    if options.json:
        _print_json({"sentences": [shape(each) for each in sentences]})
    else:
        for sentence in sentences:
            _print_checked(sentence)
    is_sound = all(sentence.verdict == "supported" for sentence in sentences)
    return DONE if is_sound else NOTHING_FOUND


def _text_of(name: str, longest: int) -> str:
    """The text of a file, or of standard input; raises InvalidInput and OSError."""
    most = 4 * longest  # bytes of so many characters
    if name == _STANDARD_INPUT:
        data = sys.stdin.buffer.read(most + 1)
    else:
        with Path(name).open("rb") as file:
            data = file.read(most + 1)
    if len(data) > most:
        raise InvalidInput(f"the text is longer than {longest:,} characters", "check it in parts")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name} is not UTF-8 text (byte {error.start})"
        raise InvalidInput(message, "save it as UTF-8") from error


def _print_checked(sentence: CheckedSentence) -> None:
    print(f"{_MARKS[sentence.verdict]} {_on_one_line(sentence.text)}")
    if sentence.reason:
        print(f"    {_on_one_line(sentence.reason)}")
    for citation in sentence.citations:
        place = _where(citation.title, citation.source, citation.section)
        print(f"    “{_on_one_line(citation.quote)}”\n    {_on_one_line(place)}")


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    import uvicorn

    from api.app import create_app
    from rag.library import Library
    from rag.models.chat import OPENAI_API
    from ui.app import mount

    library = Library(settings, options.index)
    library.open()
    app = create_app(library, home="/ui/")
    listener = _listen(options.host, options.port)
    host, port = listener.getsockname()[:2]
    print(
        f"Wenju serves the index {options.index!r} at http://{_url_host(host)}:{port}/", flush=True
    )
    if settings.llm and settings.llm_model:
        model_host = urlsplit(settings.llm_base_url or OPENAI_API).netloc
        _print_host(library.assistant().model_host or model_host, settings)
    if not (ip_address(host).is_loopback or settings.api_keys):
        print("wenju: open to the network without a key; set WENJU_API_KEYS", file=sys.stderr)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    mount(app, library, is_ending=lambda: server.should_exit)
    with suppress(KeyboardInterrupt):  # raised again once all has ended
        server.run(sockets=[listener])
    return DONE


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises BadSetting."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None) or 0
        reason = os.strerror(number) if number > 0 else getattr(error, "strerror", None) or error
        raise BadSetting(
            f"cannot listen on {host}:{port} ({reason})", "choose another --host or --port"
        ) from error


def _url_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from rag.assistant import Assistant
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
            settings, name = replace(settings, indexes=Path(scratch)), "corpus"
            build_index(settings, [options.corpus], name, progress=_bar)
        with closing(Assistant.open(settings, name)) as assistant:
            evaluation = evaluate(
                assistant, rows, without_gold=options.without_gold, only_gold=options.only_gold
            )
    print(render_table(evaluation))
    if options.out is not None:
        write_report(evaluation, options.out, caption=str(options.gold))
        print(f"\n{options.out / 'report.html'}")
    return DONE


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from rag.index.schema import index_folder
    from rag.index.store import Store
    from rag.shapes import shape

    with closing(Store.open(index_folder(settings.indexes, options.index))) as store:
        documents = store.documents()
    if options.json:
        return _print_json({"documents": [shape(each) for each in documents]})
    for document in documents:
        sizes = f"{document.chunks} chunks, {document.characters} characters"
        print(f"{document.id}\n    {document.title} ({document.language}; {sizes})")
    return DONE


def _feedback(options: argparse.Namespace, settings: Settings) -> int:
    from rag.dialogue.conversations import Conversations
    from rag.library import CONVERSATIONS_FILE

    path = settings.indexes / CONVERSATIONS_FILE
    if not path.is_file():
        raise InputNotFound(f"no conversations at {path}", "run: wenju serve")
    with closing(Conversations.open(path)) as conversations:
        everything = conversations.feedback()
        rated = [row for row in everything if row["index"] == options.index]
    if options.json:
        _print_json({"feedback": rated})
        return DONE if rated else NOTHING_FOUND
    for row in rated:
        note = f"\n    {_printable(row['note'])}" if row["note"] else ""
        print(f"{row['verdict']:<5} {_printable(row['question'])}{note}")
    return DONE if rated else NOTHING_FOUND


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    from rag.index.maintenance import remove_document

    remove_document(settings, options.id, options.index)
    print(f"removed {options.id}")
    return DONE


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from rag.index.maintenance import check_index

    try:
        damage = check_index(settings, options.index, repair=options.repair)
    except IndexDamaged as error:
        damage = [str(error)]
    if options.json:
        _print_json({"index": options.index, "damage": damage})
    else:
        print("\n".join(damage) if damage else f"the index {options.index!r} is sound")
    return NOTHING_FOUND if damage else DONE


def _setup(_options: argparse.Namespace, settings: Settings) -> int:
    from rag.setup import prepare

    prepare(settings, lambda line: print(line, file=sys.stderr, flush=True))
    return DONE


def _bar(files: Sequence[InputFile]) -> Iterable[InputFile]:
    """The files, with a progress bar on standard error where a person watches."""
    from tqdm import tqdm

    return tqdm(files, unit="file", disable=not sys.stderr.isatty(), leave=False)


def _where(title: str, source: str, section: str) -> str:
    heading = section if section.startswith(title) else f"{title} · {section}"
    return " · ".join(part for part in (heading.strip(" ·"), source) if part)


def _shortened(text: str, length: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def _printable(text: str) -> str:
    """What strangers wrote on one line, without what a terminal would take for a command."""
    return "".join(character if character.isprintable() else " " for character in text)


def _on_one_line(text: str) -> str:
    return " ".join(_printable(text).split())


def _around(passage: str, quote: str, margin: int = 60) -> str:
    """The quote with some of the passage around it, on one line."""
    at = passage.find(quote)
    around = passage[max(0, at - margin) : at + len(quote) + margin]
    return " ".join(around.split())


def _print_json(shape: dict[str, Any]) -> int:
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(shape, ensure_ascii=not utf8, indent=2))
    return DONE


def _question(text: str) -> str:
    """The question as text: bytes of the command line that are no UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wenju",
        description="Ask a folder of documents in Chinese or English; get the words behind it.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--index", default="default", metavar="NAME", help="which index")
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print the HTTP shape")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    index = commands.add_parser("index", parents=[common, as_json], help="index files and folders")
    index.add_argument("paths", nargs="*", type=Path, default=[Path("seeds")], metavar="PATH")
    index.add_argument(
        "--prune", action="store_true", help="drop documents that vanished from under the PATHs"
    )
    index.set_defaults(run=_index)

    ask = commands.add_parser("ask", parents=[common, as_json], help="answer a question")
    ask.add_argument("question", type=_question)
    ask.add_argument(
        "--mode",
        choices=MODES,
        default="auto",
        help="whose words the answer is in: the documents' (extractive) or a language model's",
    )
    ask.set_defaults(run=_ask)

    search = commands.add_parser("search", parents=[common, as_json], help="find passages")
    search.add_argument("query", type=_question)
    search.add_argument("--top-k", type=_positive, default=5, metavar="N")
    search.set_defaults(run=_search)

    check_text = commands.add_parser(
        "check-text",
        parents=[common, as_json],
        help="hold each sentence of a text against the documents",
    )
    check_text.add_argument("file", metavar="FILE", help="UTF-8 text; - is standard input")
    check_text.set_defaults(run=_check_text)

    serve = commands.add_parser("serve", parents=[common], help="serve the API and the chat UI")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    serve.set_defaults(run=_serve)

    evaluation = commands.add_parser("eval", parents=[common], help="measure over gold questions")
    evaluation.add_argument("gold", type=Path, metavar="GOLD.jsonl")
    evaluation.add_argument("--corpus", type=Path, help="index this first, for this run only")
    hiding = evaluation.add_mutually_exclusive_group()
    hiding.add_argument(
        "--without-gold",
        action="store_true",
        help="hide each question's own documents: every one must be refused",
    )
    hiding.add_argument(
        "--only-gold",
        action="store_true",
        help="hide all but each question's own documents: finding them is given",
    )
    evaluation.add_argument(
        "--llm", action="store_true", help="have the language model word the answers, as set"
    )
    evaluation.add_argument("--out", type=Path, metavar="DIR", help="write JSON and HTML here")
    evaluation.set_defaults(run=_eval)

    listing = commands.add_parser("list", parents=[common, as_json], help="list the documents")
    listing.set_defaults(run=_list)
    feedback = commands.add_parser(
        "feedback",
        parents=[common, as_json],
        help="list what people thought of answers in the chat",
    )
    feedback.set_defaults(run=_feedback)
    remove = commands.add_parser("remove", parents=[common], help="remove a document")
    remove.add_argument("id")
    remove.set_defaults(run=_remove)
    check = commands.add_parser("check", parents=[common, as_json], help="look for damage")
    check.add_argument("--repair", action="store_true", help="make the search files anew")
    check.set_defaults(run=_check)
    setup = commands.add_parser("setup", parents=[common], help="prepare the model and the lexicon")
    setup.set_defaults(run=_setup)
    return parser


if __name__ == "__main__":
    sys.exit(main())
