"""Chinese search over the cases, an engine for each database behind it. How it works and how well: docs/search.md.

Other layers come in by these doors; all else is behind them:

    index.py        write: ``index_cases``, ``index_named``, ``forget_cases``, ``forget_named``, inside an action's transaction
    searching.py    find: ``search(text)`` -> ``Hits``: any text, keys as a bitmap, ordered page by page
    querysets.py    ``Hits`` as rows: ``ListedCases`` for a paginator, ``within``, ``by_relevance``
    counts.py       how many published cases each chapter, institution, collection or term holds
    dimensions.py   counts of filter values over ``Hits``
    highlight.py    ``mark`` a text, ``snippets`` of it
    suggesting.py   ``suggest``: what a reader may mean who has typed a beginning
    names.py        ``beginning``: names to suggest while typing
    advice.py       ``advise``: what to tell a reader whose words found little
    related.py      neighbours of a case, kept in ``RelatedCase``
    checking.py     ``check_index``: whether the index says what the cases say

They are imported from their modules, not from here: this package must load before Django's models do.
"""
