"""References to cases: strings to read (``styles``), files for programs (``exchange``).

A reference is a CSL-JSON item, the form in which Zotero, pandoc and every CSL processor know one:
``metadata.reference(case, …)`` makes it, these modules only write it. They know neither request nor database.

The official CSL styles are not run here: citeproc-py knows none of what Chinese styles need (two languages in one list,
CSL-M), and the style files are not ours to ship. tests/public/citations.json holds what citeproc-js gives for twenty
cases with the official files, and our strings equal it character for character.
"""
