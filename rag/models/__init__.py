"""Networks and servers: the embedding model, the bundled weights, a language model's API.

In come texts; out go vectors and replies.
May import language.
"""
