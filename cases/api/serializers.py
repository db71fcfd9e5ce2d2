"""What the read-only API says of each thing."""

from django.utils import timezone
from rest_framework import serializers

from cases.exports.citation import cite
from cases.models import Case, Category, Chapter, Collection, Institution, KeyFigure, Term


class AddressMixin(serializers.Serializer):
    url = serializers.SerializerMethodField(help_text="网页地址")

    def get_url(self, item) -> str:
        return self.context["request"].build_absolute_uri(item.get_absolute_url())


class CategoryRefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ("slug", "name")


class CollectionRefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Collection
        fields = ("slug", "title", "publisher", "year")


class InstitutionRefSerializer(serializers.ModelSerializer):
    type_label = serializers.CharField(source="get_type_display", read_only=True)

    class Meta:
        model = Institution
        fields = ("slug", "name", "short_name", "type", "type_label")


class TermSerializer(serializers.ModelSerializer):
    case_count = serializers.IntegerField(read_only=True, required=False, help_text="已发布案例数，只在标签列表里给出")

    class Meta:
        model = Term
        fields = ("facet", "slug", "name", "description", "case_count")


class TermRefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Term
        fields = ("facet", "slug", "name")


class FigureSerializer(serializers.ModelSerializer):
    number = serializers.DecimalField(max_digits=20, decimal_places=4, coerce_to_string=False, normalize_output=True)

    class Meta:
        model = KeyFigure
        fields = ("label", "value", "number", "unit", "as_of", "note", "is_headline")


class CaseFigureSerializer(FigureSerializer):
    case = serializers.CharField(source="case.code", help_text="案例编号")

    class Meta(FigureSerializer.Meta):
        fields = ("case", *FigureSerializer.Meta.fields)


class CaseSerializer(AddressMixin, serializers.ModelSerializer):
    category = CategoryRefSerializer(read_only=True)
    institution = InstitutionRefSerializer(read_only=True)
    collection = CollectionRefSerializer(read_only=True)
    terms = TermRefSerializer(many=True, read_only=True)

    class Meta:
        model = Case
        fields = (
            *("code", "title", "subtitle", "summary", "category", "institution", "collection", "terms"),
            *("period", "regions", "published_at", "url"),
        )


class CaseDetailSerializer(CaseSerializer):
    figures = FigureSerializer(many=True, read_only=True)
    citation = serializers.SerializerMethodField(help_text="GB/T 7714 引文")
    source = serializers.SerializerMethodField(help_text="出处：书名、页码")

    class Meta(CaseSerializer.Meta):
        fields = (*CaseSerializer.Meta.fields, "background", "approach", "results", "figures", "source", "citation")

    def get_citation(self, case: Case) -> str:
        return cite(
            author=case.institution.name,
            title=case.title,
            publisher=case.collection.publisher,
            book=case.collection.title,
            year=case.collection.year,
            url=self.get_url(case),
            accessed=timezone.localdate(),
        )

    def get_source(self, case: Case) -> dict[str, str | int | None]:
        return {"collection": case.collection.title, "pages": case.source_pages, "chapter": case.chapter_number}


class CategorySerializer(AddressMixin, serializers.ModelSerializer):
    case_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Category
        fields = ("slug", "name", "slogan", "intro", "order", "case_count", "url")


class InstitutionSerializer(AddressMixin, serializers.ModelSerializer):
    case_count = serializers.IntegerField(read_only=True)
    parent = InstitutionRefSerializer(read_only=True)
    other_names = serializers.ListField(source="other_name_list", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Institution
        fields = (
            "slug",
            "name",
            "short_name",
            "other_names",
            "type",
            "parent",
            "website",
            "profile",
            "case_count",
            "url",
        )


class ChapterSerializer(serializers.ModelSerializer):
    category = CategoryRefSerializer(read_only=True)

    class Meta:
        model = Chapter
        fields = ("number", "category", "first_page")


class CollectionSerializer(AddressMixin, serializers.ModelSerializer):
    case_count = serializers.IntegerField(read_only=True)
    chapters = ChapterSerializer(many=True, read_only=True)

    class Meta:
        model = Collection
        fields = (
            *("slug", "title", "publisher", "year", "period", "preface", "source_note", "source_url"),
            *("submitted_count", "submitting_institutions", "selected_count", "case_count", "chapters", "url"),
        )
