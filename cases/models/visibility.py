"""The one rule of what the public sees, as a condition that querysets and counts share."""

from django.db.models import Q
from django.utils import timezone

PUBLISHED = "published"


def published_case(prefix: str = "") -> Q:
    """A condition on Case, or on a relation to it named ``prefix``: published, and its time has come."""
    lead = f"{prefix}__" if prefix else ""
    return Q(**{f"{lead}status": PUBLISHED, f"{lead}published_at__lte": timezone.now()})
