"""Read-only JSON. The list of cases reads the same ``CaseFilter`` as the pages."""

from django.db.models import QuerySet
from django.utils.http import http_date
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from cases.models import Case, Category, Collection, Institution, KeyFigure, Term
from cases.public.api import serializers
from cases.public.figures import FigureFilter
from cases.public.filters import SORTS, CaseFilter
from cases.search import bitmaps
from cases.search.bitmaps import Counts


class Pages(PageNumberPagination):
    """``page`` from 1, ``page_size`` 1-100; anything else is a 404 or 400 in Chinese."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"
    invalid_page_message = "没有这一页。"

    def get_page_size(self, request) -> int:
        value = request.query_params.get(self.page_size_query_param)
        if value is None:
            return self.page_size
        if not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= self.max_page_size):
            raise ValidationError({"page_size": [f"page_size 要是 1 到 {self.max_page_size} 的整数。"]})
        return int(value)


CONDITIONS = [
    OpenApiParameter("q", str, description="搜索词"),
    *(
        OpenApiParameter(name, str, many=True, description=filter_.label)
        for name, filter_ in CaseFilter.DIMENSIONS.items()
    ),
    OpenApiParameter("case", str, many=True, description="案例编号，列表按给出的顺序"),
]
FILTER_PARAMETERS = [*CONDITIONS, OpenApiParameter("sort", str, enum=list(SORTS))]


@extend_schema_view(get=extend_schema(parameters=FILTER_PARAMETERS, summary="案例列表"))
class CaseList(generics.ListAPIView):
    serializer_class = serializers.CaseSerializer
    pagination_class = Pages

    def get_queryset(self) -> bitmaps.CaseList:
        case_filter = CaseFilter(self.request.GET)
        if case_filter.errors_text:
            raise ValidationError(case_filter.form.errors)
        return case_filter.qs.shaped(lambda cases: cases.for_export_list())


@extend_schema_view(get=extend_schema(summary="一个案例"))
class CaseDetail(generics.RetrieveAPIView):
    serializer_class = serializers.CaseDetailSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet:
        return Case.objects.published().for_detail()

    def get_object(self) -> Case:
        case = self.get_queryset().filter(code=self.kwargs["code"]).first()
        if case is None:
            raise NotFound("没有这个案例，或者还没有发布。")
        return case

    def retrieve(self, request, *args, **kwargs):
        case = self.get_object()
        changed = max(case.updated_at, case.published_at)
        return Response(self.get_serializer(case).data, headers={"Last-Modified": http_date(changed.timestamp())})


@extend_schema_view(get=extend_schema(summary="章节主题"))
class CategoryList(generics.ListAPIView):
    serializer_class = serializers.CategorySerializer
    pagination_class = Pages
    queryset = Category.objects.order_by("order", "slug")

    def filter_queryset(self, queryset: QuerySet) -> list[Category]:
        return Counts().annotate(queryset)


@extend_schema_view(get=extend_schema(summary="机构"))
class InstitutionList(generics.ListAPIView):
    serializer_class = serializers.InstitutionSerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet:
        return Institution.objects.select_related("parent").order_by("name")

    def filter_queryset(self, queryset: QuerySet) -> list[Institution]:
        return Counts().with_cases(queryset)


@extend_schema_view(get=extend_schema(summary="案例集"))
class CollectionList(generics.ListAPIView):
    serializer_class = serializers.CollectionSerializer
    pagination_class = Pages

    def get_queryset(self) -> QuerySet:
        return Collection.objects.order_by("order", "-year", "slug").prefetch_related("chapters__category")

    def filter_queryset(self, queryset: QuerySet) -> list[Collection]:
        return Counts().with_cases(queryset)


@extend_schema_view(get=extend_schema(parameters=CONDITIONS, summary="关键数据"))
class FigureList(generics.ListAPIView):
    serializer_class = serializers.CaseFigureSerializer
    pagination_class = Pages
    filter_backends = (DjangoFilterBackend,)
    filterset_class = FigureFilter

    def get_queryset(self) -> QuerySet:
        return KeyFigure.objects.published().select_related("case").order_by("case__code", "order")


@extend_schema_view(get=extend_schema(summary="标签"))
class TermList(generics.ListAPIView):
    serializer_class = serializers.TermSerializer
    pagination_class = Pages
    queryset = Term.objects.order_by("facet", "order", "slug")

    def filter_queryset(self, queryset: QuerySet) -> list[Term]:
        return Counts().with_cases(queryset)
