"""What set-up prepared and the settings configure, opened once for all indexes."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from rag.answering.generation import Generator
from rag.checking import judge_build
from rag.checking.judge import ClaimJudge, Judge
from rag.config import Settings
from rag.language.lexicon import LEXICON_FILE, Lexicon
from rag.models import e5
from rag.models.chat import ChatModel, open_llm
from rag.models.embedding import Embedder, open_embedder
from rag.reading import reader_build
from rag.reading.cross_encoder import CrossEncoder, PassageReader


@dataclass(frozen=True, slots=True)
class Engine:
    """The models and the lexicon; safe to share between threads.

    `reader` is None where the trained reader is off or cannot be had on this platform, `judge` also
    where this version brings none, and `llm` where no language model is configured.
    """

    settings: Settings
    embedder: Embedder
    lexicon: Lexicon
    reader: PassageReader | None = None
    llm: ChatModel | None = None
    judge: ClaimJudge | None = None

    @classmethod
    def open(cls, settings: Settings) -> Engine:
        """All that `wenju setup` prepared; raises ModelMissing."""
        with ExitStack() as opened:
            embedder = open_embedder(settings)
            lexicon = open_lexicon(settings)
            opened.callback(lexicon.close)
            reader = open_reader(settings)
            if reader is not None:
                opened.callback(reader.close)
            judge = open_judge(settings)
            if judge is not None:
                opened.callback(judge.close)
            engine = cls(settings, embedder, lexicon, reader, open_llm(settings), judge)
            opened.pop_all()
        return engine

    def close(self) -> None:
        """Release all of it."""
        for part in (self.lexicon, self.reader, self.llm, self.judge):
            if part is not None:
                part.close()

    def generator_for(self, index: str) -> Generator | None:
        """What writes answers over an index, None where its passages are not to be sent."""
        if self.llm is None or index in self.settings.llm_off_for:
            return None
        return Generator(
            self.llm,
            self.settings.llm_seconds,
            self.settings.llm_context_tokens,
            marks_unsupported=self.settings.llm_unsupported == "mark",
        )


def open_lexicon(settings: Settings) -> Lexicon:
    """The bilingual lexicon; raises ModelMissing."""
    return Lexicon(settings.models / LEXICON_FILE)


def open_reader(settings: Settings) -> CrossEncoder | None:
    """The trained reader, None where it is off or cannot be had here; raises ModelMissing."""
    folder = settings.models / reader_build.NAME
    if not settings.reader or not (reader_build.is_built(folder) or e5.available()):
        return None
    return CrossEncoder(folder)


def open_judge(settings: Settings) -> Judge | None:
    """The trained judge, None where there is none, it is off or cannot be had; ModelMissing."""
    folder = settings.models / judge_build.NAME
    if not settings.reader or not judge_build.is_brought():
        return None
    if not (judge_build.is_built(folder) or e5.available()):
        return None
    return Judge(folder)
