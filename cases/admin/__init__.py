"""The staff desk."""

from cases.admin import case, users, vocabulary  # noqa: F401 -- registers the pages
