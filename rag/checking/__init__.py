"""A sentence checked against passages: supported, contradicted, or neither.

In come a sentence, made ready as a search is, and passages as they are indexed; out goes a verdict
with its reason and the words that it rests on.
May import reading, index, models, language.
"""
