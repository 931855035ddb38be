"""Chinese and English: text folded, cut and compared, terms, numerals, the bilingual lexicon.

In comes text; out go folded text, sentences, terms with their translations, names and kinds of
question.
May import no other wing.
"""
