"""Chinese search over the cases, an engine for each database behind it. How it works and how well: docs/search.md.

Public interface, imported from the modules (this package must load before Django's models do):

    index.py     write: ``index_cases``, ``index_named``, ``remove_cases``, ``remove_named``, in the transaction of the write
    results.py   find: ``search(text)`` -> ``SearchResults``: any text, keys as a bitmap, ordered page by page, explained
    bitmaps.py   count and list: ``current()`` -> ``IndexState``, ``Counts``, ``CaseList``
    analysis.py  ``normalize``, ``clean``, ``mark``, ``snippets``
    suggest.py   ``suggest``: what may be meant by the beginning of a word
    related.py   neighbours of a case, kept in ``RelatedCase``: ``relate`` after ``index_cases``, ``rebuild`` after many
    checking.py  ``check_index``: whether the index says what the cases say

Its lowest modules import tables from where they are defined, so that chains of imports stay short; all others from
``cases.models``. It never decides who may see a case: ``Case.objects.published()`` does. What kept libraries lack: Django's and PostgreSQL's
full text know no Chinese words, pinyin, typing errors or lay terms, and neither counts facets of 100,000 cases in time.
"""
