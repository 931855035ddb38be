"""The figures on screen, line by line."""

import dataclasses
import re

from gold_results import evaluation, result, wrong

from rag.evaluation.gold import GoldRow
from rag.evaluation.results import aggregate
from rag.evaluation.screen import render_table


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


def test_a_long_question_leaves_the_id_whole():
    row = GoldRow(id="kp041", question="卖出了多少只龙虾？" * 20, answers=(("9万",),))
    lines = render_table(evaluation(dataclasses.replace(wrong(1), row=row))).splitlines()

    assert lines[-1].startswith("  kp041  en→zh  wrong answer: 卖出了多少只龙虾？卖")


def test_the_table_of_hidden_documents():
    refused = result(
        1,
        should_answer=False,
        answered=False,
        answer="",
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
    refused = result(2, should_answer=False, answered=False, answer="", citations=())
    lines = render_table(evaluation(result(1), refused, only_gold=True, left_out=3)).splitlines()
    assert lines[:3] == [
        "2 questions: each with its own gold documents alone; 1 to answer, 1 to refuse;"
        " 1 answered, 1 refused",
        "3 unanswerable questions left out: no document to keep",
        "calibration error 0.05 over 1 answers",
    ]
    assert any(line.startswith("Evidence found") for line in lines)


def test_without_answers_nothing_is_said_of_confidence():
    refused = evaluation(result(1, answered=False, answer="", citations=(), cited=None))
    assert "calibration" not in render_table(refused)
    assert "onfident" not in render_table(refused)


def test_without_failures_none_is_listed():
    assert render_table(evaluation(result(1))).endswith("\n\nFailed: 0 of 1\n")
