"""A file becomes a document with passages: loaded, decoded, cleaned, chunked.

In come files and folders; each is read in a sandbox. Out go `Document`s in canonical
form and their `Chunk`s, and a report of every part that was skipped. Text is deleted or joined,
never rewritten.
May import language.
"""
