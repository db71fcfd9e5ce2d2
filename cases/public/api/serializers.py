"""What the read-only API says of each thing."""

from django.utils import timezone
from rest_framework import serializers

from cases.models import (
    Advice,
    Case,
    CaseImage,
    Category,
    Chapter,
    Collection,
    Document,
    EditorNote,
    Highlight,
    Institution,
    KeyFigure,
    Offer,
    Step,
    Term,
)
from cases.models.image import keep_places
from cases.public.citing.styles import gbt2025
from cases.public.metadata import reference


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
        fields = ("facet", "slug", "name", "other_names", "description", "case_count")


class TermRefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Term
        fields = ("facet", "slug", "name")


class NumberField(serializers.DecimalField):
    """A number as JSON has them: no trailing zeros, no quotes; null where there is none."""

    def __init__(self, **kwargs) -> None:
        super().__init__(coerce_to_string=False, normalize_output=True, allow_null=True, read_only=True, **kwargs)


class FigureSerializer(serializers.ModelSerializer):
    number = NumberField(max_digits=20, decimal_places=4)
    number_to = NumberField(max_digits=20, decimal_places=4, help_text="区间的另一端")
    amount = NumberField(max_digits=30, decimal_places=8, help_text="折合成 base_unit 的数")
    amount_to = NumberField(max_digits=30, decimal_places=8)

    class Meta:
        model = KeyFigure
        fields = (
            *("label", "value", "number", "number_to", "unit", "kind", "bound", "amount", "amount_to", "base_unit"),
            *("as_of", "as_of_date", "note", "editor_note", "section", "sentence", "is_headline"),
        )


class CaseFigureSerializer(FigureSerializer):
    case = serializers.CharField(source="case.code", help_text="案例编号")

    class Meta(FigureSerializer.Meta):
        fields = ("case", *FigureSerializer.Meta.fields)


class CaseRows(serializers.ListSerializer):
    """Many cases, as ``CaseSerializer`` describes them: its nested serializers, asked case by case, were half the cost of a
    page."""

    def to_representation(self, cases) -> list[dict]:
        one, request = self.child, self.context["request"]
        refs = {name: one.fields[name].to_representation for name in ("category", "institution", "collection")}
        told: dict[tuple[str, int], dict] = {}
        rows = []
        for case in cases:
            row = {name: getattr(case, name) for name in ("code", "title", "subtitle", "summary")}
            for name, tell in refs.items():
                key = (name, getattr(case, f"{name}_id"))
                if key not in told:
                    told[key] = tell(getattr(case, name))
                row[name] = told[key]
            row["terms"] = [{"facet": term.facet, "slug": term.slug, "name": term.name} for term in case.terms.all()]
            row |= {"period": case.period, "regions": case.regions}
            row["published_at"] = one.fields["published_at"].to_representation(case.published_at)
            row["url"] = request.build_absolute_uri(case.get_absolute_url())
            rows.append(row)
        return rows


class CaseSerializer(AddressMixin, serializers.ModelSerializer):
    category = CategoryRefSerializer(read_only=True)
    institution = InstitutionRefSerializer(read_only=True)
    collection = CollectionRefSerializer(read_only=True)
    terms = TermRefSerializer(many=True, read_only=True)

    class Meta:
        model = Case
        list_serializer_class = CaseRows
        fields = (
            *("code", "title", "subtitle", "summary", "category", "institution", "collection", "terms"),
            *("period", "regions", "published_at", "url"),
        )


class HighlightSerializer(serializers.ModelSerializer):
    class Meta:
        model = Highlight
        fields = ("text", "as_of")


class StepSerializer(serializers.ModelSerializer):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = Step
        fields = ("kind", "kind_label", "as_of", "source", "text", "amount", "target")


class AdviceSerializer(serializers.ModelSerializer):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = Advice
        fields = ("kind", "kind_label", "text")


class EditorNoteSerializer(serializers.ModelSerializer):
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = EditorNote
        fields = ("kind", "kind_label", "text")


class OfferSerializer(serializers.ModelSerializer):
    product = serializers.CharField(source="product.name", help_text="产品名称")
    institution = serializers.CharField(source="product.institution.slug", help_text="提供产品的机构")

    class Meta:
        model = Offer
        fields = ("product", "institution", "audience", "amount", "max_amount", "term", "rate", "conditions", "as_of")


class DocumentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Document
        fields = ("title", "number", "issuer", "issued_on", "url")


class CaseImageSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="JPEG 或 PNG 文件的地址")

    class Meta:
        model = CaseImage
        fields = ("number", "url", "width", "height", "caption", "alt")
        extra_kwargs = {"number": {"help_text": "正文里单独一行的〔图 1〕就是编号 1 的图的位置"}}

    def get_url(self, image: CaseImage) -> str:
        return self.context["request"].build_absolute_uri(image.file.url)


class CaseDetailSerializer(CaseSerializer):
    figures = FigureSerializer(many=True, read_only=True)
    highlights = HighlightSerializer(many=True, read_only=True, help_text="要点")
    steps = StepSerializer(many=True, read_only=True, help_text="路径与经过")
    advice = AdviceSerializer(many=True, read_only=True, help_text="可以照着做的")
    editor_notes = EditorNoteSerializer(source="editornotes", many=True, read_only=True, help_text="编者注")
    offers = OfferSerializer(many=True, read_only=True, help_text="产品条件")
    documents = DocumentSerializer(many=True, read_only=True, help_text="提到的文件")
    images = CaseImageSerializer(many=True, read_only=True, help_text="图片")
    citation = serializers.SerializerMethodField(help_text="GB/T 7714—2025 引文")
    source = serializers.SerializerMethodField(help_text="出处：书名、页码")

    class Meta(CaseSerializer.Meta):
        fields = (
            *(*CaseSerializer.Meta.fields, *Case.SECTIONS, "figures", "highlights", "steps", "advice"),
            *("editor_notes", "offers", "documents", "images", "source", "citation"),
        )

    def to_representation(self, case: Case) -> dict:
        """Leave out of the texts what is the place of no image."""
        told = super().to_representation(case)
        numbers = {image.number for image in case.images.all()}
        for name in Case.SECTIONS:
            told[name] = keep_places(told[name], numbers)
        return told

    def get_citation(self, case: Case) -> str:
        return gbt2025(reference(case, address=self.get_url(case), accessed=timezone.localdate()))

    def get_source(self, case: Case) -> dict[str, str | int | None]:
        return {"collection": case.collection.title, "pages": case.source_pages, "chapter": case.chapter_number}


class CategorySerializer(AddressMixin, serializers.ModelSerializer):
    case_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Category
        fields = ("slug", "name", "mark", "slogan", "intro", "order", "case_count", "url")


class InstitutionSerializer(AddressMixin, serializers.ModelSerializer):
    case_count = serializers.IntegerField(read_only=True)
    parent = InstitutionRefSerializer(read_only=True, allow_null=True)
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
            *(
                "slug",
                "title",
                "kind",
                "publisher",
                "place",
                "published_on",
                "year",
                "period",
                "preface",
                "source_note",
                "source_url",
            ),
            *("submitted_count", "submitting_institutions", "selected_count", "case_count", "chapters", "url"),
        )
