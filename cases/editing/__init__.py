"""Editing: every write on a case, its rows, images and vocabulary, and what is kept of each.

From outside: ``edit.edit_case`` and ``edit_cases`` (the one way to write: lock, baseline, files, one version, one indexing),
``edit.delete_cases``, ``gate`` (what readers see changes by a revision or a correction that was looked at), ``permissions``, ``workflow`` (``TRANSITIONS``, one function a step; a whole collection at once),
``revisions`` and ``adoption`` (what publishing one writes), ``merging``, ``collections``, ``vocabulary``, ``images`` (``image_rows`` inside an edit), ``writing.one_write`` (around a request),
``media.clean_media``, ``proposals`` (for the vocabulary), ``together`` (remarks, who has a form open), ``content_checks``, ``differences``, ``serialization``. Functions take keywords and name the
acting user (``None``: the command line). The room answers no request, renders nothing, and uses no signals.
By hand, since django-reversion and django-simple-history have none of it: one JSON state of a case with its rows and terms,
merging what two editors wrote at once, and revisions of public cases.
"""
