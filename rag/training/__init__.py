"""How the reader was trained and calibrated: `python -m rag.training DATA`.

In come public question sets; out go an adapter for the reader and the weights of its decisions.
May import evaluation, front, reading, index, documents, models, language.
"""
