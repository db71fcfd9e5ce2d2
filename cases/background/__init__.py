"""Files that take long to make: asked for by a page, made once for their content in the background, kept until room is needed.

``files.ask`` has a file made, by a thread of the web process or, with ``PORTAL_TAKEAWAY=worker``, by ``manage.py make_files``;
``files.make`` makes it, at most once at a time; ``files.waiting`` lists what was asked for. What a file holds is the
business of who asks: the rooms that have content to give (``takeaway`` for readers, ``sheets`` for staff).

Called from outside: ``files``. It knows no case and no request, and keeps nothing in the database.
"""
