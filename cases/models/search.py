"""What the search index keeps beside the engines' own tables: rebuilt by ``manage.py reindex``, never edited."""

from typing import Self

from django.db import models
from django.db.models import F

from cases.models.base import published_case


class SearchDocument(models.Model):
    """A case as the index knows it: its texts folded (simplified, lower case), field by field, ready for scoring.

    ``digest`` covers the content and the version of the analysis; ``bitmap_keys`` name what the case is filtered and
    counted by; ``generation`` is the write of the index that wrote the row.
    """

    case = models.OneToOneField("Case", on_delete=models.CASCADE, primary_key=True, related_name="search_document")
    digest = models.CharField(max_length=32)
    title = models.TextField()
    names = models.TextField()
    terms = models.TextField()
    plain = models.TextField()
    lead = models.TextField()
    figures = models.TextField()
    body = models.TextField()
    rows = models.TextField(default="")
    bitmap_keys = models.TextField()
    signature = models.TextField()
    generation = models.PositiveBigIntegerField(default=0, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "检索文档"

    def __str__(self) -> str:
        return str(self.case_id)


class SearchState(models.Model):
    """One row: every write of the index raises ``generation`` and sets ``stamp`` anew, at random; ``names_stamp`` is the
    stamp of the last write of names, ``epoch`` is set when the row is made.

    The row is also the lock that writers of the index take first, so that no two of them wait for each other.
    """

    generation = models.PositiveBigIntegerField(default=0)
    stamp = models.CharField(max_length=16)
    epoch = models.CharField(max_length=16, default="")
    names_stamp = models.CharField(max_length=16)

    class Meta:
        verbose_name = verbose_name_plural = "检索状态"

    def __str__(self) -> str:
        return self.stamp


class NameKind(models.TextChoices):
    INSTITUTION = "institution", "机构"
    TERM = "term", "标签"
    CATEGORY = "category", "章节"
    PRODUCT = "product", "产品"
    DOCUMENT = "document", "文件"
    GLOSSARY = "glossary", "词语"
    WORD = "word", "题名用词"


class SearchName(models.Model):
    """A name that readers may type: of an institution, a term, a category, a product, a document, a glossary entry,
    or a word of a title.

    ``text`` is the name folded, ``label`` as printed; ``owner`` is the primary key of what it names (0 for words).
    """

    kind = models.CharField(max_length=12, choices=NameKind.choices)
    owner = models.PositiveBigIntegerField(default=0)
    label = models.CharField(max_length=80)
    text = models.CharField(max_length=80, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "检索名称"
        constraints = [models.UniqueConstraint(fields=("kind", "owner", "text"), name="search_name_unique")]

    def __str__(self) -> str:
        return self.label


class KeyMode(models.TextChoices):
    TEXT = "t", "文字"
    PINYIN = "p", "拼音"
    INITIALS = "i", "首字母"
    NEAR = "n", "差一个字"


class SearchKey(models.Model):
    """One way to arrive at a name: its text, its pinyin, its initials, or the text with one character left out."""

    name = models.ForeignKey(SearchName, on_delete=models.CASCADE, related_name="keys", db_index=False)
    mode = models.CharField(max_length=1, choices=KeyMode.choices)
    key = models.CharField(max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "检索键"
        indexes = [
            models.Index(fields=("key", "mode"), name="search_key_exact"),
            # Prefixes: PostgreSQL needs this class where the database's collation is not C; SQLite ignores it.
            models.Index(fields=("key",), name="search_key_prefix", opclasses=("varchar_pattern_ops",)),
            models.Index(fields=("name",), name="search_key_name"),
        ]

    def __str__(self) -> str:
        return f"{self.mode}:{self.key}"


class RelatedCaseQuerySet(models.QuerySet):
    def for_case(self, case: models.Model) -> Self:
        """The published neighbours of ``case``, best first, each with its reason."""
        found = self.filter(published_case("other"), case=case).order_by("rank")
        return found.exclude(other=case.revises_id) if case.revises_id else found  # a revision is like its original

    def for_cards(self) -> Self:
        """With the other case as a card shows it, without figures: 1 query."""
        heavy = [f"other__{name}" for name in self.model._meta.get_field("other").related_model.SECTIONS]
        return self.select_related("other__collection", "other__category", "other__institution").defer(*heavy)


class RelatedCase(models.Model):
    """A neighbour of a case, computed in advance; ``reason`` is what the reader is told."""

    case = models.ForeignKey("Case", on_delete=models.CASCADE, related_name="related_cases")
    other = models.ForeignKey("Case", on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    reason = models.CharField(max_length=120)

    objects = RelatedCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "相关案例"
        constraints = [
            models.UniqueConstraint(fields=("case", "other"), name="related_once"),
            models.CheckConstraint(condition=~models.Q(case=F("other")), name="related_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.other_id}"
