"""A language model behind the OpenAI chat-completions API: text in time, or LLMUnavailable."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

from rag.config import Settings
from rag.errors import LLMUnavailable
from rag.models.breaker import Breaker
from rag.models.chat_stream import Deadline, read, without_thoughts, written

if TYPE_CHECKING:  # importing it takes a second
    import openai
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

OPENAI_API = "https://api.openai.com/v1"
_CONNECT_SECONDS = 5.0
_DELAYS = (0.2, 0.6)  # seconds, each before another try
_LONGEST_WAIT = 2.0  # seconds, told by the server
_PASSING = (408, 409, 429, 500, 502, 503, 504)  # statuses that another try may not meet
_REFUSED = re.compile("nsupported (?:parameter|value): '(max_tokens|temperature)'")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class ChatModel(Protocol):
    """A model that continues conversations; `host` is host[:port] of where the text is sent."""

    name: str
    host: str

    def stream(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int, seconds: float
    ) -> Generator[str, None, None]:
        """The reply in pieces, all within so many seconds; raises LLMUnavailable.

        While the model thinks, the pieces are empty.
        Closing it early, as `contextlib.closing` does, ends the server's work as well.
        """
        ...

    def complete(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int, seconds: float
    ) -> str:
        """The whole reply; raises LLMUnavailable."""
        ...

    def close(self) -> None:
        """Gives up the connections."""
        ...


def open_llm(settings: Settings) -> OpenAIChat | None:
    """The language model of the settings; None where none is configured, or it is off."""
    if not settings.llm or not settings.llm_model:
        return None
    return OpenAIChat(settings.llm_base_url or OPENAI_API, settings.llm_model, settings.llm_api_key)


class OpenAIChat:
    """A ChatModel through the official client; one serves many threads.

    What fails before a reply begins is tried twice more, where that may help and time is left.
    """

    def __init__(
        self, base_url: str, name: str, api_key: str = "", breaker: Breaker | None = None
    ) -> None:
        import openai

        url = urlsplit(base_url)
        self.name, self.host = name, url.netloc.rpartition("@")[2]
        self._breaker = breaker or Breaker()
        self._thread = threading.local()
        self._refused: frozenset[str] = frozenset()
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            admin_api_key="",
            max_retries=0,
            http_client=openai.DefaultHttpxClient(
                follow_redirects=False,  # the text goes to `host` alone,
                trust_env=url.hostname not in _THIS_MACHINE,  # and past no proxy to this one
                event_hooks={"response": [self._begun]},
            ),
        )
        # What the client took from OPENAI_* variables may be meant for another host.
        self._client.organization = self._client.project = None
        self._client._custom_headers = {}
        self._completions = self._client.chat.completions  # which imports more

    def stream(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int, seconds: float
    ) -> Generator[str, None, None]:
        """See ChatModel."""
        if seconds <= 0:
            raise self._unavailable("llm_timeout", "was given no time", "", counts=False)
        with self._breaker.call(), Deadline(seconds) as deadline, self._explained(deadline):
            is_empty = True
            with self._opened(messages, max_tokens, deadline) as reply:
                for piece in without_thoughts(self._pieces(reply)):
                    is_empty = is_empty and not piece
                    yield piece
            if is_empty:
                remedy = "use another WENJU_LLM_MODEL"
                raise self._unavailable("llm_nonsense", "gave an empty reply", remedy)

    def complete(
        self, messages: Sequence[Mapping[str, str]], *, max_tokens: int, seconds: float
    ) -> str:
        """See ChatModel."""
        return "".join(self.stream(messages, max_tokens=max_tokens, seconds=seconds))

    def close(self) -> None:
        """See ChatModel."""
        self._client.close()

    def _opened(
        self, messages: Sequence[Mapping[str, str]], max_tokens: int, deadline: Deadline
    ) -> openai.Stream[ChatCompletionChunk]:
        """The beginning of a reply, after several tries perhaps."""
        import openai

        delays = iter(_DELAYS)
        while True:
            try:
                return self._asked(messages, max_tokens, deadline)
            except openai.APIError as error:
                wait = _wait(error, next(delays, None))
                if wait is None or wait >= deadline.left:
                    raise
            time.sleep(wait)

    def _asked(
        self, messages: Sequence[Mapping[str, str]], max_tokens: int, deadline: Deadline
    ) -> openai.Stream[ChatCompletionChunk]:
        """The same after one try, or a few where the model refuses a parameter."""
        import openai

        refused = self._refused
        takes_completion_tokens = "max_tokens" in refused
        left = max(deadline.left, 0.001)
        self._thread.deadline = deadline
        try:
            return self._completions.create(
                model=self.name,
                messages=cast("list[ChatCompletionMessageParam]", written(messages)),
                max_tokens=openai.omit if takes_completion_tokens else max_tokens,
                max_completion_tokens=max_tokens if takes_completion_tokens else openai.omit,
                temperature=openai.omit if "temperature" in refused else 0,
                stream=True,
                timeout=openai.Timeout(left, connect=min(left, _CONNECT_SECONDS)),
            )
        except openai.BadRequestError as error:
            more = refused.union(_REFUSED.findall(error.message))
            if more == refused:
                raise
            self._refused |= more
            return self._asked(messages, max_tokens, deadline)

    def _begun(self, response: Any) -> None:
        """Has the deadline end a response that has begun; an error is read here.

        For here, and not where it reads errors, the client knows a connection that breaks.
        """
        self._thread.deadline.watch(response)
        if not response.is_success:
            response.read()

    def _pieces(self, reply: openai.Stream[ChatCompletionChunk]) -> Iterator[str]:
        """The text of the reply; raises EOFError where it breaks off."""
        import openai

        chunks, reason = 0, None
        try:
            for chunk in reply:
                text, ended = read(chunk)
                chunks, reason = chunks + 1, ended or reason
                yield text
        except openai.APIConnectionError:
            raise EOFError from None
        if not chunks:
            raise ValueError("no event stream")
        if not reason:
            raise EOFError
        if reason == "length":
            what = "reached the limit of its length"
            raise self._unavailable("llm_cut", what, "ask for less", counts=False)
        if reason == "content_filter":
            what = "has a filter that stopped the reply"
            raise self._unavailable("llm_nonsense", what, "ask otherwise", counts=False)

    @contextmanager
    def _explained(self, deadline: Deadline) -> Iterator[None]:
        """Turns what goes wrong into LLMUnavailable, without the server's words.

        They may repeat the key or the text.
        """
        import openai

        try:
            yield
        except (openai.APIError, EOFError, ValueError, RecursionError) as error:
            raise self._explanation(error, deadline) from None

    def _explanation(self, error: Exception, deadline: Deadline) -> LLMUnavailable:
        import openai

        match error:
            case openai.APIStatusError():
                return self._explained_status(error)
            case _ if deadline.left <= 0:
                what = f"did not end its reply within {deadline.seconds:g} s"
                remedy = "raise WENJU_LLM_SECONDS, or use a faster model"
                return self._unavailable("llm_timeout", what, remedy)
            case openai.APIConnectionError():
                remedy = "start it, or correct WENJU_LLM_BASE_URL"
                return self._unavailable("llm_unreachable", "cannot be reached", remedy)
            case EOFError():
                return self._unavailable("llm_cut", "broke off in its reply", "try again")
            case ValueError() | RecursionError():
                what, remedy = "does not speak the OpenAI API", "correct WENJU_LLM_BASE_URL"
                return self._unavailable("llm_nonsense", what, remedy)
        return self._unavailable("llm_failed", "reported an error in its reply", "try again")

    def _explained_status(self, error: openai.APIStatusError) -> LLMUnavailable:
        status, code = error.status_code, error.code or ""
        # What fails because of what was asked says nothing of the next question.
        counts = status not in (400, 413, 422)
        reason = "llm_rejected"
        if status in (402, 429):
            reason, what = "llm_over_quota", "takes no more requests now"
            remedy = "wait, or raise the quota of the account"
        elif status in (408, 409) or status >= 500:
            reason, what, remedy = "llm_failed", "failed", "try again, or look after the server"
        elif status == 401:
            what, remedy = "does not accept the key", "correct WENJU_LLM_API_KEY"
        elif status == 403:
            what = f"does not allow {self.name} with this key"
            remedy = "correct WENJU_LLM_API_KEY or WENJU_LLM_MODEL"
        elif not counts:
            what = f"does not accept the request to {self.name}"
            remedy = "lower WENJU_LLM_CONTEXT_TOKENS, or correct WENJU_LLM_MODEL"
        elif re.search("model", error.message, re.IGNORECASE):
            what, remedy = f"has no model {self.name}", "correct WENJU_LLM_MODEL"
        else:
            what = "has no chat completions at that address"
            remedy = "correct WENJU_LLM_BASE_URL, which mostly ends in /v1"
        named = f"{status} {code}" if re.fullmatch("[a-z_]{1,40}", code) else f"{status}"
        return self._unavailable(reason, f"{what} ({named})", remedy, counts)

    def _unavailable(
        self, reason: str, what: str, remedy: str, counts: bool = True
    ) -> LLMUnavailable:
        return LLMUnavailable(reason, f"the language model at {self.host} {what}", remedy, counts)


def _wait(error: openai.APIError, delay: float | None) -> float | None:
    """Seconds until another try after this error, None where there is to be none."""
    import openai

    if delay is None or isinstance(error, openai.APITimeoutError):
        return None
    delay *= random.uniform(0.75, 1.25)
    if not isinstance(error, openai.APIStatusError):
        return delay
    if error.status_code not in _PASSING or "insufficient_quota" in (error.code, error.type):
        return None
    told = error.response.headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", told) and float(told) > _LONGEST_WAIT:
        return None  # the documents' own words are at hand
    return max(delay, float(told)) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", told) else delay
