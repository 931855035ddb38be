"""Fields and types of the JSON that the HTTP contract and `--json` share, written out."""

HIT = {
    "rank": int,
    "score": float,
    "chunk_id": str,
    "document_id": str,
    "title": str,
    "source": str,
    "section": str,
    "text": str,
    "start": int,
    "end": int,
    "page": type(None),  # of a file that has no pages
    "ocr": bool,
}
CITATION = {
    "marker": int,
    "document_id": str,
    "chunk_id": str,
    "title": str,
    "source": str,
    "section": str,
    "quote": str,
    "start": int,
    "end": int,
    "passage": str,
    "highlights": list,
    "header": str,
    "page": type(None),  # of a file that has no pages
    "ocr": bool,
    "file_gone": bool,
}
