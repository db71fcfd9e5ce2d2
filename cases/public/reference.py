"""Pages of what cases refer to: products, official documents, the glossary."""

from collections.abc import Iterable
from itertools import groupby

import django_filters
from django import forms
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Max, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cases.models import Case, Document, GlossaryEntry, Institution, NameKind, Offer, Product
from cases.public.languages import said, say
from cases.search.analysis import to_pinyin
from cases.search.results import named_in

PRODUCTS_A_PAGE = 30
PRODUCTS_Q = 60  # characters of a query that the page of products takes


class InstitutionField(forms.ModelChoiceField):
    default_error_messages = {"invalid_choice": _("没有“%(value)s”这家机构，请从列表中重新选择。")}

    def label_from_instance(self, institution: Institution) -> str:
        return said(institution, "short_name")


class InstitutionFilter(django_filters.ModelChoiceFilter):
    field_class = InstitutionField


class ProductFilter(django_filters.FilterSet):
    """Products by words of their name and terms, and by institution; ``sort`` by name or by the most one client gets."""

    q = django_filters.CharFilter(label=_("产品名、适用对象或条件"), method="with_words", max_length=PRODUCTS_Q)
    institution = InstitutionFilter(
        label=_("机构"),
        queryset=Institution.objects.filter(products__isnull=False).distinct().order_by("short_name"),
        to_field_name="slug",
        empty_label=_("全部机构"),
    )
    sort = django_filters.ChoiceFilter(
        label=_("排序"),
        choices=[("name", _("按名称")), ("amount", _("按单户最高额度"))],
        method="ordered",
        empty_label=None,
        null_label=None,
    )

    class Meta:
        model = Product
        fields: list[str] = []

    def with_words(self, products: QuerySet, name: str, value: str) -> QuerySet:
        """Products as ``having_words`` finds them; for a sentence that finds none, those it names."""
        found = self.having_words(products, value)
        return found if found.exists() else products.filter(pk__in=named_in(value)[NameKind.PRODUCT])

    def having_words(self, products: QuerySet, value: str) -> QuerySet:
        """Products that have every word in a name, a bank's name or their terms."""
        fields = ("audience", "amount", "term", "rate", "conditions")
        for word in value.split():
            offers = Q()
            for field in fields:
                offers |= Q(**{f"{field}__icontains": word})
            matching = Offer.objects.published().filter(offers).values("product")
            names = Q(name__icontains=word) | Q(other_names__icontains=word) | Q(description__icontains=word)
            products = products.filter(names | Q(institution__short_name__icontains=word) | Q(pk__in=matching))
        return products

    def ordered(self, products: QuerySet, name: str, value: str) -> QuerySet:
        if value == "amount":
            return products.filter(most__isnull=False).order_by("-most", "name", "institution__short_name")
        return products


def public_products() -> QuerySet:
    """Products that a published case tells of, with these cases' terms as ``told``. 3 queries."""
    offers = Offer.objects.published()
    told = offers.select_related("case__collection").only(
        *("product", "audience", "amount", "max_amount", "term", "rate", "conditions", "as_of"),
        *("case__code", "case__title", "case__subtitle", "case__collection__year", "case__collection__kind"),
    )
    return (
        Product.objects.filter(pk__in=offers.values("product"))
        .annotate(most=Max("offers__max_amount", filter=Q(offers__in=offers)))
        .select_related("institution")
        .prefetch_related(Prefetch("offers", told.order_by("-max_amount", "case__code"), to_attr="told"))
        .order_by("name", "institution__short_name")
    )


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    products = ProductFilter(request.GET, public_products())
    errors = [message for messages in products.form.errors.values() for message in messages]
    paginator = Paginator(products.qs if not errors else public_products().none(), PRODUCTS_A_PAGE)
    number, status = request.GET.get("page", "1"), 400 if errors else 200
    try:
        page = paginator.page(number)
    except (EmptyPage, PageNotAnInteger):
        page, status = paginator.page(1), 404
        errors.append(say("没有第 {0} 页，这里一共 {1} 页。下面是第 1 页。", number[:12], paginator.num_pages))
    asked = [(name, request.GET[name]) for name in ("institution", "q") if request.GET.get(name)]
    feed_url = "" if errors else reverse("cases:product-feed", query=asked or None)
    context = {"filter": products, "page": page, "errors": errors, "feed_url": feed_url}
    return render(request, "public/product_list.html", context, status=status)


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    cases = Case.objects.published().select_related("collection").only("code", "title", "subtitle", "collection__kind")
    documents = Document.objects.cited().prefetch_related(Prefetch("cases", cases.order_by("code"), to_attr="citing"))
    return render(request, "public/document_list.html", {"documents": documents})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "public/glossary.html", {"groups": by_initial(GlossaryEntry.objects.all())})


def by_initial(entries: Iterable[GlossaryEntry]) -> list[tuple[str, list[GlossaryEntry]]]:
    """(letter, entries) in the order of the dictionary: by pinyin, Latin terms by their own letters."""

    spelled = sorted((spelling(entry.term), entry.pk, entry) for entry in entries)
    return [
        (letter, [entry for _, _, entry in group])
        for letter, group in groupby(spelled, key=lambda item: item[0][:1].upper())
    ]


def spelling(text: str) -> str:
    """``text`` in pinyin, to sort by as a dictionary does."""
    return "".join(to_pinyin(text)).lower()
