"""A question read with passages: which words answer, and how sure that is.

In come a question and the passages found for it; out go spans, a ranking of the passages, and a
confidence; of all passages of a document, the sentences that sum it up.
May import index, models, language.
"""
