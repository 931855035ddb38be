"""The rules that make a document's canonical text: what is no text is deleted, lines are joined.

In comes text as it was decoded; out goes canonical text, in which all offsets count.
May import language.
"""
