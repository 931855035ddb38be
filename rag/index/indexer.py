"""Paths into a store: what changed is read, cut, embedded and committed; the rest stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rag.documents.files import UPLOAD, InputFile, Loader, discover
from rag.documents.formats import FORMATS
from rag.documents.ignoring import IgnoreRules
from rag.documents.load import load, sample_questions
from rag.errors import DocumentNotFound, NothingIndexed, Unreadable
from rag.index.glossaries import remember_glossaries
from rag.index.pieces import pieces_of
from rag.index.protocol import DocumentStore
from rag.index.rows import IndexedChunk, Origin, document_checksum
from rag.index.vanished import absolute, is_excluded, is_gone, is_under, vanished
from rag.language.glossary import GLOSSARY_FILE
from rag.models.embedding import Embedder
from rag.storage import file_digest
from rag.types import Document, InputReport

Status = Literal["indexed", "unchanged"]
_COMMIT_SECONDS = 20.0
Progress = Callable[[Sequence[InputFile]], Iterable[InputFile]]
RenewalProgress = Callable[[Sequence[str]], Iterable[str]]


@dataclass(slots=True)
class _Batch:
    """Changes not yet committed."""

    additions: list[tuple[Document, Origin, Sequence[IndexedChunk]]] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    touched: list[tuple[str, Origin]] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)


class Indexer:
    """Brings a store up to date with files. One input's failure never stops the others."""

    def __init__(
        self,
        store: DocumentStore,
        embedder: Embedder,
        loader: Loader = load,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._load = loader
        self._is_stopping = is_stopping
        self._origins = store.origins()
        self._known = {name: origin.path for name, origin in self._origins.items()}
        self._former = frozenset(self._known)
        self._taken: list[InputReport] = []
        self._by_path: dict[str, dict[str, str]] = {}
        for document_id, origin in self._origins.items():
            self._by_path.setdefault(origin.path, {})[document_id] = origin.digest
        self._batch = _Batch()

    def index(
        self,
        paths: Sequence[Path],
        *,
        prune: bool = False,
        progress: Progress = iter,
        only: Container[str] | None = None,
    ) -> list[InputReport]:
        """Index files and folders; one report per input, and one per row skipped or removed.

        With `prune`, documents are removed whose file has vanished from under `paths`, or is now
        excluded there by an ignore file. Raises InputNotFound for a path that is neither there nor
        was indexed before, InvalidInput for an ignore file that cannot be used, and NothingIndexed
        if the index ends up empty. Of the files, those are read whose absolute path is in `only`.
        """
        present = [path for path in paths if path.exists() or not (prune and self._knows(path))]
        files = discover(present)
        glossaries = [file for file in files if file.path.name == GLOSSARY_FILE]
        files = [file for file in files if file not in glossaries]
        roots = [Path(absolute(path)) for path in paths]
        reports = remember_glossaries(self._store, roots, glossaries)
        changed = files if only is None else [each for each in files if str(each.path) in only]
        reports += self._index_files(progress(changed))
        self._commit()
        found = {absolute(file.path) for file in files}
        if prune:
            reports += self._prune(paths, found)
            self._commit()
        else:
            new = {each: o.digest for each, o in self._origins.items() if each not in self._former}
            reports += vanished(self._origins, paths, found, new)
        reports += self._taken
        if not self._store.counts()[0]:
            reasons = "; ".join(f"{r.source}: {r.reason}" for r in reports if r.reason)
            raise NothingIndexed(
                f"nothing was indexed ({reasons or 'no files found'})",
                f"name a file or folder with documents ({' '.join(FORMATS)})",
            )
        return reports

    def add(self, files: Sequence[InputFile]) -> list[InputReport]:
        """Index these files, and commit; one report per file, and one per row skipped.

        Raises IndexingStopped.
        """
        reports = self._index_files(files)
        self._commit()
        return reports + self._taken

    def renew(self, progress: RenewalProgress = iter) -> list[InputReport]:
        """Embed all documents again, as they were read; what the embedder makes of them changed.

        What was removed or changed by others meanwhile stays as they left it.
        """
        reports: list[InputReport] = []
        batch: list[tuple[Document, Sequence[IndexedChunk]]] = []
        since = time.monotonic()
        for document_id in progress(sorted(self._origins)):
            with suppress(DocumentNotFound):
                document = self._store.document(document_id)
                batch.append((document, pieces_of(document, self._embedder, self._is_stopping)))
            if time.monotonic() - since > _COMMIT_SECONDS:
                reports += self._renewed(batch)
                batch, since = [], time.monotonic()
        return reports + self._renewed(batch)

    def _renewed(
        self, batch: Sequence[tuple[Document, Sequence[IndexedChunk]]]
    ) -> list[InputReport]:
        done = set(self._store.reindex(batch))
        reason = "the bundled model was trained further"
        return [
            InputReport(document.source, "indexed", 1, len(pieces), reason)
            for document, pieces in batch
            if document.id in done
        ]

    def _index_files(self, files: Iterable[InputFile]) -> list[InputReport]:
        reports: list[InputReport] = []
        for file in files:
            reports += self._index_file(file)
            if time.monotonic() - self._batch.since > _COMMIT_SECONDS:
                self._commit()
        return reports

    def _index_file(self, file: InputFile) -> list[InputReport]:
        path = file.origin or absolute(file.path)
        former = self._by_path.get(path, {})
        try:
            digest = file_digest(file.path)
            has_its_ids = all(map(file.may_give, former))
            if has_its_ids and set(former.values()) == {digest}:
                chunks = len(self._store.keys_of(list(former)))
                return [InputReport(file.source, "unchanged", len(former), chunks)]
            documents, row_reports = self._load(file)
        except Unreadable as error:
            skipped = InputReport(file.source, "skipped", reason=error.message)
            if file.origin:  # an upload that cannot be read takes no one's place
                return [skipped]
            self._remember_questions(file)
            self._by_path.pop(path, None)
            return [skipped, *self._remove(former)]
        except OSError as error:  # perhaps not for long: what was indexed of it stays
            reason = f"cannot be read ({error.strerror})"
            return [InputReport(file.source, "skipped", reason=reason)]
        return self._replace(file, Origin(path, digest), documents, list(row_reports))

    def _remember_questions(self, file: InputFile) -> None:
        """Questions that someone wrote for these documents serve as examples."""
        with suppress(Unreadable, OSError):
            questions = sample_questions(file.path)
            if questions:
                self._store.remember_questions(questions)

    def _replace(
        self,
        file: InputFile,
        origin: Origin,
        documents: Sequence[Document],
        row_reports: list[InputReport],
    ) -> list[InputReport]:
        former = self._by_path.get(origin.path, {})
        checksums = self._store.document_checksums([document.id for document in documents])
        going = set(self._batch.removals)
        kept: dict[str, str] = {}
        indexed = unchanged = chunks = 0
        unfinished = Origin(origin.path, "")  # a file that the next run reads again
        if any(self._claimed_by_another(document.id, origin.path) for document in documents):
            origin = unfinished
        for document in documents:
            if time.monotonic() - self._batch.since > _COMMIT_SECONDS:
                self._commit()
            claimed = self._claimed_by_another(document.id, origin.path)
            if claimed:
                owner = "another document" if file.origin else claimed
                reason = f"the id {document.id!r} belongs to {owner}"
                row_reports.append(InputReport(document.source, "skipped", reason=reason))
                continue
            is_same = checksums.get(document.id) == document_checksum(document)
            if is_same and document.id not in going:
                unchanged += 1
            else:
                pieces = pieces_of(document, self._embedder, self._is_stopping)
                if not pieces:
                    row_reports.append(
                        InputReport(document.source, "skipped", reason="no text to index")
                    )
                    continue
                self._batch.additions.append((document, unfinished, pieces))
                indexed += 1
                chunks += len(pieces)
            kept[document.id] = origin.digest
            self._origins[document.id] = origin
        self._batch.touched += [(document_id, origin) for document_id in kept]
        row_reports += self._remove(sorted(set(former) - set(kept)))
        self._by_path[origin.path] = kept
        if not kept:
            return row_reports
        if not indexed:
            chunks = len(self._store.keys_of(list(kept)))
        replaced = "replaces the former version" if file.origin and former and indexed else ""
        status: Status = "indexed" if indexed else "unchanged"
        report = InputReport(file.source, status, indexed or unchanged, chunks, replaced)
        return [report, *row_reports]

    def _claimed_by_another(self, document_id: str, path: str) -> str | None:
        owner = self._origins.get(document_id)
        if owner is None or owner.path == path:
            return None
        if not path.startswith(UPLOAD) and is_gone(owner.path):
            return None
        return None if Path(owner.path).resolve() == Path(path).resolve() else owner.path

    def _remove(self, document_ids: Iterable[str]) -> list[InputReport]:
        reports = []
        for document_id in document_ids:
            self._batch.removals.append(document_id)
            self._origins.pop(document_id, None)
            reports.append(InputReport(document_id, "removed", 1))
        return reports

    def _knows(self, path: Path) -> bool:
        return any(is_under(origin.path, path) for origin in self._origins.values())

    def _prune(self, paths: Sequence[Path], found: Container[str]) -> list[InputReport]:
        rules = [IgnoreRules(Path(absolute(path))) for path in paths]
        return self._remove(
            [
                document_id
                for document_id, origin in sorted(self._origins.items())
                if origin.path not in found
                and any(is_under(origin.path, path) for path in paths)
                and (is_gone(origin.path) or is_excluded(origin.path, rules))
            ]
        )

    def _commit(self) -> None:
        batch, self._batch = self._batch, _Batch()
        self._leave_what_was_taken(batch)
        if batch.additions or batch.removals or batch.touched:
            self._store.replace(batch.additions, batch.removals, batch.touched)

    def _leave_what_was_taken(self, batch: _Batch) -> None:
        """Drop from the batch what another process has indexed under the same id meanwhile."""
        owners = {name: origin.path for name, origin in self._store.origins().items()}
        ours = {document.id: origin.path for document, origin, _ in batch.additions}
        taken = {
            name
            for name, path in ours.items()
            if owners.get(name, path) not in (path, self._known.get(name))
        }
        if taken:
            batch.additions = [each for each in batch.additions if each[0].id not in taken]
            batch.touched = [each for each in batch.touched if each[0] not in taken]
            reason = "another document was indexed under this id meanwhile"
            self._taken += [InputReport(name, "skipped", reason=reason) for name in sorted(taken)]
        self._known = owners | {name: path for name, path in ours.items() if name not in taken}
