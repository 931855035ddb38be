"""The parser for e-mails (`.eml`)."""

from __future__ import annotations

import email
import email.message
import email.policy
from typing import NamedTuple

from rag.documents.encoding import decode
from rag.documents.plain import FAULTS, Parsed, damaged, parse_text

_SHOWN = ("Subject", "From", "To", "Cc", "Date")
_MOST_PARTS = 1000


class Attachment(NamedTuple):
    """A file sent with an e-mail."""

    name: str
    data: bytes


def parse_mail(data: bytes) -> tuple[Parsed, list[Attachment]]:
    """An e-mail: its heading lines and its text; and the files sent with it.

    Of a text sent plainly and as a page, the plain one is read.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        heading = {name: _header(message, name) for name in _SHOWN}
        bodies, attachments = _parts(message)
    except (*FAULTS, email.errors.MessageError) as error:
        raise damaged(".eml", error) from error
    above = "\n".join(f"{name}: {value}" for name, value in heading.items() if value)
    meta = {"author": heading["From"], "date": heading["Date"]}
    meta = {name: value for name, value in meta.items() if value}
    return Parsed(heading["Subject"], "\n\n".join([above, *bodies]), meta), attachments


def _header(message: email.message.EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _parts(message: email.message.EmailMessage) -> tuple[list[str], list[Attachment]]:
    """The texts of `message` in order, and its attachments, of messages within it too."""
    bodies, attachments = [], []
    preferred = message.get_body(("plain", "html"))
    alternatives = [part for part in message.walk() if not part.is_multipart()][:_MOST_PARTS]
    for number, part in enumerate(alternatives, 1):
        kind, name = part.get_content_type(), part.get_filename()
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        is_text = kind in ("text/plain", "text/html") and not part.is_attachment() and not name
        if is_text and (part is preferred or kind == "text/plain"):
            bodies.append(_text(part, content, kind))
        elif not is_text and content:
            attachments.append(
                Attachment(name or f"{number}.{part.get_content_subtype()}", content)
            )
    return bodies, attachments


def _text(part: email.message.Message, content: bytes, kind: str) -> str:
    charset = part.get_content_charset() or ""
    if kind == "text/html":
        from rag.documents.html import parse_html

        return parse_html(content).text
    return parse_text(content).text if not charset else decode(content, charset)
