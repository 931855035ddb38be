"""The JSON file and the HTML page of an evaluation."""

import json
import re
from html.parser import HTMLParser

import pytest
from gold_results import citation, evaluation, result, wrong
from passages import hit_of

from rag.evaluation.gold import GoldRow
from rag.evaluation.report import render_html, write_report
from rag.evaluation.results import CheckedCitation
from rag.types import Chunk, Refusal

ATTACK = "<script>alert('1')</script>"


def test_without_answers_no_diagram_is_drawn():
    refused = evaluation(result(1, answered=False, answer="", citations=(), cited=None))
    assert "<svg" not in render_html(refused)


def test_the_json_file_holds_figures_and_results(tmp_path):
    write_report(evaluation(result(1), wrong(2)), tmp_path / "new" / "out", caption="种子")
    text = (tmp_path / "new/out/evaluation.json").read_text(encoding="utf-8")
    assert "9万多只新斯科舍龙虾" in text
    held = json.loads(text)
    assert (held["format"], held["caption"]) == (1, "种子")
    assert (held["without_gold"], held["only_gold"]) == (False, False)
    assert held["overall"]["match"] == {"value": 0.5, "count": 1, "total": 2}
    assert held["overall"]["refusals"]["recall"] == {"value": None, "count": 0, "total": 0}
    assert held["overall"]["reciprocal_rank"] == {"value": 1.0, "total": 2}
    assert held["overall"]["latency_p50"] == 30.0
    assert held["by_direction"]["en→zh"]["questions"] == 1
    first, second = held["results"]
    assert first["expected"] == [["9万", "90,000"]]
    assert first["answer"] == "9万多只新斯科舍龙虾[1]"
    assert first["citations"][0]["quote"] == "9万多只新斯科舍龙虾"
    assert first["citations"][0]["verbatim"] is True
    assert first["hits"] == [{"rank": 1, "score": 1.5, "chunk_id": "002#0", "document_id": "002"}]
    assert first["retrieval"]["rank"] == 1
    assert (first["faults"], second["faults"]) == ([], ["wrong answer"])
    assert second["latency"] == 40.0
    assert (first["confidence"], second["confidence"]) == (0.95, 0.65)


def test_the_json_file_holds_the_reliability_of_all_and_of_each_group(tmp_path):
    write_report(evaluation(result(1), wrong(2)), tmp_path)
    held = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    found = held["overall"]["reliability"]
    assert set(found) == {"error", "confidence", "right", "bins", "risks"}
    assert found["error"] == {"value": pytest.approx((0.05 + 0.65) / 2), "total": 2}
    assert found["right"] == {"value": 0.5, "count": 1, "total": 2}
    assert len(found["bins"]) == 10
    assert found["bins"][6] == {
        "start": 0.6,
        "end": 0.7,
        "confidence": {"value": 0.65, "total": 1},
        "right": {"value": 0.0, "count": 0, "total": 1},
    }
    assert found["bins"][0]["confidence"] == {"value": None, "total": 0}
    assert found["risks"] == [
        {
            "confidence": 0.95,
            "coverage": {"value": 0.5, "count": 1, "total": 2},
            "wrong": {"value": 0.0, "count": 0, "total": 1},
        },
        {
            "confidence": 0.65,
            "coverage": {"value": 1.0, "count": 2, "total": 2},
            "wrong": {"value": 0.5, "count": 1, "total": 2},
        },
    ]
    assert held["by_direction"]["en→zh"]["reliability"]["error"] == {"value": 0.65, "total": 1}


def test_the_json_file_keeps_to_the_documented_keys(tmp_path):
    write_report(evaluation(result(1)), tmp_path)
    held = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    assert set(held["results"][0]) == {
        *("id", "type", "question", "searched", "direction", "should_answer", "answered"),
        *("expected", "evidence", "references", "gold_ids", "answer", "refusal"),
        *("short_answer", "short_answer_translation", "brief", "in_short", "translated"),
        *("citations", "hits", "retrieval", "match", "exact", "f1", "cited", "verbatim"),
        *("markers_agree", "used_hidden", "overlap", "latency", "faults", "confidence"),
    }


class Elements(HTMLParser):
    """Names, attributes and text of a page; notes what is closed out of order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.names, self.attributes, self.text, self.crossed = [], [], [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        self.text += data


def test_the_page_lists_a_failed_question_with_expected_and_got():
    page = Elements(render_html(evaluation(result(1), wrong(2)), "种子 · 2 cores"))
    assert page.crossed == page.open == []
    assert "种子 · 2 cores" in page.text
    assert "Failed: 1 of 2" in page.text
    assert "p001" not in page.text
    told = "Expected9万 / 90,000Got12座城市[1]Short answer12Confidence0.65"
    for words in ["p002", told, "0.50 (1/2)"]:
        assert words in page.text
    assert "[1] ZF Max · 龙虾 002 40–50 verbatim9万多只新斯科舍龙虾" in page.text
    assert ("data-fault", "wrong answer") in page.attributes


def test_the_page_draws_the_reliability_beside_tables_of_its_figures():
    page = render_html(evaluation(result(1), result(2), wrong(3)))
    seen = Elements(page)
    assert seen.crossed == seen.open == []
    assert seen.names.count("svg") == 1
    assert (seen.names.count("rect"), seen.names.count("circle")) == (2, 2)
    assert "<p>calibration error 0.25 over 3 answers</p>" in page
    assert "<span>Confidence</span><b>0.250</b><small>calibration error </small>" in page
    assert "Answers by confidencemeanright0.6–0.70.6500.00 (0/1)0.9–1.00.9501.00 (2/2)" in seen.text
    assert "0.950 or more0.67 (2/3)0.00 (0/2)0.650 or more1.00 (3/3)0.33 (1/3)" in seen.text
    assert "Bars: the share of right answers, with the number of answers." in seen.text
    names = [value for name, value in seen.attributes if name == "id"]
    assert len(names) == len(set(names))


def test_the_page_of_hidden_documents_draws_no_reliability():
    assert "<svg" not in render_html(evaluation(result(1), without_gold=True))


def test_the_page_marks_a_citation_that_is_not_verbatim():
    bad = wrong(1, citations=(CheckedCitation(citation(), verbatim=False),))
    assert '<span class="chip">not verbatim</span></figcaption>' in render_html(evaluation(bad))


def test_the_page_tells_a_refusal_and_what_it_should_have_been():
    refused = result(
        1, answered=False, answer="", citations=(), refusal=Refusal("not_in_documents", "", ())
    )
    assert "Gotrefused: not_in_documents" in Elements(render_html(evaluation(refused))).text
    answered = result(2, should_answer=False, row=GoldRow(id="p2", question="?", answers=()))
    assert "Expecteda refusalGot9万" in Elements(render_html(evaluation(answered))).text
    hidden = evaluation(result(3, should_answer=False), without_gold=True)
    expected = "Expecteda refusal (the hidden documents say: 9万 / 90,000)"
    assert expected in Elements(render_html(hidden)).text


@pytest.mark.parametrize("places", ["gold", "answer", "citation", "hit"])
def test_the_page_escapes_whatever_it_shows(places):
    attack = f'"{ATTACK}'
    row = GoldRow(
        attack, attack, ((attack,),), (attack,), (attack,), (attack,), (attack,), attack, attack
    )
    chunk = Chunk(attack, attack, attack, attack, 0, 9, 0)
    quoted = citation(
        document_id=attack,
        chunk_id=attack,
        title=attack,
        source=attack,
        section=attack,
        quote=attack,
        passage=attack,
    )
    fields = {
        "gold": {"row": row, "direction": attack},
        "answer": {"answer": attack, "short_answer": attack, "searched": attack},
        "citation": {"citations": (CheckedCitation(quoted, verbatim=False),)},
        "hit": {"hits": (hit_of(chunk, 1.0, 1, attack, attack),)},
    }[places]
    bad = wrong(1, **fields)
    page = render_html(evaluation(bad), attack)
    assert "<script>alert" not in page
    assert '"&quot;' not in page.replace('data-direction="&quot;', "")
    seen = Elements(page)
    assert seen.names.count("script") == 1
    assert attack in seen.text


def test_the_page_needs_nothing_from_outside():
    page = render_html(evaluation(result(1), wrong(2)))
    assert not re.search(r"https?://|@import|url\(|\bsrc=|<link", page)
    assert "prefers-color-scheme:dark" in page
    assert 'name="viewport"' in page


def test_the_page_without_failures_says_so():
    page = render_html(evaluation(result(1)))
    assert "<h2>Failed: 0 of 1</h2><p>None.</p>" in page
    assert 'id="words"' not in page
