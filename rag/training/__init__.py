"""How the reader was trained: `python -m rag.training DATA`."""
