"""The HTML report of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rag.evaluation.diagram import reliability_diagram
from rag.evaluation.gold import is_relevant
from rag.evaluation.results import CheckedCitation, Evaluation, RowResult
from rag.evaluation.tables import Table, opening, reliability_tables, section_tables


def render_html(evaluation: Evaluation, caption: str = "") -> str:
    """One HTML page without outside resources: the figures, and the failed questions to filter."""
    failed = [result for result in evaluation.results if result.faults]
    head = "".join(f"<p>{escape(line)}</p>" for line in (caption, *opening(evaluation)) if line)
    sections = section_tables(evaluation)
    cards = "".join(map(_card, sections))
    tables = "".join(map(_html_table, sections)) + _reliability(evaluation)
    faults = sorted({fault for result in failed for fault in result.faults})
    directions = sorted({result.direction for result in failed})
    controls = (
        '<div class="controls"><input id="words" type="search" placeholder="Find words…"'
        ' aria-label="Find words">'
        + _select("fault", "All faults", faults)
        + _select("direction", "All languages", directions)
        + '<output id="shown"></output></div>'
    )
    listed = controls + "".join(map(_failed, failed)) if failed else "<p>None.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Wenju evaluation</title><style>{_STYLE}</style></head><body><header>"
        f'<h1>Wenju evaluation</h1>{head}</header><main><div class="cards">{cards}</div>'
        f"{tables}<h2>Failed: {len(failed)} of {len(evaluation.results)}</h2>{listed}</main>"
        f"<script>{_SCRIPT}</script></body></html>\n"
    )


def _card(table: Table) -> str:
    value, _, counts = table.rows[0][1][0].partition(" ")
    return (
        f'<div class="card"><span>{escape(table.title)}</span><b>{value}</b>'
        f"<small>{escape(table.headings[0])} {counts}</small></div>"
    )


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in table.headings)
    rows = ""
    for name, cells in table.rows:
        spread = "".join(f"<td>{cell}</td>" for cell in cells)
        rows += f"<tr><th>{escape(name)}</th>{spread}</tr>"
    return (
        f'<h2>{escape(table.title)}</h2><div class="scroll"><table><thead><tr><th></th>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _reliability(evaluation: Evaluation) -> str:
    tables = reliability_tables(evaluation)
    if not tables:
        return ""
    return (
        '<section class="plain"><h2>Confidence and right answers</h2>'
        f"<figure>{reliability_diagram(evaluation.overall.reliability.bins)}<figcaption>Bars: the"
        " share of right answers, with the number of answers. Dots: their mean confidence. On the"
        " dashed line both are the same; below it, confidence promises too much.</figcaption>"
        f"</figure>{''.join(map(_html_table, tables))}</section>"
    )


def _select(name: str, everything: str, values: Sequence[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return (
        f'<select id="{name}" aria-label="{name}"><option value="">{everything}</option>'
        f"{options}</select>"
    )


def _failed(result: RowResult) -> str:
    row = result.row
    got = result.text if result.answered else f"refused: {result.refusal or 'no reason'}"
    expected = "; ".join(" / ".join(group) for group in row.answers) or "a refusal"
    if row.answers and not result.should_answer:
        expected = f"a refusal (the hidden documents say: {expected})"
    sought = [*row.evidence, *row.references, *row.gold_ids]
    fields = [
        ("Earlier questions", " · ".join(row.history)),
        ("Searched as", result.searched if result.searched != row.question else ""),
        ("Expected", expected),
        ("Got", got),
        ("Short answer", result.short_answer or ""),
        ("Confidence", f"{result.confidence:.2f}"),
        ("Evidence sought", " · ".join(sought)),
    ]
    chips = "".join(f'<span class="chip">{escape(fault)}</span>' for fault in result.faults)
    return (
        f'<details class="row" data-fault="{escape("|".join(result.faults))}"'
        f' data-direction="{escape(result.direction)}"><summary><code>{escape(row.id)}</code> '
        f"<small>{escape(result.direction)}</small> {chips}<br>{escape(row.question)}</summary><dl>"
        + "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in fields if text)
        + f"</dl>{''.join(map(_citation, result.citations))}{_hits(result)}</details>"
    )


def _citation(checked: CheckedCitation) -> str:
    citation = checked.citation
    verdict = "verbatim" if checked.verbatim else '<span class="chip">not verbatim</span>'
    place = " · ".join(part for part in (citation.title, citation.section) if part)
    return (
        f"<figure><figcaption>[{citation.marker}] {escape(place)} "
        f"<code>{escape(citation.document_id)} {citation.start}–{citation.end}</code> {verdict}"
        f"</figcaption><blockquote>{escape(citation.quote)}</blockquote></figure>"
    )


def _hits(result: RowResult) -> str:
    if not result.hits:
        return "<p>No passage was found.</p>"
    items = "".join(
        f"<li><code>{escape(hit.document_id)}</code> <small>{hit.score:.3f}"
        f"{' · evidence' if is_relevant(result.row, hit.document_id, hit.text) else ''}"
        f"</small><br>{escape(hit.text)}</li>"
        for hit in result.hits
    )
    return f"<details><summary>First passages</summary><ol>{items}</ol></details>"


_STYLE = """
:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--line:#dfe2e6;--back:#fbfcfd;
--card:#fff;--mark:#a43b00;--tint:#fff1e6}
@media(prefers-color-scheme:dark){:root{--ink:#edeef0;--soft:#a0a6ae;--line:#363a3f;
--back:#111113;--card:#1a1b1e;--mark:#ffb27a;--tint:#3a2313}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1rem;color:var(--ink);background:var(--back);
font:16px/1.55 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.05rem;margin:2rem 0 .5rem}
header p{margin:.1rem 0;color:var(--soft)}small,figcaption,dt{color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem;
margin-top:1rem}
.card{display:flex;flex-direction:column;padding:.7rem .9rem;background:var(--card);
border:1px solid var(--line);border-radius:.6rem}
.card span{font-size:.85rem}.card b{font-size:1.6rem;line-height:1.3}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.6rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .8rem;text-align:right;white-space:nowrap;font-weight:400}
th:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
thead th{color:var(--soft);font-size:.85rem}
tbody tr{border-top:1px solid var(--line)}tbody tr:first-child>*{font-weight:600}
.plain tbody tr>*{font-weight:400}
.controls{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.5rem;
padding:.5rem 0;background:var(--back);align-items:center}
input,select{font:inherit;padding:.4rem .6rem;color:inherit;background:var(--card);
border:1px solid var(--line);border-radius:.5rem;max-width:100%}input{flex:1 1 12rem;min-width:0}
.row{margin:.5rem 0;padding:.6rem .9rem;background:var(--card);border:1px solid var(--line);
border-radius:.6rem;overflow-wrap:anywhere;content-visibility:auto;contain-intrinsic-size:auto 4rem}
.row[hidden]{display:none}summary{cursor:pointer}
.chip{padding:.05rem .5rem;border-radius:1rem;font-size:.8rem;margin-right:.3rem;
color:var(--mark);background:var(--tint);white-space:nowrap}
dl{margin:.6rem 0}dd{margin:0 0 .5rem;white-space:pre-wrap}dt,figcaption{font-size:.85rem}
figure{margin:.6rem 0}li{margin:.5rem 0}
.diagram{display:block;width:100%;max-width:26rem;margin-bottom:.4rem}
.diagram text{font-size:11px;fill:var(--ink)}.grid{stroke:var(--line)}
.even{stroke:var(--soft);stroke-dasharray:5 4}
.bar{fill:var(--tint);stroke:var(--mark)}.dot{fill:var(--mark)}
blockquote{margin:.2rem 0;padding-left:.8rem;border-left:3px solid var(--line);
white-space:pre-wrap}
"""


_SCRIPT = """
const get = id => document.getElementById(id), rows = [...document.querySelectorAll('.row')];
function filter() {
  const words = get('words').value.toLowerCase(), fault = get('fault').value;
  let shown = 0;
  for (const row of rows) {
    const fits = (!fault || row.dataset.fault.split('|').includes(fault))
      && (!get('direction').value || row.dataset.direction === get('direction').value)
      && row.textContent.toLowerCase().includes(words);
    row.hidden = !fits;
    shown += fits;
  }
  get('shown').textContent = shown + ' of ' + rows.length;
}
if (get('words')) {
  for (const id of ['words', 'fault', 'direction']) get(id).addEventListener('input', filter);
  filter();
}
"""
