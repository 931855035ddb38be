"""How retriever and reader were trained and calibrated: `python -m rag.training`.

In come public question sets; out go an adapter for each and the weights of their decisions.
May import evaluation, front, checking, reading, index, documents, models, language.
"""
