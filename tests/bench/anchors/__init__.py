"""The portal beside what else one could put the same content into, in one run: Datasette and Wagtail set up as their manuals
advise, a static file, an empty WSGI answer. ``python -m tests.bench.anchors`` writes docs/anchors.md.

    content.py     the public cases as plain rows, and Datasette's database
    wagtail_site/  the same content in Wagtail: page types, lists with facets, search, API
    servers.py     starts a server, asks it, and counts the processor time it used
"""
