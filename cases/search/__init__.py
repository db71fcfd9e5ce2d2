"""Chinese search over the cases: one small interface, an engine for each database behind it.

``index_cases`` and ``index_named`` keep the index in step, ``search`` answers a query, ``suggest`` completes one,
``snippets`` marks what was found. How it works and how well: docs/search.md.
"""
