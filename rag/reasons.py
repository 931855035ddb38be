"""Why something is not shown: one code for each reason, as programs see it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The reason of a refusal, of a sentence left out, or of another mode than the one asked for.

    Each member equals its code, which is what JSON holds.
    """

    # Why a question has no answer.
    NOT_IN_DOCUMENTS = "not_in_documents"
    NOT_SUPPORTED = "not_supported"  # nothing that the language model wrote was
    EMPTY_INDEX = "empty_index"
    EMPTY_QUESTION = "empty_question"
    SMALL_TALK = "small_talk"
    ABOUT_ASSISTANT = "about_assistant"

    # Why a sentence is not supported: what differs, or is not there.
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    SWAPPED = "swapped"  # two names stand in each other's place
    ADDED = "added"  # a clause
    NOTHING_NEAR = "nothing_near"
    NOT_STATED = "not_stated"  # as the trained judge reads it
    SAYS_OTHERWISE = "says_otherwise"  # the same
    TOO_LONG = "too_long"

    # Why a sentence of a language model is left out although nothing contradicts it.
    INVENTED_MARKER = "invented_marker"  # of a passage that there is not
    INSTRUCTION = "instruction"  # an order that a document gives
    NOT_AN_ANSWER = "not_an_answer"
    REPEATED = "repeated"

    # Why the language model has not answered.
    LLM_NOT_CONFIGURED = "llm_not_configured"
    LLM_UNREACHABLE = "llm_unreachable"
    LLM_TIMEOUT = "llm_timeout"
    LLM_OVER_QUOTA = "llm_over_quota"
    LLM_REJECTED = "llm_rejected"  # the key or the request
    LLM_FAILED = "llm_failed"
    LLM_NONSENSE = "llm_nonsense"
    LLM_CUT = "llm_cut"  # the reply broke off
    LLM_RESTING = "llm_resting"  # the circuit is open: not asked, as it has just failed often
