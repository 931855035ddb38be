"""The command line: arguments parsed, the library called, its results printed.

In come arguments and settings; out go lines of text or JSON, and an exit code.
May import evaluation, front, answering, index, models.
`serve` and `mcp` alone know the API, `serve` the UI.
"""
