"""The chat UI: Gradio over `rag`."""
