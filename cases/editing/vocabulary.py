"""Writes that are not on one case: vocabulary, and the index after fixtures or as a whole."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Q

from cases.editing.edit import keep_version, versioned
from cases.editing.figures import place_figures
from cases.editing.writing import one_write
from cases.models import (
    Case,
    Category,
    Collection,
    Document,
    GlossaryEntry,
    Institution,
    Product,
    Term,
    VersionEvent,
)
from cases.search.index import index_cases, index_named, remove_named
from cases.search.related import rebuild, relate, unrelated

# What readers find by name, each with the field that tells its rows apart in a fixture.
NAMED = {
    Institution: "slug",
    Term: "slug",
    Category: "slug",
    Product: "name",
    Document: "title",
    GlossaryEntry: "term",
}
BATCH = 250


@contextmanager
def edit_vocabulary(item: models.Model, *, user: AbstractBaseUser | None) -> Iterator[models.Model]:
    """Let the caller write one of ``NAMED`` or a collection with its chapters; keep one version of it.

    Cases are found by its new names at once.
    """
    with transaction.atomic(), one_write():
        with versioned(item, user=user):
            yield item
        if type(item) in NAMED:
            index_named([item])
        index_cases(cases_of(item))


@transaction.atomic
def delete_vocabulary(*, item: models.Model, user: AbstractBaseUser) -> None:
    """Delete it, and its name from the suggestions; the database refuses where cases need it."""
    affected = cases_of(item)
    keep_version(item=item, user=user, event=VersionEvent.DELETED)
    if type(item) in NAMED:
        remove_named(item)
    item.delete()
    index_cases(affected)


def cases_of(item: models.Model) -> list[int]:
    """Primary keys of the cases in whose index entry a name of ``item`` stands."""
    conditions = {
        Institution: Q(institution=item.pk) | Q(institution__parent=item.pk),
        Term: Q(terms=item.pk),
        Category: Q(category=item.pk),
        Collection: Q(collection=item.pk),
        Product: Q(offers__product=item.pk),
        Document: Q(documents=item.pk),
    }
    condition = conditions.get(type(item))
    return list(Case.objects.filter(condition).values_list("pk", flat=True)) if condition else []


def index_fixture(items: list[dict], *, updated: bool) -> None:
    """Take over what a fixture file wrote; ``updated`` says that existing rows changed, names among them."""
    for model, field in NAMED.items():
        given = [item["fields"][field] for item in items if item["model"] == model._meta.label_lower]
        rows = list(model.objects.filter(**{f"{field}__in": given})) if given else []
        index_named(rows)
        if updated:
            index_cases({key for row in rows for key in cases_of(row)})
    codes = {item["fields"].get("code") for item in items if item["model"] == "cases.case"}
    codes |= {item["fields"]["case"][0] for item in items if "case" in item["fields"]}
    keys = list(Case.objects.filter(code__in=codes).values_list("pk", flat=True))
    place_figures(Case.objects.filter(pk__in=keys).prefetch_related("figures"))
    relate(entry.case.pk for entry in index_cases(keys) if entry.is_unlike)


def reindex_names() -> None:
    """Names of all rows that readers find by name."""
    for model in NAMED:
        index_named(list(model.objects.all()))


def reindex_cases(
    keys: Iterable[int],
    *,
    force: bool,
    on_case: Callable[[int], object] = lambda n: None,
    on_related: Callable[[int], object] = lambda n: None,
) -> int:
    """Bring every one of these cases up to date, a transaction for each ``BATCH``; returns how many changed.

    Cases already up to date are passed over, so a run that was stopped goes on where it was. Related cases are
    worked out at the end, of those that changed and of those that have none.
    """
    keys, changed = list(keys), []
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        # A restored or migrated database lacks what figures derive.
        place_figures(Case.objects.filter(pk__in=batch).prefetch_related("figures"))
        changed += [entry.case.pk for entry in index_cases(batch, force=force)]
        on_case(len(batch))
    rebuild(sorted({*changed, *unrelated()}), on_related)
    return len(changed)
