"""PDF files: from the characters drawn on each page to text in reading order.

`pages` reads characters with their boxes, `words` joins them, `furniture` leaves running heads out,
`columns`, `grids` and `tables` find the order, `paragraphs` and `assembly` join lines and pages.
"""
