"""What is too heavy or too doubtful for the web process: files made in the background, and strangers' files read apart.

Files that take long to make: asked for by a page, made once for their content in the background, kept until room is needed.

``files.ask`` has a file made, by a thread of the web process or, with ``PORTAL_TAKEAWAY=worker``, by ``manage.py make_files``;
``files.make`` makes it, at most once at a time; ``files.waiting`` lists what was asked for. What a file holds is the
business of who asks: the rooms that have content to give (``takeaway`` for readers, ``sheets`` for staff).

``child`` starts the process in which a stranger's file is read, and holds it to its limits (``word``, ``sheets``).

Called from outside: ``files``, ``child``. It knows no case and no request, and keeps nothing in the database.

Why no queue of a library: ``django-tasks`` (the back-port of Django 6's tasks, looked at in November 2026) would replace ``ask``,
``waiting`` and the thread, some sixty lines, and bring three tables, a worker to run and rows to prune. The rest stays: a name by content,
one maker at a time, what went wrong, the step a waiting page tells of, tidying. A row can say that a job runs whose process was
killed; the kernel's lock cannot. What is asked for may be lost at any time, since the page that waits asks again.
"""
