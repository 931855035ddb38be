"""An answer from a table, with its rows cited and what was computed said to be so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.citations import Quote, cite, passages_of
from rag.answering.messages import label
from rag.answering.short_answers import short_answers
from rag.index.passage import Passage
from rag.index.retriever import Retriever
from rag.language.file_names import name_words
from rag.reading.tables.results import MOST_ROWS, CitedRow, TableAnswer
from rag.reading.tables.table_reader import TableReader, TableSource
from rag.types import Citation

READ = 8  # passages in which a table is looked for


@dataclass(frozen=True, slots=True)
class Written:
    """The text of an answer with its citations, the short answer, and how sure that is.

    `translation` is that of the short answer, None where there is none. `passages` are those cited
    that may not have been found.
    """

    text: str
    citations: tuple[Citation, ...]
    short: str | None
    confidence: float
    translation: str | None = None
    passages: tuple[Passage, ...] = ()


def from_tables(
    question: str,
    passages: Sequence[Passage],
    reader: TableReader,
    retriever: Retriever,
    language: str,
) -> Written | None:
    """What the tables of the documents found answer, None where they leave a doubt."""
    documents = dict.fromkeys(
        each.chunk.document_id for each in passages[:READ] if "\t" in each.text or "|" in each.text
    )
    own = {document: retriever.passages_of(document) for document in documents}
    sources = [
        _source(document, text, own[document])
        for document in documents
        if (text := retriever.document_text(document)) and _are_of(own[document], text)
    ]
    answer = reader.answer(question, sources, retriever.known_lexicon)
    if answer is None:
        return None
    quotes = _quotes(answer, own)
    if not quotes:
        return None
    quotes = quotes[:MOST_ROWS]
    text, citations = cite(quotes)
    translation = None
    if answer.computed_from:
        markers = "".join(f"[{each.marker}]" for each in citations)
        text = f"{_computed(answer, quotes, language)}{markers}"
    else:
        _, translation = short_answers(quotes, language, retriever.known_lexicon)
    cited = tuple(passages_of(quotes))
    return Written(text, citations, answer.short, answer.confidence, translation, cited)


def _computed(answer: TableAnswer, quotes: Sequence[Quote], language: str) -> str:
    """The short answer with the rows it was computed from, and how many of them are cited."""
    cited = sum(any(_holds(quote, row) for quote in quotes) for row in answer.rows)
    name = "computed" if cited == len(answer.rows) else "computed_of_more"
    said = label(name, language)
    return said.format(short=answer.short, rows=answer.computed_from, cited=cited)


def _holds(quote: Quote, row: CitedRow) -> bool:
    chunk = quote.passage.chunk
    is_within = quote.start <= row.start - chunk.start < quote.end
    return is_within and chunk.document_id == row.document_id


def _are_of(passages: Sequence[Passage], text: str) -> bool:
    """Whether a document's passages are of this text: another process may just replace it."""
    chunks = [each.chunk for each in passages]
    return bool(chunks) and all(text[each.start : each.end] == each.text for each in chunks)


def _source(document: str, text: str, passages: Sequence[Passage]) -> TableSource:
    first = passages[0]
    sections = [(each.chunk.start, each.chunk.section) for each in passages]
    return TableSource(document, text, f"{first.title} {name_words(first.source)}", sections)


def _quotes(answer: TableAnswer, own: dict[str, list[Passage]]) -> list[Quote]:
    """The rows as quotes, those that follow each other in one passage as one if computed from."""
    quotes: list[Quote] = []
    for row in answer.rows:
        quote = _quote(row, own[row.document_id])
        if quote is None:
            continue
        last = quotes[-1] if quotes else None
        if (
            answer.computed_from == len(answer.rows)
            and last
            and last.passage is quote.passage
            and not quote.passage.text[last.end : quote.start].strip()
        ):
            joint = (*last.highlights, *quote.highlights)
            quotes[-1] = Quote(last.passage, last.start, quote.end, joint)
        else:
            quotes.append(quote)
    return quotes


def _quote(row: CitedRow, passages: Sequence[Passage]) -> Quote | None:
    """The row in the passage that it begins in, None where the index has changed meanwhile."""
    for passage in passages:
        chunk = passage.chunk
        if chunk.start <= row.start < chunk.end:
            start, end = row.start - chunk.start, min(row.end, chunk.end) - chunk.start
            spans = [(a - chunk.start, b - chunk.start) for a, b in row.highlights]
            return Quote(passage, start, end, tuple((a, b) for a, b in spans if b <= end))
    return None
