"""The commands and their options, as `argparse` reads them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rag.cli import commands
from rag.cli.mcp import mcp
from rag.cli.serve import serve
from rag.config import Settings

Run = Callable[[argparse.Namespace, Settings], int]


def build_parser() -> argparse.ArgumentParser:
    """The parser of `wenju`; its result's `run` is called with the result and the settings."""
    parser = argparse.ArgumentParser(
        prog="wenju",
        description="Ask a folder of documents in Chinese or English; get the words behind it.",
    )
    added = parser.add_subparsers(
        title="commands", dest="command", required=True, metavar="COMMAND"
    )

    def command(
        name: str, run: Run, *, json: bool = True, old_name: str = ""
    ) -> argparse.ArgumentParser:
        """One more command; what it does is its help."""
        one = added.add_parser(name, help=run.__doc__, aliases=[old_name] if old_name else [])
        one.set_defaults(run=run)
        one.add_argument("--index", default="default", metavar="NAME", help="which index")
        if json:
            one.add_argument("--json", action="store_true", help="print the HTTP shape")
        return one

    index = command("index", commands.index)
    index.add_argument("paths", nargs="*", type=Path, default=[Path("seeds")], metavar="PATH")
    index.add_argument(
        "--prune", action="store_true", help="drop documents that vanished from under the PATHs"
    )

    index.add_argument(
        "--watch", action="store_true", help="then go on and index what changes under the PATHs"
    )

    ask = command("ask", commands.ask)
    ask.add_argument("question", type=_question)
    ask.add_argument(
        "--mode",
        choices=("auto", "extractive", "llm"),
        default="auto",
        help="whose words the answer is in: the documents' (extractive) or a language model's",
    )

    search = command("search", commands.search)
    search.add_argument("query", type=_question)
    search.add_argument("--top-k", type=_positive, default=5, metavar="N")

    for one in (ask, search):
        one.add_argument(
            "--in",
            dest="within",
            action="append",
            default=[],
            metavar="ID",
            help="only this document, or this folder of them; may be given several times",
        )
        one.add_argument(
            "--language",
            dest="languages",
            action="append",
            default=[],
            metavar="CODE",
            help="only documents in this language (zh, zh-Hant, en); may be given several times",
        )

    check_text = command("check-text", commands.check_text)
    check_text.add_argument("file", metavar="FILE", help="UTF-8 text; - is standard input")

    serving = command("serve", serve, json=False)
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serving.add_argument("--port", type=int, default=8000, help="0 takes a free one")

    command("mcp", mcp, json=False)

    evaluation = command("eval", commands.evaluate)
    evaluation.add_argument("gold", type=Path, metavar="GOLD.jsonl", help="questions, or claims")
    evaluation.add_argument("--corpus", type=Path, help="index this first, for this run only")
    hiding = evaluation.add_mutually_exclusive_group()
    for option, hidden in (
        ("--without-gold", "hide each question's own documents: every one must be refused"),
        ("--only-gold", "hide all but each question's own documents: finding them is given"),
    ):
        hiding.add_argument(option, action="store_true", help=hidden)
    evaluation.add_argument(
        "--llm", action="store_true", help="have the language model write the answers, as set"
    )
    evaluation.add_argument("--out", type=Path, metavar="DIR", help="write JSON and HTML here")

    command("list", commands.list_documents)
    command("about", commands.about).add_argument("id", help="as wenju list shows it")
    command("feedback", commands.feedback)
    command("remove", commands.remove, json=False).add_argument("id")
    command("compact", commands.compact, json=False)
    command("export", commands.export, json=False).add_argument("file", type=Path, metavar="FILE")
    command("import", commands.import_, json=False).add_argument("file", type=Path, metavar="FILE")
    verify = command("verify", commands.verify, old_name="check")
    verify.add_argument("--repair", action="store_true", help="mend what can be mended")
    command("setup", commands.setup, json=False)
    return parser


def _question(text: str) -> str:
    """The question as text: bytes of the command line that are no UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
