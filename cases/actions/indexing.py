"""Keeping search in step with writes that are not on one case: vocabulary, fixtures, and the whole index."""

from collections.abc import Callable, Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Q

from cases.actions.versions import latest_number, record, record_base
from cases.models import Case, Category, Collection, Institution, Term, VersionEvent
from cases.search.index import forget_named, index_cases, index_named, write_cases
from cases.search.related import relate_afresh, unrelated

NAMED = (Institution, Term, Category)
BATCH = 250


@transaction.atomic
def save_vocabulary(*, item: models.Model, user: AbstractBaseUser) -> None:
    """Write an institution, term, category or collection; cases are found by its new names at once. Call
    ``vocabulary_changed`` once a collection's chapters are written too: that keeps the version."""
    record_base(item=item)
    item.save()
    if isinstance(item, NAMED):
        index_named([item])
    index_cases(cases_of(item), relate=False)


@transaction.atomic
def vocabulary_changed(*, item: models.Model, user: AbstractBaseUser | None) -> None:
    """Keep a version of it as it is now."""
    event = VersionEvent.CHANGED if latest_number(item) else VersionEvent.CREATED
    record(item=item, user=user, event=event)


@transaction.atomic
def delete_vocabulary(*, item: models.Model, user: AbstractBaseUser) -> None:
    """Delete it, and its name from the suggestions; the database refuses where cases need it."""
    affected = cases_of(item)
    record(item=item, user=user, event=VersionEvent.DELETED)
    if isinstance(item, NAMED):
        forget_named(item)
    item.delete()
    index_cases(affected, relate=False)


def cases_of(item: models.Model) -> list[int]:
    """Primary keys of the cases in whose index entry a name of ``item`` stands."""
    condition = {
        Institution: Q(institution=item.pk) | Q(institution__parent=item.pk),
        Term: Q(terms=item.pk),
        Category: Q(category=item.pk),
        Collection: Q(collection=item.pk),
    }[type(item)]
    return list(Case.objects.filter(condition).values_list("pk", flat=True))


def index_fixture(items: list[dict], *, updated: bool) -> None:
    """Take over what a fixture file wrote; ``updated`` says that existing rows changed, names among them."""
    for model in NAMED:
        rows = _rows(model, items)
        index_named(rows)
        if updated:
            index_cases({key for row in rows for key in cases_of(row)}, relate=False)
    codes = {item["fields"].get("code") for item in items if item["model"] == "cases.case"}
    codes |= {item["fields"]["case"][0] for item in items if item["model"] == "cases.keyfigure"}
    index_cases(Case.objects.filter(code__in=codes).values_list("pk", flat=True))


def reindex_names() -> None:
    """Names of all institutions, terms and categories."""
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
        changed += write_cases(batch, force=force)
        on_case(len(batch))
    relate_afresh(sorted({*changed, *unrelated()}), on_related)
    return len(changed)


def _rows(model: type[models.Model], items: list[dict]) -> list:
    label = model._meta.label_lower
    slugs = [item["fields"]["slug"] for item in items if item["model"] == label]
    return list(model.objects.filter(slug__in=slugs)) if slugs else []
