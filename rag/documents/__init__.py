"""A file becomes a document with passages: loaded, decoded, cleaned, chunked.

In come files and folders, trusted or not; out go `Document`s in canonical form and their `Chunk`s,
with a report line for every input. Text is deleted or joined, never rewritten.
May import language.
"""
