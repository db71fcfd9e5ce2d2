"""What a list of cases without words holds, asked of the tables by SQL: the filters work on bitmaps."""

from django.db.models import Q, QuerySet
from django.http import QueryDict

from cases.models import FACETS, Case
from cases.models.places import places_of, years_of
from cases.public.filters import DEFAULT_SORT, SORTS

CONDITIONS = {
    "category": "category__slug__in",
    "type": "institution__type__in",
    "collection": "collection__slug__in",
    "year": "collection__year__in",
}


def cases_by_sql(data: QueryDict) -> QuerySet:
    cases = Case.objects.published()
    for name, values in data.lists():
        if name in CONDITIONS:
            cases = cases.filter(**{CONDITIONS[name]: values})
        elif name == "institution":
            below = ("institution__slug__in", "institution__parent__slug__in", "institution__parent__parent__slug__in")
            cases = cases.filter(Q(*((way, values) for way in below), _connector=Q.OR))
        elif name in ("region", "period"):
            read, field = (places_of, "regions") if name == "region" else (years_of, "period")
            texts = Case.objects.values_list("pk", field)
            cases = cases.filter(pk__in=[pk for pk, text in texts if {str(said) for said in read(text)} & set(values)])
        elif name in FACETS:
            through = Case.terms.through.objects.filter(term__facet=name, term__slug__in=values)
            cases = cases.filter(pk__in=through.values("case_id"))
    return cases.order_by(*SORTS[data.get("sort") or DEFAULT_SORT][1])
