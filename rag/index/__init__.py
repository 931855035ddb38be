"""Documents kept and found: the store, the two search arms, their fusion.

In come documents with their vectors and terms, and later a question; out go the best passages.
May import documents, models, language.
"""
