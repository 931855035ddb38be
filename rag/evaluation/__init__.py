"""Gold questions asked and judged: metrics, reliability, a table and an HTML report.

In come gold rows and an assistant; out go figures.
May import front, checking, language.
"""
