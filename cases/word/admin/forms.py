"""Forms of the Word import: where files go, what a file did not say, what is taken over from the report."""

from itertools import groupby

from django import forms

from cases.models import CaseImage, Category, Chapter, Collection, Institution, WordImport
from cases.models.image import MISSING_ALT
from cases.word.document import SECTION_NAMES
from cases.word.values import FigurePick, ImageWords

AS_WRITTEN = "照文件里写的"
NOTHING = ("", "请选择")
KEPT = ("label", "value", "number", "number_to", "unit", "as_of")
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class UploadForm(forms.Form):
    """Files and where they go; the files themselves are read from the request, one by one."""

    files = forms.FileField(
        label="Word 文件",
        required=False,
        widget=FilesInput(attrs={"multiple": True, "accept": f".docx,.pdf,.doc,.wps,.odt,.rtf,{WORD_TYPE}"}),
    )
    collection = forms.ModelChoiceField(
        label="放进哪本案例集",
        queryset=Collection.objects.newest_first(),
        empty_label=None,
        error_messages={
            "required": "还没有选案例集。",
            "invalid_choice": "没有这本案例集，可能刚被删除，请重新选。",
        },
    )
    category = forms.ModelChoiceField(
        label="章节", queryset=Category.objects.all(), required=False, empty_label=AS_WRITTEN
    )
    institution = forms.ModelChoiceField(
        label="机构", queryset=Institution.objects.order_by("short_name"), required=False, empty_label=AS_WRITTEN
    )


class Places:
    """Chapters and institutions to choose from, read once for all forms of a page."""

    def __init__(self) -> None:
        chapters = Chapter.objects.select_related("collection", "category")
        self.chapters = list(chapters.order_by("collection__order", "collection", "number"))
        self.institutions = [(one.pk, one.short_name) for one in Institution.objects.order_by("short_name")]


class CompleteForm(forms.Form):
    """What a file did not say, or did not say clearly. Collection and chapter are one choice: none is impossible."""

    title = forms.CharField(label="题名", max_length=120, widget=forms.TextInput(attrs={"class": "vLargeTextField"}))
    chapter = forms.ModelChoiceField(
        label="案例集和章节",
        queryset=Chapter.objects.select_related("collection", "category"),
        error_messages={"required": "还没有选章节。", "invalid_choice": "没有这一章，可能刚被删除，请重新选。"},
    )
    institution = forms.ModelChoiceField(
        label="机构",
        queryset=Institution.objects.order_by("short_name"),
        error_messages={"required": "还没有选机构。", "invalid_choice": "没有这个机构，可能刚被删除，请重新选。"},
    )

    def __init__(self, word_import: WordImport, data=None, *, places: Places | None = None, prefix="complete") -> None:
        self.word_import, parsed, places = word_import, word_import.parsed, places or Places()
        chapters = sorted(places.chapters, key=lambda one: one.collection_id != word_import.collection_id)
        wanted = [parsed.get("category"), *parsed.get("categories", [])]
        own = {one.category_id: one for one in chapters if one.collection_id == word_import.collection_id}
        likely_chapters = [own[key] for key in wanted if key in own]
        start = likely_chapters[0].pk if likely_chapters else None
        initial = {"title": parsed.get("title"), "chapter": start, "institution": parsed.get("institution")}
        super().__init__(data, prefix=prefix, initial=initial)
        by_collection = [
            (str(collection), [(one.pk, f"第 {one.number} 章 {one.category.name} · {collection}") for one in group])
            for collection, group in groupby(chapters, key=lambda one: one.collection)
        ]
        like = [("看内容像是", [(one.pk, f"第 {one.number} 章 {one.category.name}") for one in likely_chapters])]
        self.fields["chapter"].choices = [NOTHING, *(like if likely_chapters else []), *by_collection]
        likely = [one for key in parsed.get("candidates", []) for one in places.institutions if one[0] == key]
        groups = [("文件里写的像是", likely), ("全部机构", places.institutions)] if likely else places.institutions
        self.fields["institution"].choices = [NOTHING, *groups]

    @property
    def length(self) -> int:
        """Characters of the text that was read."""
        return sum(len(self.word_import.parsed.get(name, "")) for name in SECTION_NAMES)


class FigureForm(forms.Form):
    """One candidate: taken where ticked, corrected before."""

    take = forms.BooleanField(label="取用", required=False)
    label = forms.CharField(label="说明", max_length=60, required=False)
    value = forms.CharField(label="数值（照印）", max_length=60, required=False)
    number = forms.DecimalField(label="数", max_digits=20, decimal_places=4, required=False, localize=False)
    number_to = forms.DecimalField(label="到", max_digits=20, decimal_places=4, required=False, localize=False)
    unit = forms.CharField(label="单位", max_length=20, required=False)
    as_of = forms.CharField(label="截至", max_length=40, required=False)
    is_headline = forms.BooleanField(label="大字显示", required=False)

    def __init__(self, candidate: dict, place: int, data=None) -> None:
        self.candidate, self.place = candidate, place
        super().__init__(data, prefix=f"figure-{place}", initial={name: candidate.get(name) for name in KEPT})
        for name in ("number", "number_to"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})

    @property
    def is_ticked(self) -> bool:
        return bool(self.data.get(f"{self.prefix}-take") or self.data.get(f"{self.prefix}-is_headline"))

    @property
    def sentence(self) -> tuple[str, str, str]:
        """The sentence before the value, the value, and the rest; all of it before where the value is not found."""
        return self.candidate["sentence"].partition(self.candidate["value"])

    def clean(self) -> dict:
        values = super().clean()
        for name in ("label", "value"):
            if name not in self.errors and not values.get(name):
                self.add_error(name, f"要取用这个数据，{self.fields[name].label}不能空着。")
        if values.get("number") is not None and not values.get("unit"):
            self.add_error("unit", "写了数就要写单位，例如“亿元”“户”；没有单位就把数删掉。")
        number, end = values.get("number"), values.get("number_to")
        if end is not None and (number is None or end <= number):
            self.add_error("number_to", "“到”只在区间时填，要比“数”大；不是区间就删掉。")
        return values

    def pick(self) -> FigurePick:
        return FigurePick(**{name: self.cleaned_data[name] for name in (*KEPT, "is_headline")})


class ImageForm(forms.Form):
    """What an image shows, asked for where the file did not say."""

    alt = forms.CharField(label="图上是什么（替代文字）", max_length=160, required=False)
    caption = forms.CharField(label="图注", max_length=160, required=False)

    def __init__(self, image: CaseImage, data=None) -> None:
        self.image = image
        alt = "" if image.alt == MISSING_ALT else image.alt
        super().__init__(data, prefix=f"picture-{image.pk}", initial={"alt": alt, "caption": image.caption})

    def words(self) -> ImageWords:
        return ImageWords(caption=self.cleaned_data["caption"], alt=self.cleaned_data["alt"])
