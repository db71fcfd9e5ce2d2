"""The staff desk: Django's admin, put together from the rooms below; it stands at ``/admin/``.

From outside: only ``cases.admin`` and ``cases.apps`` import from here. Pages ask the rooms below to write (``editing``) and
draw what these know: steps of the workflow, differences of versions, gaps of a collection. The desk decides nothing about
content, writes no row by itself but log entries, and has no rule of permission that ``editing`` does not check again.
By hand, since the admin has none of it: steps with a page that asks first, versions in place of its log, drafts kept in the
browser, images dropped onto the page, a first page that says what there is to do, rows on one line, terms by facet with proposals,
remarks at a place in the text.
"""
