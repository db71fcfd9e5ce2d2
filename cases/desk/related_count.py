"""How many rows belong to each row of a list."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def counted(rows: QuerySet, field: str) -> Coalesce:
    """How many of ``rows`` there are whose ``field`` points to the row at hand.

    Worked out for the rows of the page alone: a join with ``Count`` gathers all 100,000 before it shows fifty.
    """
    of_row = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(of_row.annotate(n=Count("pk")).values("n")), 0)
