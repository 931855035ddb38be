"""Office files made of their XML, so that a test shows what is in them."""

import io
import zipfile

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": _OFFICE,
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
}
NAMESPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/">{}</cp:coreProperties>'
)


def zipped(parts):
    """A zip file of `parts`, text or bytes by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def relations(**targets):
    """A part that says what another refers to: `kind_1="name.xml"`, its id being the key."""
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{key.partition("_")[0]}" Target="{target}"/>'
        for key, target in targets.items()
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{rows}</Relationships>'


def docx(body, core="", **parts):
    """A Word file of `body` and of `styles`, `numbering`, `footnotes`, …: the words within each."""
    files = {
        "_rels/.rels": relations(officeDocument="word/document.xml"),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(**{f"{kind}_1": f"{kind}.xml" for kind in parts}),
        "docProps/core.xml": _CORE.format(core),
    }
    for kind, content in parts.items():
        files[f"word/{kind}.xml"] = f"<w:{kind} {NAMESPACES}>{content}</w:{kind}>"
    return zipped(files)


def p(content, settings=""):
    """A paragraph of text, or of XML."""
    inner = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{settings}</w:pPr>{inner}</w:p>"


def run(text, settings=""):
    """A run of text."""
    return f'<w:r><w:rPr>{settings}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def pptx(*slides, parts=None, related=()):
    """A file of slides, stored in reverse: the order is that of the presentation."""
    names = [f"slide{len(slides) - place}.xml" for place in range(len(slides))]
    ids = "".join(f'<p:sldId r:id="slide_{place}"/>' for place in range(len(slides)))
    files = {
        "_rels/.rels": relations(officeDocument="ppt/presentation.xml"),
        "ppt/presentation.xml": f"<p:presentation {NAMESPACES}><p:sldIdLst>{ids}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"slide_{place}": f"slides/{name}" for place, name in enumerate(names)}
        ),
        **(parts or {}),
    }
    for name, slide in zip(names, slides, strict=True):
        files[f"ppt/slides/{name}"] = f"<p:sld {NAMESPACES}><p:spTree>{slide}</p:spTree></p:sld>"
    for name, targets in dict(related).items():
        files[f"ppt/slides/_rels/{name}.rels"] = relations(**targets)
    return zipped(files)
