"""A real language model over the seeds: whatever it says, what is shown rests on the documents.

Runs where WENJU_TEST_LLM gives the address of an OpenAI-compatible server and
WENJU_TEST_LLM_MODEL the name of its model; docs/checking.md tells how to start one.
"""

import json
import os
import re
import statistics
import time
import urllib.request
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from repository import REPOSITORY

from rag.answering.pipeline import ASK_MODEL
from rag.assistant import Assistant
from rag.config import Settings
from rag.errors import LLMUnavailable
from rag.evaluation.gold import read_gold
from rag.models.chat import OpenAIChat
from rag.types import Answer, Found, Token

BASE_URL = os.environ.get("WENJU_TEST_LLM", "")
MODEL = os.environ.get("WENJU_TEST_LLM_MODEL", "test")
# Unless given: time and passages for a model of 135 million parameters, which reads about a
# hundred tokens a second on a busy core.
SECONDS = float(os.environ.get("WENJU_LLM_SECONDS", "120"))
CONTEXT_TOKENS = int(os.environ.get("WENJU_LLM_CONTEXT_TOKENS", "700"))
QUESTIONS = REPOSITORY / "seeds" / "questions.jsonl"
ASKED = (
    *("s073", "s078", "s084", "s096", "s107", "s108", "s109", "s125", "s141", "s145"),  # English
    *("s005", "s017", "s024", "s039", "s130"),  # Chinese
)
REFUSALS = {"not_in_documents", "not_supported"}
FAILURES = {"llm_timeout", "llm_resting", "llm_cut", "llm_nonsense"}  # of a server that is there
LONG = [{"role": "user", "content": "Write a long story about a ship, with every detail."}]

pytestmark = pytest.mark.skipif(
    not BASE_URL, reason="WENJU_TEST_LLM names no server, as http://127.0.0.1:8081/v1 would"
)


@dataclass(frozen=True)
class Asked:
    """An answer, the pieces in which it came, and the seconds that it took."""

    answer: Answer
    pieces: tuple[str, ...]
    seconds: float


@pytest.fixture(scope="module")
def settings():
    return replace(
        Settings.from_environment(),
        llm=True,
        llm_base_url=BASE_URL,
        llm_model=MODEL,
        llm_off_for=(),
        llm_seconds=SECONDS,
        llm_context_tokens=CONTEXT_TOKENS,
        llm_unsupported="drop",
    )


@pytest.fixture(scope="module")
def assistant(settings, seed_indexes):
    with closing(Assistant.open(replace(settings, indexes=seed_indexes))) as opened:
        yield opened


@pytest.fixture(scope="module")
def all_asked(assistant) -> dict[str, Asked]:
    """Every question asked once, by its id."""
    rows = {row.id: row for row in read_gold(QUESTIONS)}
    return {name: ask(assistant, rows[name]) for name in ASKED}


@pytest.fixture(params=ASKED)
def asked(request, all_asked) -> Asked:
    return all_asked[request.param]


@pytest.fixture
def model(settings):
    with closing(OpenAIChat(BASE_URL, MODEL, settings.llm_api_key)) as opened:
        yield opened


def ask(assistant, row):
    begun = time.monotonic()
    history = [{"role": "user", "content": question} for question in row.history]
    found, *pieces, answer = assistant.stream(row.question, history)
    assert isinstance(found, Found)
    assert isinstance(answer, Answer)
    assert all(isinstance(piece, Token) for piece in pieces)
    return Asked(answer, tuple(piece.text for piece in pieces), time.monotonic() - begun)


def marked(text):
    """The sentences of an answer, each with its marker, and what stands behind the last one."""
    *parts, rest = re.split(r"\[(\d+)\]", text)
    return list(zip(parts[::2], map(int, parts[1::2]), strict=True)), rest


def test_every_citation_is_verbatim_and_every_sentence_has_one(assistant, asked):
    answer = asked.answer

    sentences, rest = marked(answer.answer)
    assert rest.strip() == ""
    assert all(any(map(str.isalnum, sentence)) for sentence, _ in sentences)
    markers = list(dict.fromkeys(marker for _, marker in sentences))
    assert markers == [citation.marker for citation in answer.citations]
    assert markers == list(range(1, len(markers) + 1))
    assert answer.answered is bool(markers)
    for citation in answer.citations:
        document = assistant.store.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote != ""
        assert citation.quote in citation.passage
        assert citation.title == document.title
    places = sorted((each.document_id, each.start, each.end) for each in answer.citations)
    for (document_id, _, end), (next_id, start, _) in pairwise(places):
        assert document_id != next_id or end <= start


def test_nothing_is_shown_that_the_checker_does_not_find_in_what_is_cited(assistant, asked):
    if asked.answer.model is None:
        pytest.skip("not in the model's words")
    cited = {each.marker: each.document_id for each in asked.answer.citations}

    for shown, marker in marked(asked.answer.answer)[0]:
        sentence = re.sub(r"^\s*(?:(?:[-*•·]|#{1,6}|\d{1,2}[.)、])\s+)?", "", shown)
        (found,) = assistant.check(sentence)
        assert (sentence, found.verdict, found.reason) == (sentence, "supported", None)
        assert marker in cited


def test_the_marks_between_the_passages_are_never_shown(all_asked):
    shown = "\n".join(asked.answer.answer for asked in all_asked.values())

    assert re.findall(r"</?passage-.*?>", shown) == []


def test_the_pieces_of_the_stream_are_the_answer(asked):
    assert "".join(asked.pieces) == asked.answer.answer


def test_what_is_not_in_the_models_words_or_left_out_has_its_reason(asked):
    answer = asked.answer

    assert answer.mode == ("llm" if answer.model else "extractive")
    assert answer.model in (None, MODEL)
    assert answer.model or answer.fallback or answer.confidence < ASK_MODEL
    assert not (answer.model and answer.fallback)
    assert answer.fallback is None or answer.fallback.reason in FAILURES
    assert all(each.reason for each in answer.dropped)
    if answer.answered:
        assert answer.refusal is None
    else:
        assert answer.refusal.reason in REFUSALS
        assert answer.refusal.message
        assert answer.refusal.nearest == answer.hits[:3] != ()
        assert answer.answer == ""


def test_the_model_was_asked_and_some_answer_is_in_its_words(all_asked, capsys):
    with capsys.disabled():
        print(f"\n\n{table(all_asked.values())}\n")

    assert any(asked.answer.model for asked in all_asked.values())


def table(all_asked):
    """What became of the questions, in a few lines."""
    answers = [asked.answer for asked in all_asked]
    outcomes = Counter(outcome(answer) for answer in answers)
    dropped = Counter(each.reason for answer in answers for each in answer.dropped)
    kept = sum(len(marked(answer.answer)[0]) for answer in answers if answer.model)
    seconds = [asked.seconds for asked in all_asked]
    rows = [
        *((f"{MODEL}: {what}", str(count)) for what, count in sorted(outcomes.items())),
        ("sentences kept", str(kept)),
        *((f"left out: {reason}", str(count)) for reason, count in dropped.most_common()),
        ("median seconds", f"{statistics.median(seconds):.1f}"),
        ("longest", f"{max(seconds):.1f}"),
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:{width}}  {value:>6}" for name, value in rows)


def outcome(answer):
    if answer.fallback:
        return f"fallback: {answer.fallback.reason}"
    if answer.refusal:
        return f"refused: {answer.refusal.reason}" + ("" if answer.model else ", not asked")
    return "answered in its words" if answer.model else "answered, not asked"


def slots():
    """What llama.cpp's server works on; skips where it is another server, or does not tell."""
    address = BASE_URL.rstrip("/").removesuffix("/v1") + "/slots"
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            found = json.load(response)
    except (OSError, ValueError):
        pytest.skip(f"nothing at {address} tells whether the server is at work")
    return found


def seconds_until_idle(limit=30.0):
    begun = time.monotonic()
    while any(slot["is_processing"] for slot in slots()):
        assert time.monotonic() - begun < limit, "the server goes on"
        time.sleep(1.5)  # asked more often, it does not get to see who has hung up
    return time.monotonic() - begun


def decoded():
    """Tokens of the replies in the making."""
    return sum(token["n_decoded"] for slot in slots() for token in slot["next_token"])


def test_a_stream_that_is_closed_early_ends_the_servers_work(model):
    seconds_until_idle()

    with closing(model.stream(LONG, max_tokens=5000, seconds=SECONDS)) as pieces:
        said = [next(pieces) for _ in range(5)]
        assert any(slot["is_processing"] for slot in slots())
        assert decoded() < 1000

    assert "".join(said)
    assert seconds_until_idle() < 5


def test_a_reply_that_is_out_of_time_ends_the_servers_work(model):
    seconds_until_idle()

    with pytest.raises(LLMUnavailable) as error:
        model.complete(LONG, max_tokens=5000, seconds=1.0)

    assert error.value.reason == "llm_timeout"
    assert seconds_until_idle() < 5


def test_a_reply_over_its_length_is_told_from_a_whole_one(model):
    with pytest.raises(LLMUnavailable) as error:
        model.complete(LONG, max_tokens=5, seconds=SECONDS)

    assert error.value.reason == "llm_cut"
