"""One turn after another: a question completed from those before it, and what was said kept.

In come a question and the turns before it; out goes the question that stands by itself,
or what it asks of a whole document.
May import language.
"""
