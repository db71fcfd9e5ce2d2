"""Register the staff desk's pages: Django looks for them here."""

from cases.desk import case, users, vocabulary  # noqa: F401
from cases.word.admin import report  # noqa: F401
