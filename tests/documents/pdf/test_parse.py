"""What a PDF's pages say, in reading order, and what the report says of the rest."""

import io

import pytest
from pdf_files import HEIGHT, Drawing, without_map
from PIL import Image

from rag.documents.pdf.parse import parse_pdf
from rag.errors import Unreadable


def parsed_without_ocr(data):
    return parse_pdf(data, open_reader=lambda: None)


def text_of(drawing):
    parsed = parsed_without_ocr(drawing.bytes())
    assert parsed.missing == ()
    return parsed.text


def grey_page():
    return Image.new("L", (60, 80), 128)


# Reading order

LEFT = [
    "The harbour office reviewed the",
    "plan for the north quay, and it",
    "decided that the old crane will",
    "be taken down in May.",
]
RIGHT = [
    "Ferries pay a fee of nine euros,",
    "which has been the same since",
    "the year of the flood, and they",
    "berth at the south quay.",
]
BOTH = (
    "The harbour office reviewed the plan for the north quay, and it decided that the old crane"
    " will be taken down in May.\n\nFerries pay a fee of nine euros, which has been the same since"
    " the year of the flood, and they berth at the south quay."
)


@pytest.mark.parametrize("shift", [0, 7], ids=["aligned", "unaligned"])
def test_columns_are_read_one_after_the_other_though_drawn_row_by_row(shift):
    drawing = Drawing()
    for row, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        drawing.english(60, 700 - 16 * row, left)
        drawing.english(320, 700 - shift - 16 * row, right)

    assert text_of(drawing) == BOTH


def test_columns_under_a_title_across_both_and_a_line_below():
    drawing = Drawing()
    drawing.english(150, 760, "Minutes of the harbour office of Port Elmo", 16)
    drawing.lines(60, 700, LEFT)
    drawing.lines(320, 700, RIGHT)
    drawing.english(60, 600, "Both decisions were taken by all members who were there on that day.")

    title = "Minutes of the harbour office of Port Elmo"
    end = "Both decisions were taken by all members who were there on that day."
    assert text_of(drawing) == f"{title}\n\n{BOTH}\n\n{end}"


def test_chinese_columns_are_joined_without_spaces():
    drawing = Drawing()
    for row, (left, right) in enumerate(
        [
            ("港务局审议了北码头的方案，决", "渡轮每次停靠收费九元，这个价"),
            ("定旧吊车在五月拆除，新吊车由", "格自洪水那年起没有变过，停靠"),
            ("船厂提供，九月装好。", "在南码头。"),
        ]
    ):
        drawing.text(60, 700 - 16 * row, left)
        drawing.text(320, 700 - 16 * row, right)

    assert text_of(drawing) == (
        "港务局审议了北码头的方案，决定旧吊车在五月拆除，新吊车由船厂提供，九月装好。\n\n"
        "渡轮每次停靠收费九元，这个价格自洪水那年起没有变过，停靠在南码头。"
    )


def test_vertical_writing_is_read_from_the_right_column_down():
    drawing = Drawing()
    for column, words in enumerate(["SPRING", "RIVERS", "FLOWER"]):
        for row, character in enumerate(words):
            drawing.english(400 - 24 * column, 700 - 14 * row, character, 12)

    assert text_of(drawing).split() == ["SPRING", "RIVERS", "FLOWER"]


def test_vertical_chinese_in_a_font_that_is_not_in_the_file():
    drawing = Drawing()
    for column, words in enumerate(["藏经阁告示", "每逢初三开放", "押金五十文"]):
        for row, character in enumerate(words):
            drawing.text(500 - 40 * column, 780 - 18 * row, character, 14)

    assert text_of(drawing).split() == ["藏经阁告示", "每逢初三开放", "押金五十文"]


def test_cells_of_one_character_in_such_a_font_stay_in_their_columns():
    drawing = Drawing()
    for row, cells in enumerate(
        [("音箱", "防水", "价格"), ("云雀", "否", "299"), ("石鼓", "是", "699")]
    ):
        for column, words in enumerate(cells):
            drawing.text(66 + 120 * column, 706 - 20 * row, words)
    drawing.grid([60, 180, 300, 420], [740, 720, 700, 680, 660])

    assert text_of(drawing) == "音箱\t防水\t价格\n云雀\t否\t299\n石鼓\t是\t699"


def test_a_watermark_askew_does_not_part_the_lines_it_crosses():
    drawing = Drawing()
    drawing.lines(60, 700, LEFT)
    drawing.canvas.rotate(45)
    drawing.english(600, 300, "DRAFT", 60)

    assert text_of(drawing) == BOTH.split("\n")[0]


# Lines and words


def test_lines_of_a_paragraph_are_joined_and_those_of_a_list_are_not():
    drawing = Drawing()
    drawing.lines(
        60, 700, ["Bring to the crossing", "- a passport", "- a ticket", "- warm clothes"]
    )

    assert text_of(drawing) == "Bring to the crossing\n- a passport\n- a ticket\n- warm clothes"


def test_names_below_each_other_are_no_running_text():
    drawing = Drawing()
    for row, name in enumerate(["张三丰", "李四光", "王五一"]):
        drawing.text(60, 700 - 16 * row, name)

    assert text_of(drawing) == "张三丰\n李四光\n王五一"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["The register of the labora-", "tory is kept there."],
         "The register of the laboratory is kept there."),
        (["A long-term plan, then; the new long-", "term contract of the quay."],
         "A long-term plan, then; the new long-term contract of the quay."),
        (["A term is long here, so this long-", "term contract was signed."],
         "A term is long here, so this long-term contract was signed."),
        (["The harbour office of the Anglo-", "Saxon quarter moved."],
         "The harbour office of the Anglo-Saxon quarter moved."),
        (["As many people now shop by e-", "commerce, the quay grew."],
         "As many people now shop by e-commerce, the quay grew."),
    ],
    ids=["broken", "written elsewhere", "both parts alone", "name", "letter"],
)  # fmt: skip
def test_a_hyphen_at_the_end_of_a_line(lines, expected):
    drawing = Drawing()
    drawing.lines(60, 700, lines)

    assert text_of(drawing) == expected


def test_a_word_and_a_sentence_broken_by_a_page():
    drawing = Drawing()
    drawing.lines(60, 700, ["The office has measured the depth at the new quay, and the labora-"])
    drawing.page()
    drawing.lines(60, 780, ["tory confirmed it. All ships may berth."])
    drawing.page()
    parsed = parse_pdf(drawing.bytes())

    whole = "at the new quay, and the laboratory confirmed it. All ships may berth."
    assert parsed.text.endswith(whole)
    assert [parsed.text[start:][:4] for start in parsed.page_starts] == ["The ", "tory"]


def test_ligatures_and_letters_drawn_twice_for_a_bold_look():
    drawing = Drawing()
    for shift in (0, 0.3):
        drawing.english(60 + shift, 700, "Office hours")
    drawing.lines(60, 660, ["The offer differs."])

    assert text_of(drawing) == "Office hours\n\nThe offer differs."


# What stands on every page


def test_running_heads_and_page_numbers_are_left_out_and_said():
    drawing = Drawing()
    for page in (1, 2, 3):
        drawing.text(60, HEIGHT - 30, "港口手册 2031版", 9)
        drawing.text(60, 700, f"第{page}章的内容写在这里，船只须在第{page}号码头停靠。")
        drawing.text(280, 30, f"第{page}页 共3页", 9)
        drawing.page()
    parsed = parse_pdf(drawing.bytes())

    assert parsed.text == "\n\n".join(
        f"第{page}章的内容写在这里，船只须在第{page}号码头停靠。" for page in (1, 2, 3)
    )
    assert parsed.missing == (("running heads", "left out: “港口手册 2031版” (3 pages)"),)


def test_lines_at_the_same_height_of_pages_stay_where_they_differ():
    drawing = Drawing()
    for page in (1, 2, 3):
        drawing.english(60, HEIGHT - 60, f"Quay {page} takes {page} ships")
        drawing.english(60, 600, "It was built by the same firm as the others.")
        drawing.page()

    assert text_of(drawing).split("\n\n")[::2] == [
        "Quay 1 takes 1 ships", "Quay 2 takes 2 ships", "Quay 3 takes 3 ships",
    ]  # fmt: skip


def test_bare_numbers_that_count_the_pages_go_and_a_year_stays():
    drawing = Drawing()
    for page, year in ((1, "2031"), (2, "1987")):
        drawing.english(60, 700, "The quay was opened in the year")
        drawing.english(60, 684, year)
        drawing.english(290, 30, str(page + 6))
        drawing.page()

    assert text_of(drawing).split() == (
        "The quay was opened in the year 2031 The quay was opened in the year 1987".split()
    )


# Tables

HEADER = ["泊位", "长度", "船只"]
ROWS = [["B-1", "120米", "渡轮"], ["B-2", "340米", "货轮"], ["B-3", "95米", "拖船"]]


def ruled(drawing, rows, top=700):
    xs, height = [60, 160, 260, 360], 20
    drawing.grid(xs, [top - height * row for row in range(len(rows) + 1)])
    for row, cells in enumerate(rows):
        for x, cell in zip(xs, cells, strict=False):
            drawing.text(x + 4, top - height * (row + 1) + 6, cell)


def test_a_ruled_table_is_rows_of_cells():
    drawing = Drawing()
    drawing.text(60, 720, "泊位一览")
    ruled(drawing, [HEADER, *ROWS])

    table = "泊位\t长度\t船只\nB-1\t120米\t渡轮\nB-2\t340米\t货轮\nB-3\t95米\t拖船"
    assert text_of(drawing) == f"泊位一览\n\n{table}"


def test_a_table_goes_on_over_pages_without_its_repeated_header():
    drawing = Drawing()
    ruled(drawing, [HEADER, *ROWS])
    drawing.page()
    ruled(drawing, [HEADER, ["B-4", "88米", "游艇"]])
    drawing.page()
    parsed = parse_pdf(drawing.bytes())

    assert parsed.text.split("\n") == ["泊位\t长度\t船只", *map("\t".join, ROWS), "B-4\t88米\t游艇"]
    assert parsed.text[parsed.page_starts[1] :] == "B-4\t88米\t游艇"


def test_a_cell_over_two_rows_stands_in_both_and_one_of_several_lines_is_whole():
    drawing = Drawing()
    for x in (60, 160, 360):
        drawing.canvas.line(x, 640, x, 700)
    drawing.canvas.line(60, 700, 360, 700)
    drawing.canvas.line(160, 670, 360, 670)
    drawing.canvas.line(60, 640, 360, 640)
    drawing.text(64, 664, "北码头")
    drawing.text(164, 686, "货轮停靠，每次")
    drawing.text(164, 674, "九百元")
    drawing.text(164, 650, "Ferries, free")

    assert text_of(drawing) == "北码头\t货轮停靠，每次九百元\n北码头\tFerries, free"


def test_a_table_without_rulings():
    drawing = Drawing()
    drawing.english(60, 740, "Berths of the north quay and who may use them in winter")
    for row, cells in enumerate([["Berth", "Length", "Ships"], ["B-1", "120 m", "Ferry boats"],
                                 ["B-2", "340 m", "Cargo"], ["B-3", "95 m", "Tugs"]]):  # fmt: skip
        for x, cell in zip((60, 160, 260), cells, strict=True):
            drawing.english(x, 700 - 16 * row, cell)

    rows = "Berth\tLength\tShips\nB-1\t120 m\tFerry boats\nB-2\t340 m\tCargo\nB-3\t95 m\tTugs"
    assert text_of(drawing).endswith(f"in winter\n\n{rows}")


# Titles


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("北码头年报", "北码头年报"),
        ("untitled", "北码头年报"),
        ("Microsoft Word - 年报v3.doc", "北码头年报"),
        ("page.html", "北码头年报"),
        ("report_2031_final", "北码头年报"),
        ("全省林业统计表", "北码头年报"),  # a template's
    ],
)
def test_a_title_of_the_properties_counts_if_it_is_one(stated, title):
    drawing = Drawing(stated)
    drawing.text(60, 760, "北码头年报", 20)
    drawing.text(60, 700, "去年有三千艘船停靠在北码头，比前年多一成。")
    drawing.text(60, 684, "吊车新添两台。")

    assert parse_pdf(drawing.bytes()).title == title


# Pages without text


def test_pages_that_are_pictures_are_counted_and_named():
    drawing = Drawing()
    for page in range(1, 7):
        if page in (2, 3, 6):
            drawing.picture(grey_page())
        elif page != 5:  # a blank page is nothing to tell
            drawing.text(60, 700, f"第{page}号码头今年启用。")
        drawing.page()
    parsed = parsed_without_ocr(drawing.bytes())

    assert parsed.text.split() == ["第1号码头今年启用。", "第4号码头今年启用。"]
    assert [part for part, _ in parsed.missing] == ["pages"]
    assert parsed.missing[0][1] == (
        "3 of 6 pages are images: 2, 3, 6; to read them: pip install 'wenju[ocr]'"
    )


def test_a_scan_says_which_pages_have_no_text():
    drawing = Drawing()
    drawing.picture(grey_page())

    with pytest.raises(Unreadable, match="no text in this PDF: 1 of 1 pages are images: 1"):
        parsed_without_ocr(drawing.bytes())


def test_a_font_without_a_unicode_map_is_never_text():
    reason = "1 of 1 pages are unreadable, in a font without a Unicode map: 1"
    with pytest.raises(Unreadable, match=reason):
        parsed_without_ocr(without_map(b"ABBABA"))


def test_the_readable_pages_beside_unreadable_ones_are_read():
    parsed = parsed_without_ocr(without_map("The bell rings at noon.", b"ABABBA"))

    assert parsed.text == "The bell rings at noon."
    assert [part for part, _ in parsed.missing] == ["fonts"]
    assert parsed.missing[0][1].startswith("1 of 2 pages are unreadable")


def test_a_character_by_itself_in_a_font_that_is_not_in_the_file():
    drawing = Drawing()
    drawing.text(60, 700, "北码头是否开放：")
    drawing.text(60, 684, "是")

    assert text_of(drawing) == "北码头是否开放：\n是"


def test_every_character_that_is_drawn_arrives():
    drawing, expected = Drawing(), []
    for page in range(3):
        for row in range(20):
            words = f"船{page}号在{row}点到港 and left at {row + 1}:30 with cargo"
            drawing.text(60, 780 - 30 * row, words)
            expected.append(words)
        drawing.page()

    assert "".join(text_of(drawing).split()) == "".join("".join(expected).split())


def test_bytes_that_are_no_pdf():
    with pytest.raises(Unreadable, match=r"not a readable \.pdf"):
        parsed_without_ocr(io.BytesIO(b"%PDF-1.4 broken").getvalue())
