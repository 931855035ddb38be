"""Retrievers for other frameworks: import the module of the one that is installed.

In come a query and an Assistant or the address of a server; out go passages in a framework's terms.
May import front.
"""
