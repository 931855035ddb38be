"""Pages read from their pictures, with a reader that says what the test gives it."""

import numpy as np
import pytest
from pdf_files import Drawing, without_map
from PIL import Image, ImageDraw, ImageFont

from rag.documents.ocr import ReadLine, open_reader
from rag.documents.pdf.parse import parse_pdf
from rag.errors import Unreadable

LATE = -1.0  # by the monotonic clock


def scanned(*pages):
    """A PDF of text pages (strings) and scans (pictures)."""
    drawing = Drawing()
    for page in pages:
        if isinstance(page, str):
            drawing.text(60, 700, page)
        else:
            drawing.picture(page)
        drawing.page()
    return drawing.bytes()


def picture(words=""):
    image = Image.new("RGB", (1190, 1684), "white")
    ImageDraw.Draw(image).text((120, 200), words, "black", ImageFont.load_default(40))
    return image


def reading(*lines):
    """A reader that finds these lines below each other on a page with any ink, as in a scan."""

    def read(pixels):
        if not np.any(pixels < 100):
            return []
        return [ReadLine(line, 100, 60 * n, 900, 60 * n + 40) for n, line in enumerate(lines, 2)]

    return lambda: read


def test_pages_that_are_pictures_are_read_and_marked():
    data = scanned("北码头今年启用，吊车两台。", picture("x"), "渡轮停在南码头。")
    parsed = parse_pdf(data, open_reader=reading("灯塔看守人姓名：苗北川", "Built in 1908"))

    assert parsed.text == (
        "北码头今年启用，吊车两台。\n\n灯塔看守人姓名：苗北川\nBuilt in 1908\n\n渡轮停在南码头。"
    )
    assert (parsed.ocr_pages, parsed.missing) == ((2,), ())
    assert parsed.text[parsed.page_starts[1] :].startswith("灯塔看守人")


def test_a_page_in_a_font_without_a_map_is_read_from_its_picture():
    data = without_map("The bell rings at noon.", b"ABABBA")
    parsed = parse_pdf(data, open_reader=reading("It was cast in 1702."))

    assert parsed.text == "The bell rings at noon.\n\nIt was cast in 1702."
    assert (parsed.ocr_pages, parsed.missing) == ((2,), ())


def test_a_picture_in_which_nothing_is_found_is_said():
    parsed = parse_pdf(scanned("钟在中午敲响。", picture()), open_reader=reading("never"))

    assert parsed.ocr_pages == ()
    assert parsed.missing == (("pages", "1 of 2 pages are images: 2"),)


def test_pictures_for_which_no_time_is_left_are_said():
    parsed = parse_pdf(scanned("The bell.", picture("x")), LATE, reading("never"))

    reason = "1 of 2 pages are images: 2; no time was left to read them"
    assert parsed.missing == (("pages", reason),)


def test_without_the_extra_a_scan_says_how_to_get_it():
    with pytest.raises(Unreadable, match=r"1 of 1 pages are images: 1; .*wenju\[ocr\]"):
        parse_pdf(scanned(picture("x")), open_reader=lambda: None)


def test_the_extra_reads_with_its_own_models():
    pytest.importorskip("rapidocr", reason="needs the extra wenju[ocr]")
    parsed = parse_pdf(scanned(picture("The keeper of the light is Ada Miller.")))

    assert "Ada Miller" in parsed.text
    assert parsed.ocr_pages == (1,)
    assert open_reader() is open_reader()
