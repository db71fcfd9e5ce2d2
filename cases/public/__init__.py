"""What anyone sees: pages, filters, facets, feeds, sitemaps, the guided finder, and the read-only API in ``api/``.

Called from outside: ``urls`` (by the project), ``filters.CaseFilter`` (the one reading of a list's query string, for HTML,
feeds and API alike), ``detail.case_context`` and ``rendering.render_markdown`` (by the desk's preview and the template
tags), ``errors`` and ``media`` (by the project's URLs). ``listing.build_listing`` makes every page that is a list;
``kept`` keeps articles and cards, rendered once for each state of a case.

It never writes, and shows no case that ``Case.objects.published()`` does not give. django-filter validates and applies
the conditions, on bitmaps instead of querysets: over 100,000 cases no join counts facets in time.
"""
