"""Taking away: a list of public cases (one case, a chapter, a collection, an institution, a filtered list) as a file.

``selection.select`` reads the address of a page and its query string, the same way as the page does, into a list of
cases; ``views.take`` answers the address beside the page (``/cases/<code>.bib``, ``/cases.ris?need=…``) with the list
in one of ``formats.FORMATS``. What is quick is streamed.

Called from outside: ``urls``. It never writes to the tables of cases, and shows no case but those of
``Case.objects.published()``.
"""
