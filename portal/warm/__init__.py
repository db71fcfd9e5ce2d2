"""Answers kept for readers: one query, the content's version, and the page as it was rendered for the first who asked.

Opt-out: every GET of a reader is kept unless its view says otherwise in ``Cache-Control`` (``never_cache``), streams, sets a
cookie or varies by more than ``address.VARY``. A new parameter of a public page is named in ``address.KNOWN``, or pages with
it are rendered each time.

How shared caches and the reading mode (长者模式) get along: readers have no cookie at all, and their answers are ``public`` and
vary by none. Who chose a mode sends its cookie; that answer is another one, ``private``, so that no shared cache keeps it. A
cache in front passes requests with that cookie through (two lines of nginx, see docs/architecture.md), as it must for staff. ``Vary: Cookie`` would do the same by the book, but most caches then keep nothing at all. An attribute set
by script needs no cookie on the server, and shows nothing to who has no script; the mode is made for readers on old phones.

``django.middleware.cache`` keeps pages, too: by time, not by version; it reads two entries a page, varies by cookie as soon as
anything touches the session, and lets a hundred readers render the same page at once.
"""
