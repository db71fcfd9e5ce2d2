"""Figures seen: every number of the public cases drawn, listed by size, and set beside its like in another case.

``drawing`` (strips of dots on a log scale, bars) and ``pairs`` (before and after) are pure functions: amounts in, places
in percent out, which templates set as inline SVG without script or style. ``strips`` draws
a list, ``page`` puts ``/figures/`` together from what ``public.figures.FigureFilter`` finds. ``tags`` draws inside the pages of other rooms.

Called from outside: ``urls``; by templates the tags of ``tags`` (``{% load figures %}``).
It never writes, adds up nothing that stands in two places, and draws together only what has one kind and one base unit.
"""
