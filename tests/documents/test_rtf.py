import pytest

from rag.documents.rtf import parse_rtf
from rag.errors import Unreadable

HEAD = (
    rb"{\rtf1\ansi\ansicpg936\uc1{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Times;}"
    rb"{\f2\fcharset2 Symbol;}}{\colortbl;\red0;}{\stylesheet{\s1 heading 1;}}"
)


def escaped(text, encoding="gbk"):
    return "".join(f"\\'{byte:02x}" for byte in text.encode(encoding)).encode()


def text_of(body):
    return parse_rtf(HEAD + body + b"}").text.strip("\n")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb"\f0 " + escaped("押金") + rb"300\par", "押金300"),
        (rb"\f1 caf\'e9 \f0 " + escaped("店"), "café 店"),
        (rb"\u24180?\u37329?\uc2\u-10179\'a1\'a1\u-8704\'a1\'a1 a", "年金😀 a"),
        (rb"\uc0\u24180 \u37329 x", "年金x"),
        (rb"a\par{\b b}\line c\emdash d\~e\_f\{\}\\", "a\n\nb\nc—d\u00a0e-f{}\\"),
        (rb"{\header X}{\footer X}{\*\unknown X}{\pict 00ff}{\info{\author X}}seen", "seen"),
        (rb"680{\deleted 680}{\v X}\v X\v0 880\deleted X\plain .", "680880."),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}} on", "link on"),
        (rb"{\shp{\*\shpinst{\sp X}{\shptxt Box}}{\shprslt X}}", "Box"),
        (rb"{\listtext\f2 \'b7\tab}Milk\par{\listtext 2.\tab}Tea", "• Milk\n\n2. Tea"),
        (
            rb"fee{\super\chftn}{\footnote \pard\chftn  300 yuan\par} due.\par Next",
            "fee[^1] due.\n[^1]: 300 yuan\n\nNext",
        ),
        (rb"\pard\outlinelevel0 " + escaped("总则") + rb"\par\pard x", "# 总则\n\nx"),
        (rb"\bin5 }}}}}a", "a"),
    ],
)  # fmt: skip
def test_what_a_reader_sees_arrives(body, expected):
    assert text_of(body) == expected


def test_tables_have_a_line_for_each_row():
    row = rb"\trowd\cellx1\cellx2\pard\intbl %s\cell %s\cell\row"
    body = rb"Prices\par" + row % (escaped("茶"), escaped("价")) + row % (rb"a\par b", b"9\\tab 8")

    assert text_of(body + rb"\pard end\par") == "Prices\n\n茶\t价\na b\t9 8\n\nend"


def test_properties():
    info = rb"{\info{\title " + escaped("年报") + rb"}{\author " + escaped("顾南枝") + rb"}}x"
    parsed = parse_rtf(HEAD + info + b"}")

    assert (parsed.title, parsed.meta, parsed.text.strip()) == ("年报", {"author": "顾南枝"}, "x")


@pytest.mark.parametrize("data", [b"plain", b"{\\rtf1" + b"{" * 5000, b"{\\rtf1}"])
def test_files_that_cannot_be_read_or_say_nothing(data):
    if data == b"{\\rtf1}":
        assert parse_rtf(data).text == ""
    else:
        with pytest.raises(Unreadable, match=r"not a readable \.rtf"):
            parse_rtf(data)
