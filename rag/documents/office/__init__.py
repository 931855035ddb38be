"""Office files: packages of XML parts, read whole, without what the reader of a page never sees.

In come the bytes of a file; out go its title, text and properties, and what of it was left out.
A table has a line for each row and tabs between its cells; a heading is marked as in Markdown.
May import language.
"""
