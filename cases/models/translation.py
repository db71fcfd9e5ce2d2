"""Titles, plain sentences, names and definitions in other languages: another language is more rows, not another column."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Concat

# What is translated, by kind (the model's name); what a case says at length stays in Chinese.
TRANSLATED: dict[str, tuple[str, ...]] = {
    "case": ("title", "subtitle", "summary"),
    "institution": ("name", "short_name", "profile"),
    "category": ("name", "slogan", "intro"),
    "collection": ("title", "preface"),
    "term": ("name", "description"),
    "glossaryentry": ("term", "definition"),
}
KINDS = {
    "case": "案例",
    "institution": "机构",
    "category": "章节主题",
    "collection": "案例集",
    "term": "标签",
    "glossaryentry": "词条",
}
LANGUAGES = {code: name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}
Key = tuple[str, str]


def digest(text: str) -> str:
    """What a translation remembers of the text it was made from."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def key_of(row: models.Model) -> Key:
    """(kind, key) under which the translations of ``row`` stand: its natural key, the same on every machine."""
    return row._meta.model_name, "/".join(row.natural_key())


def sources(keys: Iterable[Key]) -> dict[Key, dict[str, str]]:
    """The Chinese text of each field by key; what does not exist is left out. One query for each kind."""
    by_kind, found = defaultdict(list), {}
    for kind, key in keys:
        by_kind[kind].append(key)
    for kind, own in by_kind.items():
        for key, *texts in chinese(kind).filter(content_key__in=own).values_list("content_key", *TRANSLATED[kind]):
            found[kind, key] = dict(zip(TRANSLATED[kind], texts, strict=True))
    return found


def chinese(kind: str) -> models.QuerySet:
    """The rows of a kind with their ``content_key``, as ``key_of`` makes it."""
    names = {"case": ["code"], "term": ["facet", "slug"], "glossaryentry": ["term"]}.get(kind, ["slug"])
    first, *rest = (models.F(name) for name in names)
    key = Concat(first, models.Value("/"), *rest, output_field=models.CharField()) if rest else first
    return apps.get_model("cases", kind)._base_manager.annotate(content_key=key).order_by("pk")


class TranslationManager(models.Manager):
    def get_by_natural_key(self, language: str, kind: str, key: str) -> "Translation":
        return self.get(language=language, kind=kind, key=key)


class Translation(models.Model):
    """What one row is called in one language. ``texts`` and ``sources`` (digests of the Chinese translated) are by field."""

    # No choices: a new language is an entry of the settings, and no migration.
    language = models.CharField("语言", max_length=10)
    kind = models.CharField("类别", max_length=20, choices=KINDS.items())
    key = models.CharField("编号或网址名", max_length=120, help_text="案例编号、网址名；标签写成 need/no-collateral。")
    texts = models.JSONField("译文", default=dict, blank=True)
    sources = models.JSONField("译自", default=dict, blank=True, editable=False)

    objects = TranslationManager()

    class Meta:
        verbose_name = verbose_name_plural = "译文"
        ordering = ("language", "kind", "key")
        constraints = [models.UniqueConstraint(fields=("language", "kind", "key"), name="translation_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}（{LANGUAGES.get(self.language, self.language)}）"

    def natural_key(self) -> tuple[str, str, str]:
        return (self.language, self.kind, self.key)

    def outdated(self, chinese: Mapping[str, str]) -> list[str]:
        """The fields whose Chinese text is another one than that which was translated."""
        return [name for name in self.texts if digest(chinese.get(name) or "") != self.sources.get(name)]

    def missing(self, chinese: Mapping[str, str]) -> list[str]:
        """The fields that have a Chinese text and no translation."""
        return [name for name, text in chinese.items() if text and not self.texts.get(name)]
