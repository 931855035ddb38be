"""The glossaries that lie beside the documents of an index, kept with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rag.documents.encoding import decode
from rag.documents.files import InputFile
from rag.errors import InvalidInput, Unreadable
from rag.index.protocol import DocumentStore
from rag.language.glossary import Glossary
from rag.types import InputReport


def remember_glossaries(
    store: DocumentStore, roots: Sequence[Path], files: Sequence[InputFile]
) -> list[InputReport]:
    """Keep the glossaries that lie under `roots` now, and those of other places; one report each.

    One that cannot be read just now stays as it was; one with a fault is skipped.
    """
    former = store.glossaries()
    kept = {
        path: text
        for path, text in former.items()
        if not any(Path(path).is_relative_to(root) for root in roots)
    }
    reports = []
    for file in files:
        path = str(file.path)
        try:
            kept[path] = decode(file.path.read_bytes())
            count = len(Glossary.parse(kept[path], file.source).pairs)
        except OSError as error:
            if path in former:
                kept[path] = former[path]
            reason = f"cannot be read ({error.strerror})"
            reports.append(InputReport(file.source, "skipped", reason=reason))
        except (Unreadable, InvalidInput) as error:
            kept.pop(path, None)
            reports.append(InputReport(file.source, "skipped", reason=str(error)))
        else:
            is_known = former.get(path) == kept[path]
            status: Literal["unchanged", "indexed"] = "unchanged" if is_known else "indexed"
            reports.append(InputReport(file.source, status, reason=f"names: {count}"))
    if kept != former:
        store.remember_glossaries(kept)
    return reports
