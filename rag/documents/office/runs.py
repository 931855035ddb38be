"""The text within a paragraph of Word: what its reader sees, in order, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rag.documents.office.drawings import DRAWN_ELSEWHERE
from rag.documents.office.formulas import formula
from rag.documents.office.package import attribute, child, children, is_on, local, value, whole
from rag.documents.office.signs import readable
from rag.documents.office.styles import Styles

# Deleted text, what tells how to show something, and the instructions of fields.
_UNSEEN = frozenset(
    "del moveFrom delText delInstrText instrText pPr rPr tblPr sdtPr sdtEndPr sectPr rubyPr"
    " Fallback fldData".split()
)
EMPTY_FIELDS = "form fields without a value"


@dataclass(slots=True)
class Inline:
    """The text of a paragraph; and text boxes, charts, diagrams, and notes that it refers to."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # kind and id, in order

    @property
    def text(self) -> str:
        """The characters, signs of special fonts in Unicode's."""
        return readable("".join(self.parts))


class Runs:
    """Reads paragraphs in their order: a field may begin in one and end in another.

    `dropped` counts what is seen in no text: pictures, hidden text, form fields without a value.
    """

    def __init__(self, styles: Styles, dropped: Counter[str]) -> None:
        self._styles = styles
        self._dropped = dropped
        self._fields: list[bool] = []  # those open here: whether what they show has begun

    def read(self, paragraph: Any, inline: Inline) -> Inline:
        """`inline` with what `paragraph` holds."""
        self._walk(paragraph, inline)
        # An instruction ends with its paragraph: one left open would swallow the document.
        self._fields = [is_shown for is_shown in self._fields if is_shown]
        return inline

    def _walk(self, element: Any, inline: Inline) -> None:
        for each in element:
            self._add(each, local(each), inline)

    def _add(self, element: Any, name: str, inline: Inline) -> None:
        if name in _UNSEEN:
            return
        if name == "t":
            self._say(element.text or "", inline)
        elif name in _CHARACTERS:
            self._say(_CHARACTERS[name], inline)
        elif name == "r" and self._styles.is_hidden(element):
            self._dropped["hidden text"] += 1
        elif name == "fldChar":
            self._field(element, inline)
        elif name == "sym":
            self._say(chr(int(attribute(element, "char", "25A1"), 16) & 0xFFFF), inline)
        elif name in ("footnoteReference", "endnoteReference"):
            inline.notes.append((name.removesuffix("Reference"), attribute(element, "id")))
            inline.parts.append(f"\0{len(inline.notes) - 1}\0")
        elif name == "txbxContent" or name in DRAWN_ELSEWHERE:
            inline.boxes.append(element)
        elif name == "AlternateContent":
            self._alternatives(element, inline)
        elif name == "ruby":
            self._ruby(element, inline)
        elif name in ("oMath", "oMathPara"):
            self._say(formula(element), inline)
        elif name == "sdt":
            self._control(element, inline)
        else:
            if name in ("blip", "imagedata"):
                self._dropped["pictures"] += 1
            self._walk(element, inline)
            if name == "p":  # a paragraph within a drawing
                self._say("\n", inline)

    def _say(self, text: str, inline: Inline) -> None:
        if all(self._fields):
            inline.parts.append(text)

    def _field(self, mark: Any, inline: Inline) -> None:
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            self._fields.append(False)
            data = child(mark, "ffData")
            inline.parts.append("" if data is None else _form_value(data))
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _alternatives(self, element: Any, inline: Inline) -> None:
        """The first way of showing something that shows anything, were it a picture."""
        for way in element:
            before = self._seen(inline)
            self._walk(way, inline)
            if before != self._seen(inline):
                return

    def _seen(self, inline: Inline) -> tuple[int, int, int]:
        return len(inline.parts), len(inline.boxes), self._dropped.total()

    def _ruby(self, element: Any, inline: Inline) -> None:
        base, above = child(element, "rubyBase"), child(element, "rt")
        if base is not None:
            self._walk(base, inline)
        if above is not None:
            self._say("(", inline)
            self._walk(above, inline)
            self._say(")", inline)

    def _control(self, element: Any, inline: Inline) -> None:
        if is_on(element, "sdtPr", "showingPlcHdr"):
            self._dropped[EMPTY_FIELDS] += 1
            return
        for content in children(element, "sdtContent"):
            self._walk(content, inline)


_CHARACTERS = {
    **dict.fromkeys(("tab", "ptab"), "\t"),
    **dict.fromkeys(("br", "cr"), "\n"),
    "noBreakHyphen": "-",
}


def _form_value(data: Any) -> str:
    """What a form field of the old kind shows that is no run: a box ticked, an entry chosen."""
    box, entries = child(data, "checkBox"), child(data, "ddList")
    if box is not None:
        state = "checked" if child(box, "checked") is not None else "default"
        return "☑" if is_on(box, state) else "□"
    if entries is not None:
        choices = [attribute(each, "val") for each in children(entries, "listEntry")]
        chosen = whole(value(entries, "result") or value(entries, "default"))
        return choices[chosen] if 0 <= chosen < len(choices) else ""
    return ""
