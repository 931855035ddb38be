"""PDF files made for a test: text at given places, rulings, pictures, fonts without a map."""

import io

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595, 842


class Drawing:
    """A PDF as it is drawn, a page at a time; `bytes` ends it."""

    def __init__(self, title=""):
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=(WIDTH, HEIGHT), pageCompression=0)
        if title:
            self.canvas.setTitle(title)

    def text(self, x, y, words, size=11, font="STSong-Light"):
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, words)

    def english(self, x, y, words, size=11):
        self.text(x, y, words, size, "Helvetica")

    def lines(self, x, y, lines, size=11, leading=16, font="Helvetica"):
        for row, line in enumerate(lines):
            self.text(x, y - row * leading, line, size, font)

    def grid(self, xs, ys):
        self.canvas.grid(xs, ys)

    def picture(self, image, x=0, y=0, width=WIDTH, height=HEIGHT):
        self.canvas.drawImage(ImageReader(image), x, y, width, height)

    def page(self):
        self.canvas.showPage()

    def bytes(self):
        self.canvas.save()
        return self.buffer.getvalue()


def numbered(*objects):
    """A PDF of numbered objects, the first of which is its catalog."""
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count, start = len(objects) + 1, len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return data + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, start)


def _stream(content):
    return b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)


def without_map(*pages):
    """A PDF with these texts; those in bytes are in a font whose characters nobody can name."""
    page = (
        b"<</Type/Page/Parent 2 0 R/Contents %d 0 R/MediaBox[0 0 595 842]"
        b"/Resources<</Font<<%s>>>>>>"
    )
    fonts = b"/F 3 0 R/G 4 0 R"
    kids = b" ".join(b"%d 0 R" % (6 + 2 * n) for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 750 750]/FontMatrix[.001 0 0 .001 0 0]"
        b"/CharProcs<</g1 5 0 R/g2 5 0 R>>/Encoding<</Differences[65/g1/g2]>>"
        b"/FirstChar 65/LastChar 66/Widths[1000 1000]>>",
        _stream(b"1000 0 0 0 750 750 d1 0 0 750 750 re f"),
    ]
    for number, words in enumerate(pages):
        font = b"/G" if isinstance(words, bytes) else b"/F"
        shown = words if isinstance(words, bytes) else words.encode("latin-1")
        objects.append(page % (7 + 2 * number, fonts))
        objects.append(_stream(b"BT %s 12 Tf 60 700 Td (%s) Tj ET" % (font, shown)))
    return numbered(*objects)
