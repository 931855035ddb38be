"""What Prometheus is told: requests, the stages of answers, and what was turned away."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import is_ui
from rag.types import Answer, CheckedSentence

CONTENT_TYPE = CONTENT_TYPE_LATEST
_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_GONE = 499  # Nginx's number for a client that left before its response


class Metrics:
    """The metrics of one app, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        counter = partial(Counter, registry=self.registry)
        seconds = partial(Histogram, buckets=_SECONDS, registry=self.registry)
        request = ("method", "route", "status")
        self.requests = counter("wenju_http_requests", "Requests by route and status.", request)
        self.seconds = seconds(
            "wenju_http_request_seconds", "Time until the last byte of a response.", request
        )
        self.in_flight = Gauge(
            "wenju_http_requests_in_flight", "Requests not yet answered.", registry=self.registry
        )
        self._stages = seconds(
            "wenju_stage_seconds", "Time for each stage of an answer or retrieval.", ["stage"]
        )
        self._answers = counter("wenju_answers", "Answers and refusals by reason.", ["outcome"])
        self._modes = counter(
            "wenju_answers_by_mode", "Answers and refusals by the mode that made them.", ["mode"]
        )
        self._fallbacks = counter(
            "wenju_fallbacks",
            "Answers in another mode than the one asked for, by reason.",
            ["reason"],
        )
        self._dropped = counter(
            "wenju_dropped_sentences",
            "What a language model said and the documents do not support, by reason.",
            ["reason"],
        )
        self._checked = counter(
            "wenju_checked_sentences",
            "Sentences of texts that were checked, by verdict.",
            ["verdict"],
        )
        self.turned_away = counter(
            "wenju_turned_away", "Requests refused because too much was asked at once."
        )

    def observe_stages(self, timings: Mapping[str, float]) -> None:
        """Count the stages of one answer; `timings` are milliseconds."""
        for stage, milliseconds in timings.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def observe_answer(self, answer: Answer) -> None:
        """Count one answer and its stages, and what was left out of it."""
        self._answers.labels(answer.refusal.reason if answer.refusal else "answered").inc()
        self._modes.labels(answer.mode).inc()
        if answer.fallback:
            self._fallbacks.labels(answer.fallback.reason).inc()
        for dropped in answer.dropped:
            self._dropped.labels(dropped.reason).inc()
        self.observe_stages(answer.timings)

    def observe_check(self, sentences: Sequence[CheckedSentence], seconds: float) -> None:
        """Count the sentences of one text that was checked, and the time it took."""
        for sentence in sentences:
            self._checked.labels(sentence.verdict).inc()
        self._stages.labels("check").observe(seconds)

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)


class Measured:
    """Counts each request, by the template of its route and not by its path."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, measured."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, start, path = _GONE, time.perf_counter(), scope["path"]

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._metrics.in_flight.track_inprogress():
            try:
                await self.app(scope, receive, watch)
            finally:
                # Within what is mounted, the route is that of the inner app.
                inner = getattr(scope.get("route"), "path", "unmatched")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                labels = (method, "/ui" if is_ui(path) else inner, str(status))
                self._metrics.requests.labels(*labels).inc()
                self._metrics.seconds.labels(*labels).observe(time.perf_counter() - start)
