"""The parser for Rich Text Format."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rag.documents.office.signs import readable
from rag.documents.plain import Parsed
from rag.errors import Unreadable

_TOKEN = re.compile(
    rb"\\bin(?P<bin>\d{1,10}) ?|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])|[\r\n]+"
    rb"|(?P<text>[^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_SIGNS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
_WORDS = {
    **{"line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "emspace": " "},
    **{"enspace": " ", "qmspace": " ", "lquote": "‘", "rquote": "’"},
    **{"ldblquote": "“", "rdblquote": "”", "nestcell": " ", "nestrow": " "},
}
# Groups that hold no text of the document, beside those that begin with \*.
_UNSEEN = frozenset(
    "fonttbl colortbl stylesheet info pict object shprslt header headerl headerr headerf footer"
    " footerl footerr footerf ftnsep ftnsepc aftnsep aftnsepc nonshppict fldinst annotation".split()
)
_SEEN_AGAIN = frozenset({"shptxt", "result"})  # within groups that hold none
_PROPERTIES = frozenset({"title", "author", "company", "subject", "keywords"})
_SYMBOL = "symbol"
_CHARSETS = {
    **{0: "cp1252", 2: _SYMBOL, 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs"},
    **{161: "cp1253", 162: "cp1254", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251"},
    238: "cp1250",
}
_CODEPAGES = {936: "gb18030", 950: "big5hkscs", 65001: "utf-8", 10000: "mac_roman"}
_KNOWN = re.compile(r"cp(?:437|850|852|866|874|932|949|125[0-8])")
_DEEPEST = 2000


@dataclass(frozen=True, slots=True)
class _State:
    """What holds in a group; `target` is where its text goes: the body, a note, a property."""

    target: str = "body"  # "" for nowhere
    is_hidden: bool = False
    font: int = -1
    skipped_after_unicode: int = 1
    in_table: bool = False
    is_label: bool = False
    outline: int = 9


def parse_rtf(data: bytes) -> Parsed:
    """A Rich Text file: what its reader sees, a line for each row of a table.

    Headers, footers, comments, hidden and deleted text stay out; a footnote stands below its
    paragraph, behind `[^1]`. Raises Unreadable.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("not a readable .rtf: it does not begin as one")
    reader = _Reader()
    position = 0
    while position < len(data) and (match := _TOKEN.match(data, position)):
        position = match.end() + int(match["bin"] or 0)
        if not reader.take(match):
            break
    return reader.parsed()


@dataclass(slots=True)
class _Reader:
    """Obeys one token after the other."""

    state: _State = _State()
    stack: list[_State] = field(default_factory=list)
    codepage: str = "cp1252"
    charsets: dict[int, str] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)  # by target
    pending: bytearray = field(default_factory=bytearray)  # of one codepage
    pending_codepage: str = ""
    pending_target: str = ""
    paragraphs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    notes_given: int = 0
    is_starred: bool = False
    left_to_skip: int = 0

    def take(self, match: re.Match[bytes]) -> bool:
        """Whether the document goes on behind this token."""
        if match["brace"] == b"{":
            self.stack.append(self.state)
            if len(self.stack) > _DEEPEST:
                raise Unreadable("not a readable .rtf: groups within groups without end")
        elif match["brace"]:
            return self._close()
        elif match["sign"] == b"*":
            self.is_starred = True
            return True
        elif match["word"]:
            self._obey(match["word"].decode(), match["number"])
        elif match["hex"]:
            self._bytes(bytes.fromhex(match["hex"].decode()))
        elif match["sign"]:
            self._say(_SIGNS.get(match["sign"], ""))
        elif match["text"]:
            self._bytes(match["text"])
        self.is_starred = False
        return True

    def _close(self) -> bool:
        if not self.stack:
            return False
        was, self.state = self.state, self.stack.pop()
        if was.target == "note" and self.state.target == "body":
            self._flush()
            words = " ".join("".join(self.texts.pop("note", [])).split())
            self.notes_given += 1
            self.notes.append(f"[^{self.notes_given}]: {words}")
            self._say(f"[^{self.notes_given}]")
        return bool(self.stack)

    def _obey(self, word: str, argument: bytes | None) -> None:
        number = int(argument) if argument is not None else 1
        state = self.state
        if self.is_starred or word in _UNSEEN:
            self.state = replace(state, target=word if word == "fonttbl" else "")
            self.state = replace(self.state, is_label=word == "info")
        elif word in _SEEN_AGAIN:
            self.state = replace(state, target="body")
        elif word in _PROPERTIES and state.is_label and not state.target:
            self.state = replace(state, target=word)
        elif word == "footnote":
            self.state = replace(state, target="note", in_table=False)
        elif word in ("listtext", "pntext"):
            self.state = replace(state, is_label=True)
        elif word in ("v", "deleted"):
            self.state = replace(state, is_hidden=bool(number))
        elif word == "plain":
            self.state = replace(state, is_hidden=False)
        elif word == "pard":
            self.state = replace(state, in_table=False, outline=9)
        elif word == "intbl":
            self.state = replace(state, in_table=True)
        elif word == "outlinelevel":
            self.state = replace(state, outline=number)
        elif word == "f":
            self.state = replace(state, font=number)
        elif word == "fcharset" and state.target == "fonttbl":
            self.charsets[state.font] = _CHARSETS.get(number, self.codepage)
        elif word == "ansicpg":
            name = _CODEPAGES.get(number, f"cp{number}")
            is_known = number in _CODEPAGES or _KNOWN.fullmatch(name)
            self.codepage = name if is_known else "cp1252"
        elif word == "uc":
            self.state = replace(state, skipped_after_unicode=max(0, number))
        elif word == "u":
            self._say(chr(number % 0x10000))
            self.left_to_skip = state.skipped_after_unicode
        else:
            self._break(word)

    def _break(self, word: str) -> None:
        """Ends a paragraph, a cell, a row; or writes the character of that name."""
        in_body = self.state.target == "body"
        ends = ("row",) if self.state.in_table else ("row", "par", "sect", "page")
        if word in ends and in_body:
            self._end_paragraph()
        elif word == "cell":
            self._say("\t")
        elif word in ("par", "tab"):
            is_plain = word == "tab" and not (self.state.in_table or self.state.is_label)
            self._say("\t" if is_plain else " ")
        elif word in _WORDS:
            self._say(" " if self.state.in_table and word == "line" else _WORDS[word])

    def _bytes(self, data: bytes) -> None:
        if self.left_to_skip:
            skipped = min(self.left_to_skip, len(data))
            self.left_to_skip -= skipped
            data = data[skipped:]
        state = self.state
        if not data or not state.target or state.target == "fonttbl" or state.is_hidden:
            return
        codepage = self.charsets.get(state.font, self.codepage)
        if (codepage, state.target) != (self.pending_codepage, self.pending_target):
            self._flush()
            self.pending_codepage, self.pending_target = codepage, state.target
        self.pending += data

    def _say(self, text: str) -> None:
        self.left_to_skip = 0
        self._flush()
        if text and self.state.target and not self.state.is_hidden:
            self.texts.setdefault(self.state.target, []).append(text)

    def _flush(self) -> None:
        if not self.pending:
            return
        if self.pending_codepage == _SYMBOL:
            text = "".join(chr(0xF000 + byte) if byte > 0x20 else " " for byte in self.pending)
        else:
            text = self.pending.decode(self.pending_codepage, "replace")
        self.texts.setdefault(self.pending_target, []).append(readable(text))
        self.pending.clear()

    def _end_paragraph(self) -> None:
        self._flush()
        text = "".join(self.texts.pop("body", []))
        cells = [" ".join(cell.split(" ")).strip() for cell in text.split("\t")]
        text = "\t".join(cells).rstrip("\t") if self.state.in_table else text.strip()
        if text.strip():
            level = self.state.outline + 1
            mark = "#" * min(level, 6) + " " if 1 <= level <= 9 and "\t" not in text else ""
            self.paragraphs.append("\n".join([mark + text, *self.notes]))
        self.notes.clear()

    def parsed(self) -> Parsed:
        """What was read: rows of a table follow each other, paragraphs have blank lines between."""
        self._end_paragraph()
        parts = []
        for before, text in pairwise(["", *self.paragraphs]):
            parts += ["\n" if "\t" in before and "\t" in text else "\n\n", text]
        meta = {name: "".join(self.texts.get(name, [])) for name in _PROPERTIES - {"title"}}
        meta["publisher"] = meta.pop("company")
        named = {name: value.strip() for name, value in meta.items() if value.strip()}
        title = "".join(self.texts.get("title", []))
        return Parsed(_paired(title), _paired("".join(parts)), named, is_exact=True)


def _paired(text: str) -> str:
    """`text` with the halves of characters beyond 16 bits, which RTF writes apart, joined."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
