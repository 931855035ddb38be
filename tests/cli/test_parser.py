"""The options that commands take, and what is no usage."""

from pathlib import Path

import pytest

from rag.cli.parser import build_parser


def parsed(*arguments):
    options = vars(build_parser().parse_args([str(argument) for argument in arguments]))
    del options["run"]
    return options


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["index"], {"paths": [Path("seeds")], "prune": False, "json": False}),
        (["index", "a", "b", "--prune"], {"paths": [Path("a"), Path("b")], "prune": True}),
        (["index", "a", "--watch"], {"paths": [Path("a")], "watch": True, "prune": False}),
        (["ask", "谁？"], {"question": "谁？", "mode": "auto", "json": False}),
        (["ask", "谁？", "--mode", "llm", "--json"], {"mode": "llm", "json": True}),
        (["search", "谁"], {"query": "谁", "top_k": 5, "json": False}),
        (["search", "谁", "--top-k", "9"], {"top_k": 9}),
        (
            ["ask", "谁", "--in", "信/", "--in", "a.md", "--language", "en"],
            {"within": ["信/", "a.md"], "languages": ["en"]},
        ),
        (["check-text", "-"], {"file": "-", "json": False}),
        (["serve"], {"host": "127.0.0.1", "port": 8000}),
        (["serve", "--host", "::1", "--port", "0"], {"host": "::1", "port": 0}),
        (
            ["eval", "gold.jsonl"],
            {"gold": Path("gold.jsonl"), "corpus": None, "out": None, "llm": False},
        ),
        (["eval", "g", "--without-gold"], {"without_gold": True, "only_gold": False}),
        (["eval", "g", "--only-gold", "--llm"], {"only_gold": True, "llm": True}),
        (["eval", "g", "--corpus", "c", "--out", "o"], {"corpus": Path("c"), "out": Path("o")}),
        (["eval", "claims.jsonl", "--json"], {"gold": Path("claims.jsonl"), "json": True}),
        (["list", "--json"], {"json": True}),
        (["about", "a.txt", "--json"], {"id": "a.txt", "json": True}),
        (["feedback"], {"json": False}),
        (["remove", "a.txt"], {"id": "a.txt"}),
        (["verify"], {"repair": False, "json": False, "command": "verify"}),
        (["check", "--repair"], {"repair": True, "json": False, "command": "check"}),
        (["compact"], {}),
        (["export", "a.wenju"], {"file": Path("a.wenju")}),
        (["import", "a.wenju"], {"file": Path("a.wenju")}),
        (["setup"], {}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_takes_its_options_and_the_name_of_an_index(arguments, options):
    found = parsed(*arguments)
    assert found.items() >= options.items()
    assert found["index"] == "default"
    assert parsed(*arguments, "--index", "论文")["index"] == "论文"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fetch"],
        ["ask"],
        ["ask", "一", "二"],
        ["search", "x", "--top-k", "0"],
        ["search", "x", "--top-k", "many"],
        ["list", "--colour"],
        ["eval", "gold.jsonl", "--without-gold", "--only-gold"],
        ["remove"],
        ["check-text"],
        ["ask", "x", "--mode", "magic"],
        ["serve", "--json"],
    ],
)
def test_wrong_usage_is_exit_code_2(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        parsed(*arguments)

    output, error = capsys.readouterr()
    assert (ended.value.code, output) == (2, "")
    assert error.startswith("usage: wenju")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_bytes_that_are_no_utf8_are_replaced(command):
    found = parsed(command, "\udcff ledger")

    assert "� ledger" in found.values()


def test_every_command_says_what_it_does(capsys):
    with pytest.raises(SystemExit):
        parsed("--help")

    commands = capsys.readouterr().out.split("COMMAND\n")[-1]
    assert "    ask           Answer a question.\n" in commands
    assert "    verify (check)\n                  Look for damage.\n" in commands
    assert len(commands.splitlines()) == 17
