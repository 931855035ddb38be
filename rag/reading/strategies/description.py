"""Who somebody is, and what something is or means: the words that say so beside the name."""

from __future__ import annotations

from rag.language.descriptions import Span, person_described, thing_described
from rag.language.levels import code_described, code_in
from rag.language.question_kinds import asks_meaning, person_in, thing_in
from rag.reading.quotes import quotes_of
from rag.reading.strategies.base import Answered, Asked, Read

SURE = 0.6  # how sure such words are at least


def described(asked: Asked, read: Read) -> Answered | None:
    """The title or apposition of a person, the predicate of a thing, where a pattern is plain.

    How often these are the words that people marked is in docs/questions.md.
    """
    person = person_in(asked.query)
    thing = "" if person else thing_in(asked.query)
    if not (person or thing):
        return None
    meaning = asks_meaning(asked.query)
    code = code_in(thing)
    for number, passage in enumerate(read.passages):
        candidate = next((each for each in read.ranked if each.passage == number), None)
        if candidate is None:
            continue
        found: Span | None
        if person:
            found = person_described(passage.text, person)
        else:
            found = thing_described(passage.text, thing, meaning=meaning)
            if found is None and code and (told := code_described(passage.text, code)):
                # What else is asked of must be spoken of: L4 buyers are no L4 licence.
                speaks = read.met(passage.text[slice(*told)])
                found = told if thing == code or speaks > read.met(code) else None
        if found:
            best = candidate.moved(*found)
            return Answered(best, tuple(quotes_of([best], read.units)), least=SURE)
    return None
