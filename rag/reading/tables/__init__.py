"""Questions that a table answers: by a cell, by the rows that meet conditions, or by a figure.

In come a question and the tables of the documents found for it; out goes an answer, or none where
rows or columns leave a doubt: see `rag.reading.tables.table_reader`.
"""
