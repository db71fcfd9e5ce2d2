"""Translations on the desk: the Chinese beside each text, and which are older than it."""

from collections.abc import Iterator

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from cases.desk.history import VocabularyAdmin
from cases.models import Translation
from cases.models.translation import LANGUAGES, TRANSLATED, digest, sources

LONGEST = 2000  # characters of one text
BATCH = 500
NAMES = tuple(dict.fromkeys(name for names in TRANSLATED.values() for name in names))


def states(translations: list[Translation]) -> Iterator[tuple[Translation, list[str], list[str]]]:
    """(translation, its outdated fields, its missing fields). A query for each kind among them."""
    chinese = sources((row.kind, row.key) for row in translations)
    for row in translations:
        own = chinese.get((row.kind, row.key), {})
        yield row, row.outdated(own), row.missing(own)


def labels(kind: str, names: list[str]) -> str:
    model = apps.get_model("cases", kind)
    return "、".join(str(model._meta.get_field(name).verbose_name) for name in names)


class OutdatedFilter(admin.SimpleListFilter):
    """Reads every translation once it is chosen: what is outdated follows from the Chinese of today."""

    title, parameter_name = "对不对得上", "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("outdated", "过时"), ("missing", "没译全")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("outdated", "missing"):
            return queryset
        found, batch = [], []
        for row in queryset.order_by("pk").iterator(chunk_size=BATCH):
            batch.append(row)
            if len(batch) == BATCH:
                found, batch = found + self.of(batch), []
        return queryset.filter(pk__in=found + self.of(batch))

    def of(self, batch: list[Translation]) -> list[int]:
        place = 1 if self.value() == "outdated" else 2
        return [state[0].pk for state in states(batch) if state[place]]


class StatesList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        for row, outdated, missing in states(self.result_list):
            row.outdated_names, row.missing_names = outdated, missing


class TranslationForm(forms.ModelForm):
    """One box for each text that a kind of row has; its Chinese, and whether that has changed, below."""

    language = forms.ChoiceField(label="语言", choices=LANGUAGES.items())
    is_checked = forms.BooleanField(
        label="过时的已经对照过", required=False, help_text="现在的中文和译文仍然相合，译文不用改。"
    )
    locals().update({name: forms.CharField(max_length=LONGEST, required=False) for name in NAMES})

    class Meta:
        model = Translation
        fields = ("language", "kind", "key")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        kind = row.kind or self.data.get("kind") or self.initial.get("kind") or ""
        key = row.key or self.data.get("key") or self.initial.get("key") or ""
        key = key.replace("\x00", "")  # PostgreSQL takes none
        self.chinese = sources([(kind, key)]).get((kind, key), {}) if kind in TRANSLATED else {}
        outdated = row.outdated(self.chinese) if row.pk else []
        for name in NAMES:
            if name not in TRANSLATED.get(kind, ()):
                del self.fields[name]
                continue
            text, box = self.chinese.get(name) or "", self.fields[name]
            box.label = labels(kind, [name])
            box.widget = forms.Textarea(attrs={"rows": min(8, 2 + len(text) // 60), "cols": 90, "lang": row.language})
            box.help_text = format_html("{}中文：{}", "过时。现在的" if name in outdated else "", text or "（没有）")
            self.initial.setdefault(name, row.texts.get(name, ""))
        if not outdated:
            del self.fields["is_checked"]
        if row.pk:
            for name in ("language", "kind", "key"):
                self.fields.pop(name, None)  # what is translated is chosen once

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("kind") and cleaned.get("key") and not self.chinese:
            raise ValidationError({"key": "没有这一条，请核对类别和编号。"})
        return cleaned

    def save(self, commit: bool = True) -> Translation:
        row, before = self.instance, self.instance.texts
        texts = {name: self.cleaned_data[name] for name in TRANSLATED[row.kind] if self.cleaned_data[name]}
        for name, text in texts.items():
            if text != before.get(name) or self.cleaned_data.get("is_checked"):
                row.sources[name] = digest(self.chinese.get(name) or "")
        row.texts, row.sources = texts, {name: row.sources[name] for name in texts}
        return super().save(commit)


@admin.register(Translation)
class TranslationAdmin(VocabularyAdmin):
    form = TranslationForm
    list_display = ("__str__", "first_text", "state")
    list_filter = (OutdatedFilter, "language", "kind")
    search_fields = ("key", "texts")
    search_help_text = "编号、网址名、译文"

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        return StatesList

    def get_fields(self, request: HttpRequest, obj: Translation | None = None) -> list[str]:
        asked = request.POST if request.method == "POST" else request.GET
        kind = obj.kind if obj else asked.get("kind", "")
        is_outdated = obj is not None and any(outdated for _, outdated, _ in states([obj]))
        texts = [*TRANSLATED.get(kind, ()), *(["is_checked"] if is_outdated else [])]
        return [*(() if obj else ("language", "kind", "key")), *texts]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """Lead to the translation that is there already: links from other pages need not ask."""
        asked = {name: request.GET.get(name, "")[:120] for name in ("language", "kind", "key")}
        if request.method == "GET" and (row := Translation.objects.filter(**asked).first()):
            return HttpResponseRedirect(reverse("admin:cases_translation_change", args=[row.pk]))
        return super().add_view(request, form_url, extra_context)

    def response_add(
        self, request: HttpRequest, obj: Translation, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to the boxes, where the kind was chosen only now."""
        if not obj.texts:
            return HttpResponseRedirect(reverse("admin:cases_translation_change", args=[obj.pk]))
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description="译文")
    def first_text(self, row: Translation) -> str:
        return next((row.texts[name] for name in TRANSLATED[row.kind] if row.texts.get(name)), "")

    @admin.display(description="对不对得上")
    def state(self, row: Translation) -> str:
        words = [
            f"{word}：{labels(row.kind, names)}"
            for word, names in (("过时", row.outdated_names), ("没有译", row.missing_names))
            if names
        ]
        return "；".join(words) or "对得上"
