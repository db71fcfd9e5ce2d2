"""Rows for tests: each call makes a valid one; keyword arguments override."""

from datetime import UTC, datetime
from importlib import import_module
from itertools import count
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection

from cases.editing.edit import edit_case
from cases.editing.gate import Public
from cases.editing.images import add_case_image
from cases.editing.vocabulary import edit_vocabulary, reindex_cases, reindex_names
from cases.models import (
    Case,
    CaseImage,
    Category,
    Chapter,
    Collection,
    Document,
    GlossaryEntry,
    Institution,
    KeyFigure,
    Product,
    Term,
)

_serial = count(1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_category(**fields) -> Category:
    n = next(_serial)
    return Category.objects.create(**{"name": f"主题{n}", "slug": f"category-{n}", "order": n % 90 + 1, **fields})


def make_institution(**fields) -> Institution:
    n = next(_serial)
    return Institution.objects.create(
        **{"name": f"第{n}银行股份有限公司", "short_name": f"第{n}银行", "slug": f"bank-{n}", "type": "state", **fields}
    )


def make_collection(**fields) -> Collection:
    n = next(_serial)
    return Collection.objects.create(
        **{"title": f"案例集{n}", "slug": f"book{n}", "publisher": "协会", "year": 2020, **fields}
    )


def make_term(facet: str = "need", **fields) -> Term:
    n = next(_serial)
    return Term.objects.create(**{"facet": facet, "name": f"标签{n}", "slug": f"term-{n}", **fields})


def make_product(**fields) -> Product:
    institution = fields.pop("institution", None) or make_institution()
    return Product.objects.create(**{"institution": institution, "name": f"产品{next(_serial)}", **fields})


def make_document(**fields) -> Document:
    return Document.objects.create(**{"title": f"文件{next(_serial)}", **fields})


def make_entry(**fields) -> GlossaryEntry:
    n = next(_serial)
    return GlossaryEntry.objects.create(**{"term": f"词条{n}", "definition": f"解释{n}。", **fields})


def make_chapter(collection: Collection, category: Category, **fields) -> Chapter:
    number = collection.chapters.count() + 1
    return Chapter.objects.create(**{"collection": collection, "category": category, "number": number, **fields})


def make_case(*, terms: tuple[Term, ...] = (), figures: int = 1, **fields) -> Case:
    """A published case in a chapter that exists, with ``figures`` headline figures."""
    n = next(_serial)
    collection = fields.pop("collection", None) or make_collection()
    category = fields.pop("category", None) or make_category()
    chapter, _ = Chapter.objects.get_or_create(
        collection=collection, category=category, defaults={"number": collection.chapters.count() + 1}
    )
    case = Case.objects.create(
        **{
            "code": f"{collection.slug}-{chapter.number:02d}{n:02d}",
            "title": f"题名 {n}",
            "summary": f"摘要 {n}",
            "background": "背景",
            "approach": "做法",
            "results": "成效",
            "institution": fields.pop("institution", None) or make_institution(),
            "status": "published",
            "published_at": LONG_AGO,
            "collection": collection,
            "category": category,
            "order": n,
            **fields,
        }
    )
    case.terms.set(terms)
    for order in range(1, figures + 1):
        KeyFigure.objects.create(
            case=case, order=order, label=f"数据{n}-{order}", value=f"{n} 亿元", number=n, unit="亿元", is_headline=True
        )
    return case


def make_finished_draft(**fields) -> Case:
    """A draft that lacks nothing a reader would miss: it may be published."""
    terms = tuple(make_term(facet) for facet in ("audience", "need", "instrument", "keyword"))
    return make_case(**{"terms": terms, "status": "draft", "published_at": None, **fields})


def save_case(*, case: Case, user) -> Case:
    """Write the case in hand, whether readers see it or not."""
    with edit_case(case, user=user, public=Public.TRUSTED):
        case.save()
    return case


def add_image(case: Case, data: bytes) -> CaseImage:
    """Give a case a picture, whether readers see it or not."""
    with edit_case(case, user=None, public=Public.TRUSTED):
        return add_case_image(case=case, data=data, caption="图注", alt="图", user=None)


def save_vocabulary(*, item, user) -> None:
    with edit_vocabulary(item, user=user):
        item.save()


def make_user(*groups: str, **fields):
    """A member of staff in the groups 编辑, 审核, 管理员."""
    _ensure_groups()
    user = get_user_model().objects.create_user(**{"username": f"user{next(_serial)}", "is_staff": True, **fields})
    user.groups.set(Group.objects.filter(name__in=groups))
    assert user.groups.count() == len(groups)
    return user


def _ensure_groups() -> None:
    """The groups of the migration: a test that commits (a browser test) empties all tables after itself, these too."""
    if not Group.objects.exists():
        editor = SimpleNamespace(connection=connection)
        import_module("cases.migrations.0004_groups").make_groups(apps, editor)
        import_module("cases.migrations.0014_content_permissions").grant(apps, editor)
        import_module("cases.migrations.0016_proposal").grant(apps, editor)
        import_module("cases.migrations.0022_translation").grant(apps, editor)


def empty_rows() -> dict[str, int]:
    """What the form of a case sends of rows of every kind where there are none."""
    return {f"{name}-{count}": 0 for name in Case.ROWS for count in ("TOTAL_FORMS", "INITIAL_FORMS")}


def index_all() -> None:
    """Take every row made so far into the search index, as the actions do when they write."""
    reindex_names()
    reindex_cases(Case.objects.values_list("pk", flat=True), force=False)
