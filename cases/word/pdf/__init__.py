"""Reading PDF: pages of placed characters, and of these paragraphs. Knows nothing of cases.

pdfminer.six says where each character stands; pypdf gives pieces of lines in the order in which they were drawn, and a
quotation mark from another font comes before its sentence. Its own layout analysis is left out: it takes Chinese lines for
boxes of their own. Lines, columns and paragraphs are ours, by the rules of Chinese typesetting.
"""
