"""A list of cases as a book: ``gather`` reads it into plain values, once; ``pdf``, ``word``, ``epub`` and ``markdown`` set them.

A ``Book`` holds text as it is and running text as ``nodes``: a tree of the tags that ``public.rendering`` lets through.
Nothing in it is markup, so nothing is escaped by hand: typst reads the book as JSON, Word and EPUB get elements and
templates. The modules that set it know no database.

typst sets the PDF: one wheel without system packages, eight times as fast as WeasyPrint, tagged by itself (PDF/UA-1, which
it checks). No EPUB library: ebooklib is AGPL, and a zip of templates is shorter than its use.
"""
