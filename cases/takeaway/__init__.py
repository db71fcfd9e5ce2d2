"""Taking away: a list of public cases (one case, a chapter, a collection, an institution, a filtered list) as a file.

``selection.select`` reads the address of a page and its query string, the same way as the page does, into a list of
cases. ``references``, ``streams`` and ``books`` answer the addresses beside the page (``/cases/<code>.bib``,
``/cases.pdf?need=…``): references, CSV and JSON Lines are streamed; books (``book/``), workbooks and data packages
(``tables``) are made once for their content, in the background (the room ``background``).

Called from outside: ``urls``; ``books.make_book`` by ``manage.py make_files``.
It never writes to the database, and shows no case but those of ``Case.objects.published()``.
"""
