"""The documents of an index as a person sees and changes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rag.access import Shelf
from rag.audit import Audit
from rag.errors import WenjuError
from rag.library import Library
from rag.types import DocumentInfo, InputReport
from ui import render
from ui.problems import problem as problem_of
from ui.texts import words
from ui.views import Person, View

_STATUSES = frozenset({"indexed", "unchanged", "skipped", "removed"})


class DocumentList:
    """The list of an index's documents, as HTML."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._audit = Audit(library.settings)

    def shown(
        self,
        person: Person,
        view: View,
        reports: Sequence[InputReport] = (),
        problem: str = "",
    ) -> str:
        """The documents of the index, led by what became of an upload."""
        infos: Sequence[DocumentInfo] = ()
        try:
            shelf = Shelf(self._library, person.access)
            assistant = shelf.assistant(view.index)  # a local name keeps its store open
            infos = assistant.store.documents()
        except WenjuError as error:
            problem = problem or problem_of(error, view.language)
        return render.documents(
            infos,
            view.language,
            index=view.index,
            may_write=person.access.may_write(view.index),
            reports=reports,
            problem=problem,
        )

    def uploaded(self, person: Person, view: View, data: Mapping[str, Any]) -> str:
        """The documents, led by what the API said became of an upload (`result`)."""
        texts = words(view.language)
        try:
            result = json.loads(str(data.get("result")))
            if "error" in result:
                reasons = (result["error"]["message"], result["error"]["remedy"])
                reason = "; ".join(filter(None, map(str, reasons)))
                problem = texts["failed"].format(reason=reason) if reason else texts["not_sent"]
                return self.shown(person, view, problem=problem)
            reports = [InputReport(**report) for report in result["inputs"]]
            known = [report for report in reports if report.status in _STATUSES]
        except (ValueError, TypeError, KeyError, RecursionError):
            return self.shown(person, view, problem=texts["not_sent"])
        return self.shown(person, view, known)

    async def delete(
        self, person: Person, view: View, document: str
    ) -> tuple[list[InputReport], str]:
        """Remove a document: what became of it, or the problem."""
        access, shelf = person.access, Shelf(self._library, person.access)
        if access.may_read(view.index) and not access.may_write(view.index):
            return [], words(view.language)["read_only"]
        reports = [InputReport(document, "removed")]
        try:
            await shelf.ready(view.index)
            async with self._library.writes.admit() as place:
                assistant = await place.run(shelf.assistant, view.index)

                def remove() -> None:
                    with self._audit.change(access.name, "remove", view.index, [document]) as line:
                        assistant.remove(document)
                        line.tell(reports)

                await place.run(remove)
        except WenjuError as error:
            return [], problem_of(error, view.language)
        return reports, ""

    def sent_to(self, person: Person, view: View) -> str:
        """Where the passages of the index are sent to, "" where they stay here."""
        try:
            host = Shelf(self._library, person.access).assistant(view.index).model_host
        except WenjuError:  # the list of documents says so
            return ""
        return render.sent_to(host, self._library.settings.llm_model, view.language)
