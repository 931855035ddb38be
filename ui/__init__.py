"""The chat UI over `rag`."""
