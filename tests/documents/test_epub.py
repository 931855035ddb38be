import pytest
from office_files import zipped

from rag.documents.epub import parse_epub
from rag.errors import Unreadable

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)


def page(body):
    return f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'


def epub(items, spine, metadata="", **more):
    """A book; `items` are the content of each page by its name."""
    manifest = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"'
        f' properties="{"nav" if name.startswith("nav") else ""}"/>'
        for n, name in enumerate(items)
    )
    order = "".join(f'<itemref idref="i{list(items).index(name)}"/>' for name in spine)
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{metadata}</metadata><manifest>{manifest}</manifest><spine>{order}</spine></package>"
    )
    pages = {f"OEBPS/{name.replace('%20', ' ')}": body for name, body in items.items() if body}
    files = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": book, **pages, **more}
    return zipped(files)


def test_a_book_is_read_in_the_order_of_its_spine():
    items = {
        "two.xhtml": page("<h1>第二章</h1><p>船到了。</p>"),
        "nav.xhtml": page("<a href='one.xhtml'>第一章</a>"),
        "text/one%20a.xhtml": page("<h1>第一章</h1><p>The quay.</p>"),
        "gone.xhtml": "",
    }
    metadata = "<dc:title>港口</dc:title><dc:creator>顾南枝</dc:creator><dc:creator>Li</dc:creator>"

    parsed = parse_epub(
        epub(items, ["nav.xhtml", "text/one%20a.xhtml", "two.xhtml", "gone.xhtml"], metadata)
    )

    assert (parsed.title, parsed.meta) == ("港口", {"author": "顾南枝, Li"})
    words = parsed.text.replace("#", "").split()
    assert words == ["第一章", "The", "quay.", "第二章", "船到了。"]
    assert parsed.missing == (("OEBPS/gone.xhtml", "not in the book"),)


def test_books_that_cannot_be_read():
    lock = (
        '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
        "</encryption>"
    )
    good = {"a.xhtml": page("<p>x</p>")}
    for content, reason in [
        (b"no zip", "not a readable .epub"),
        (zipped({"x": "x"}), "not a readable .epub: 'META-INF/container.xml names no book'"),
        (epub(good, good, **{"META-INF/encryption.xml": lock}), "encrypted .epub"),
    ]:
        with pytest.raises(Unreadable, match=reason):
            parse_epub(content)
