"""The staff desk."""

from cases.admin import case, users, vocabulary, word_report  # noqa: F401 -- registers the pages
