"""The HTTP API over `rag`."""
