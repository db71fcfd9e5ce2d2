"""The one way to write a case: lock, baseline, files, one version, one indexing.

    with edit_case(case, user=user) as case:
        case.title = "…"
        case.save()

What is written inside is one change, however many actions it takes; ``edit_cases()`` around many edits makes them one
transaction, indexed once.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone

from cases.editing.figures import place_figures
from cases.editing.gate import Public, pass_gate
from cases.editing.serialization import same, serialize
from cases.editing.writing import Held, current_write, one_write
from cases.models import Case, CaseStatus, Chapter, Version, VersionEvent
from cases.models.base import person_name
from cases.search.index import index_cases, remove_cases
from cases.search.related import cases_listing, recompute, relate


@contextmanager
def edit_cases() -> Iterator[None]:
    """Make the edits inside one transaction, and index their cases once, at its end; on an error, nothing is left."""
    is_joined = current_write.get() is not None
    with one_write() as write:
        if write.is_open:
            yield
            return
        write.is_open = True
        try:
            with transaction.atomic(savepoint=not is_joined):
                # First in line: once committed, no failure of a later hook may take the files back.
                transaction.on_commit(write.files.clear)
                yield
                if write.changed:
                    written = index_cases(write.changed, read=write.changed)
                    relate(entry.case.pk for entry in written if entry.is_unlike)
        finally:
            write.is_open, write.changed = False, {}


@contextmanager
def edit_case(
    case: Case,
    *,
    user: AbstractBaseUser | None,
    event: str = "",
    comment: str = "",
    reread: bool = False,
    public: Public = Public.REFUSED,
    seen: str | None = None,
) -> Iterator[Case]:
    """Lock ``case``, let the caller write it and all that belongs to it, then keep one version and index it.

    Yields ``case`` as it is in hand, or with ``reread`` as it is stored. A new one has its place at the end of its
    chapter, its code, which it keeps for good, and ``user`` as its editor. Without ``event`` it was created or changed,
    and a change of nothing keeps no version. Inside an edit of the same case, this is part of that. Raises
    ``ValidationError`` where the collection has no such chapter, and ``PublicChangeError`` where readers would see a
    change that ``public`` does not allow, or another one than ``seen`` (``gate.pass_gate``).
    """
    with edit_cases():
        if reread and (case := hold_case(case.pk)) is None:
            raise Case.DoesNotExist
        if not case.code:
            _number(case)
        if case.pk is None and case.editor_id is None and user is not None:
            case.editor_id = user.pk
        if case.status == CaseStatus.PUBLISHED and case.published_at is None:
            case.published_at = timezone.now()
        gate = partial(pass_gate, public=public, seen=seen)
        with versioned(case, user=user, event=event, comment=comment, gate=gate):
            yield case


@contextmanager
def versioned(
    item: models.Model,
    *,
    user: AbstractBaseUser | None,
    event: str = "",
    comment: str = "",
    gate: Callable[[models.Model, dict | None, dict], None] = lambda item, before, after: None,
) -> Iterator[None]:
    """Lock any object with a history, and keep one version of what the block made of it; inside ``one_write``.

    ``gate`` is asked about the object, its state before and after, and may refuse it all by raising.
    """
    write, key = current_write.get(), _key(item)
    held = write.held.get(key) or _hold(item)[1]
    if held.is_open:
        yield
        return
    held.is_open = True
    try:
        yield
        if isinstance(item, Case):
            item = Case.objects.for_recording().get(pk=item.pk)
            place_figures([item])
        data = serialize(item)
        gate(item, held.before, data)
    except BaseException:
        del write.held[key]
        raise
    held.is_open, held.before = False, data
    if isinstance(item, Case):
        write.changed[item.pk] = item
    if held.baseline is not None:
        held.latest, held.baseline = _add(item, 1, held.baseline, None, VersionEvent.BASE, ""), None
    event = event or (VersionEvent.CHANGED if held.latest else VersionEvent.CREATED)
    if event != VersionEvent.CHANGED or held.latest is None or not same(held.latest.data, data):
        number = held.latest.number + 1 if held.latest else 1
        held.latest = _add(item, number, data, user, event, comment)


def hold_case(key: int) -> Case | None:
    """Lock a case until the transaction ends; of two people writing at once, the second sees what the first wrote."""
    return _hold(Case(pk=key))[0]


def latest_number(item: models.Model) -> int:
    """Return the number of the newest version; 0 where nobody has written yet."""
    write = current_write.get()
    if write and (held := write.held.get(_key(item))):
        return held.latest.number if held.latest else 0
    return Version.objects.of(item).aggregate(n=Max("number"))["n"] or 0


def keep_version(*, item: models.Model, user: AbstractBaseUser | None, event: str, comment: str = "") -> None:
    """Keep the present state of something about to go."""
    type(item)._base_manager.select_for_update().filter(pk=item.pk).first()  # versions are numbered one after another
    _add(item, latest_number(item) + 1, serialize(item), user, event, comment)


@transaction.atomic
def delete_cases(*, cases: Iterable[Case], user: AbstractBaseUser | None) -> None:
    """Delete cases, with all that belongs to them. Their last version stays, to be recovered from; a code is not used
    again for another case."""
    keys = [case.pk for case in cases]
    to_delete = list(Case.objects.for_recording().filter(Q(pk__in=keys) | Q(revises__in=keys)).order_by("pk"))
    for case in to_delete:
        keep_version(item=case, user=user, event=VersionEvent.DELETED)
    affected = cases_listing(keys)
    Case.objects.filter(pk__in=[case.pk for case in to_delete]).delete()
    remove_cases([key for key in {*keys, *(case.pk for case in to_delete)} if key])
    recompute(affected)


def _key(item: models.Model) -> tuple[str, object]:
    return item._meta.model_name, getattr(item, "code", "") or item.pk or id(item)


def _hold(item: models.Model) -> tuple[models.Model | None, Held]:
    """Lock the row of ``item``; return it as it is stored, and what is known of its versions."""
    rows, held = type(item)._base_manager.select_for_update(), Held()
    if isinstance(item, Case):
        rows = (
            Case.objects.for_recording()
            .prefetch_related(None)
            .prefetch_related("terms")
            .select_for_update(of=("self",))
        )
    stored = rows.filter(pk=item.pk).first() if item.pk else None
    if stored is not None:
        held.latest = Version.objects.of(stored).first()
        held.baseline = None if held.latest else serialize(stored)
        if getattr(stored, "status", "") == CaseStatus.PUBLISHED:
            held.before = held.baseline or serialize(stored)  # the newest version may be older than the row
        elif isinstance(stored, Case):
            held.before = {"status": stored.status}
    if (write := current_write.get()) is not None:
        write.held[_key(stored or item)] = held
    return stored, held


def _add(item: models.Model, number: int, data: dict, user: AbstractBaseUser | None, event: str, comment: str):
    is_known = user is not None and user.pk is not None
    return Version.objects.create(
        kind=item._meta.model_name,
        object_id=item.pk,
        number=number,
        code=getattr(item, "code", "") or getattr(item, "slug", ""),
        label=str(item)[:200],
        data=data,
        event=event,
        comment=comment,
        user=user if is_known else None,
        user_name=person_name(user) if is_known else "",
    )


def _number(case: Case) -> None:
    chapter = Chapter.objects.select_for_update().filter(collection=case.collection, category=case.category).first()
    if chapter is None:
        raise ValidationError({"category": "这本案例集里没有这一章。"})
    stem = f"{case.collection.slug}-{chapter.number:02d}"
    codes = Case.objects.filter(code__startswith=stem, revises=None).values_list("code", flat=True)
    taken = [int(code.removeprefix(stem)) for code in codes]
    serial = max([*taken, chapter.last_serial], default=0) + 1
    # A code is never used twice, not even after its case was deleted.
    chapter.last_serial = serial
    chapter.save(update_fields=["last_serial"])
    case.code = f"{stem}{serial:02d}"
    if not case.order:
        case.order = (
            Case.objects.filter(collection=case.collection, category=case.category).aggregate(n=Max("order"))["n"] or 0
        ) + 1
