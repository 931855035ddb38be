"""From what was read to an answer: words with markers and the citations behind them.

In come a question, the passages found for it and what was read in them; out goes an `Answer`, or a
refusal with its reason. With a language model, its sentences are checked before they are cited.
May import checking, reading, dialogue, index, models, language.
"""
