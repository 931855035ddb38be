"""The table on screen, the JSON file and the HTML page of an evaluation."""

import dataclasses
import json
import re
from html.parser import HTMLParser

import pytest
from passages import hit_of

from rag.evaluation.gold import GoldRow
from rag.evaluation.metrics import Retrieval
from rag.evaluation.report import as_json, render_table, write_report
from rag.evaluation.report_page import render_html
from rag.evaluation.results import CheckedCitation, Evaluation, RowResult, aggregate
from rag.types import Chunk, Citation

ATTACK = "<script>alert('1')</script>"


def citation(**fields):
    whole = {
        "marker": 1,
        "document_id": "002",
        "chunk_id": "002#0",
        "title": "ZF Max",
        "source": "002.txt",
        "section": "龙虾",
        "quote": "9万多只新斯科舍龙虾",
        "start": 40,
        "end": 50,
    }
    return Citation(**{**whole, **fields})


def result(number, **fields):
    row = GoldRow(
        id=f"p{number:03}",
        question="ZF Max卖了多少只龙虾？",
        answers=(("9万", "90,000"),),
        evidence=("9万多只",),
        type="number",
    )
    chunk = Chunk("002#0", "002", "龙虾", "ZF Max卖了9万多只新斯科舍龙虾。", 33, 52, 0)
    right = RowResult(
        row=row,
        searched=row.question,
        direction="zh→zh",
        should_answer=True,
        answered=True,
        confidence=0.95,
        text="9万多只新斯科舍龙虾[1]",
        short_answer="9万",
        refusal=None,
        citations=(CheckedCitation(citation(), verbatim=True),),
        markers_agree=True,
        cited=True,
        hits=(hit_of(chunk, 1.5, 1),),
        retrieval=Retrieval(1, None, False, 1.0, 1.0),
        match=True,
        exact=True,
        f1=1.0,
        used_hidden=None,
        latency=20.0,
    )
    return dataclasses.replace(right, **fields)


def wrong(number, **fields):
    return result(
        number,
        text="12座城市[1]",
        short_answer="12",
        match=False,
        exact=False,
        f1=0.0,
        direction="en→zh",
        confidence=0.65,
        latency=40.0,
        **fields,
    )


def evaluation(*results, **fields):
    directions = dict.fromkeys(each.direction for each in results)
    return Evaluation(
        results=results,
        overall=aggregate("all", results),
        by_direction=tuple(
            aggregate(name, [each for each in results if each.direction == name])
            for name in directions
        ),
        by_type=(aggregate("number", results),),
        **fields,
    )


def columns(line):
    """Columns on screen of text in which only Han characters are wide."""
    return len(line) + len(re.findall(r"[\u4e00-\u9fff？，。]", line))


def test_the_table_gives_counts_beside_shares():
    assert render_table(evaluation(result(1), result(2), wrong(3))).splitlines() == [
        "3 questions: 3 to answer, 0 to refuse; 3 answered, 0 refused",
        "calibration error 0.25 over 3 answers",
        "",
        "Evidence found           hit@1       hit@5  MRR@10  nDCG@10",
        "───────────────────────────────────────────────────────────",
        "all                 1.00 (3/3)  1.00 (3/3)   1.000    1.000",
        "zh→zh               1.00 (2/2)  1.00 (2/2)   1.000    1.000",
        "en→zh               1.00 (1/1)  1.00 (1/1)   1.000    1.000",
        "",
        "Answers right           of all  of answered       exact     F1",
        "──────────────────────────────────────────────────────────────",
        "all                 0.67 (2/3)   0.67 (2/3)  0.67 (2/3)  0.667",
        "zh→zh               1.00 (2/2)   1.00 (2/2)  1.00 (2/2)  1.000",
        "en→zh               0.00 (0/1)   0.00 (0/1)  0.00 (0/1)  0.000",
        "",
        "Answers supported     verbatim  quotes verbatim  evidence cited",
        "───────────────────────────────────────────────────────────────",
        "all                 1.00 (3/3)       1.00 (3/3)      1.00 (3/3)",
        "zh→zh               1.00 (2/2)       1.00 (2/2)      1.00 (2/2)",
        "en→zh               1.00 (1/1)       1.00 (1/1)      1.00 (1/1)",
        "",
        "Refusals            of unanswerable  rightly refused  false refusals",
        "────────────────────────────────────────────────────────────────────",
        "all                               –                –      0.00 (0/3)",
        "zh→zh                             –                –      0.00 (0/2)",
        "en→zh                             –                –      0.00 (0/1)",
        "",
        "Confidence          calibration error   mean       right",
        "────────────────────────────────────────────────────────",
        "all                             0.250  0.850  0.67 (2/3)",
        "zh→zh                           0.050  0.950  1.00 (2/2)",
        "en→zh                           0.650  0.650  0.00 (0/1)",
        "",
        "Time and length     median ms  p95 ms  characters",
        "─────────────────────────────────────────────────",
        "all                        20      38          10",
        "zh→zh                      20      20          10",
        "en→zh                      40      40           5",
        "",
        "Answers by confidence   mean       right",
        "────────────────────────────────────────",
        "0.6–0.7                0.650  0.00 (0/1)",
        "0.9–1.0                0.950  1.00 (2/2)",
        "",
        "Most confident answers  of the answers       wrong",
        "──────────────────────────────────────────────────",
        "0.950 or more               0.67 (2/3)  0.00 (0/2)",
        "0.650 or more               1.00 (3/3)  0.33 (1/3)",
        "",
        "Failed: 1 of 3",
        "  p003  en→zh  wrong answer: ZF Max卖了多少只龙虾？",
    ]


def test_the_table_stays_within_100_columns_and_aligns_han_characters():
    row = GoldRow(id="很长的编号" * 9, question="龙虾" * 90 + "\n？", answers=(("9万",),))
    bad = [wrong(number) for number in range(12)]
    bad[0] = dataclasses.replace(bad[0], row=row)
    whole = evaluation(*bad)
    many = dataclasses.replace(whole, by_type=(aggregate("问题" * 60, bad), aggregate("数量", bad)))
    lines = render_table(many).splitlines()
    assert max(map(columns, lines)) <= 100
    assert lines[-1] == "  … and 2 more"
    start = next(number for number, line in enumerate(lines) if line.startswith("Evidence"))
    assert len({columns(line) for line in lines[start : start + 6]}) == 1


def test_the_table_of_hidden_documents():
    refused = result(
        1,
        should_answer=False,
        answered=False,
        text="",
        citations=(),
        cited=None,
        retrieval=None,
        used_hidden=False,
    )
    answered = result(2, should_answer=False, cited=None, retrieval=None, used_hidden=True)
    text = render_table(evaluation(refused, answered, without_gold=True, left_out=3))
    assert text.startswith(
        "2 questions: each with its own gold documents hidden, all to refuse;"
        " 1 answered, 1 refused\n"
        "3 unanswerable questions left out: no document to hide\n\n"
        "With the gold documents hidden     refused  gold answer given  hidden used\n"
    )
    assert "all                             0.50 (1/2)         1.00 (1/1)   0.50 (1/2)\n" in text
    assert "Answers right" not in text
    assert "onfiden" not in text
    assert "calibration" not in text


def test_the_table_of_gold_documents_alone():
    refused = result(2, should_answer=False, answered=False, text="", citations=())
    lines = render_table(evaluation(result(1), refused, only_gold=True, left_out=3)).splitlines()
    assert lines[:3] == [
        "2 questions: each with its own gold documents alone; 1 to answer, 1 to refuse;"
        " 1 answered, 1 refused",
        "3 unanswerable questions left out: no document to keep",
        "calibration error 0.05 over 1 answers",
    ]
    assert any(line.startswith("Evidence found") for line in lines)


def test_without_answers_nothing_is_said_of_confidence():
    refused = evaluation(result(1, answered=False, text="", citations=(), cited=None))
    assert "calibration" not in render_table(refused)
    assert "onfident" not in render_table(refused)
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


def test_as_json_keeps_to_the_documented_keys():
    assert set(as_json(evaluation(result(1)))["results"][0]) == {
        *("id", "type", "question", "searched", "direction", "should_answer", "answered"),
        *("expected", "evidence", "references", "gold_ids", "answer", "short_answer", "refusal"),
        *("citations", "hits", "retrieval", "match", "exact", "f1", "cited", "verbatim"),
        *("markers_agree", "used_hidden", "latency", "faults", "confidence"),
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
    refused = result(1, answered=False, text="", citations=(), refusal="not_in_documents")
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
        "answer": {"text": attack, "short_answer": attack, "searched": attack},
        "citation": {"citations": (CheckedCitation(quoted, verbatim=False),)},
        "hit": {"hits": (hit_of(chunk, 1.0, 1, attack, attack),)},
    }[places]
    bad = dataclasses.replace(wrong(1), **fields)
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
