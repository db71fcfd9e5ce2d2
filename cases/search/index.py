"""The index kept in step: called by every action that writes, inside its transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import cached_property

from django.db import transaction
from pyroaring import BitMap

from cases.models import Case, Category, Institution, NameKind, SearchDocument, Term
from cases.search import names, related, sets
from cases.search.analysis import Segmenter
from cases.search.documents import CONTENT_FIELDS, Content, content_of, sets_of, title_words, tokens_of
from cases.search.engines import engine

KIND_OF = {Institution: NameKind.INSTITUTION, Term: NameKind.TERM, Category: NameKind.CATEGORY}


@dataclass(frozen=True)
class Entry:
    """A case read for indexing, beside what the index held of it."""

    case: Case
    content: Content
    known: SearchDocument | None

    @property
    def is_new_text(self) -> bool:
        return self.known is None or self.known.digest != self.content.digest

    @cached_property
    def sets(self) -> str:
        return " ".join(sorted(sets_of(self.case)))

    @cached_property
    def signature(self) -> str:
        return related.signature(self.content)

    @property
    def is_moved(self) -> bool:
        return self.known is None or self.known.sets != self.sets

    @property
    def is_unlike(self) -> bool:
        """Whether anything changed that likeness to other cases is told by: most edits of a text leave it."""
        return self.is_moved or self.known.signature != self.signature


_held: ContextVar[set[int] | None] = ContextVar("held", default=None)


@contextmanager
def indexed_together() -> Iterator[None]:
    """Cases written inside are indexed at the end, all at once, instead of one by one at every write; on an error, not at all.

    To be opened inside the transaction that writes them.
    """
    if _held.get() is not None:
        yield
        return
    token = _held.set(set())
    try:
        yield
        keys = _held.get()
    finally:
        _held.reset(token)
    index_cases(keys)


@transaction.atomic
def index_cases(keys: Iterable[int], *, force: bool = False, relate: bool = True) -> int:
    """Bring the index up to the present state of the cases with these primary keys; returns how many changed.

    A key without a case is forgotten. ``force`` writes even what has not changed; ``relate`` works out related
    cases at once. About 10 ms a case.
    """
    keys = list(keys)
    if (held := _held.get()) is not None:
        held.update(keys)
        return 0
    written = _write(keys, force=force)
    if relate:
        related.relate(entry.case.pk for entry in written if force or entry.is_unlike)
    return len(written)


@transaction.atomic
def write_cases(keys: Iterable[int], *, force: bool = False) -> list[int]:
    """``index_cases`` without the related cases; returns the keys of those that changed."""
    return [entry.case.pk for entry in _write(keys, force=force)]


def _write(keys: Iterable[int], *, force: bool) -> list[Entry]:
    keys, state = list(keys), sets.lock()
    cases = _cases(keys)
    known = SearchDocument.objects.in_bulk(keys)
    entries = [Entry(case, content_of(case), known.get(case.pk)) for case in cases]
    changed = [entry for entry in entries if force or entry.is_new_text]
    moved = [entry for entry in entries if force or entry.is_moved]
    _forget(set(keys) - {case.pk for case in cases})
    if not changed and not moved:
        return []
    _write_texts(changed, names.segmenter(state.names_stamp))
    _write_sets(moved)
    written = list({entry.case.pk: entry for entry in (*changed, *moved)}.values())
    _write_documents(written)
    sets.touch(members=bool(moved))
    return written


@transaction.atomic
def index_named(owners: Sequence[Institution | Term | Category]) -> None:
    """Take over new or changed names of institutions, terms or categories of one kind; their cases are not read."""
    if owners:
        sets.lock()
        names.write_names(KIND_OF[type(owners[0])], owners)
        sets.touch(names=True)


@transaction.atomic
def forget_named(owner: Institution | Term | Category) -> None:
    """Take the names of something deleted out of the suggestions."""
    sets.lock()
    names.forget(KIND_OF[type(owner)], owner.pk)
    sets.touch(names=True)


@transaction.atomic
def forget_cases(keys: Iterable[int]) -> None:
    """Take deleted cases out of the index."""
    sets.lock()
    _forget(set(keys))


@transaction.atomic
def mend_sets() -> None:
    """Make the sets say what the documents say."""
    sets.lock()
    expected: dict[str, BitMap] = defaultdict(BitMap)
    for key, names_of_sets in SearchDocument.objects.values_list("pk", "sets").iterator():
        for name in names_of_sets.split():
            expected[name].add(key)
    actual = sets.snapshot().bitmaps
    wrong = {name for name in {*expected, *actual} if expected.get(name) != (actual.get(name) or None)}
    if wrong:
        sets.apply({name: expected[name] for name in wrong}, {name: actual.get(name, ()) for name in wrong})
        sets.touch(members=True)


def clear() -> None:
    """Empty the engine's tables; for an index found to belong to no document."""
    engine().clear()


def _cases(keys: list[int]) -> list[Case]:
    cases = Case.objects.filter(pk__in=keys).select_related("category", "collection", "institution__parent")
    return list(cases.prefetch_related("terms", "figures").order_by("pk"))


def _write_texts(entries: list[Entry], segmenter: Segmenter) -> None:
    """Tokens into the engine, words of titles among the names (no segmenter knows these, so its names stay)."""
    if not entries:
        return
    if any(entry.known is None for entry in entries) and not SearchDocument.objects.exists():
        clear()  # rows of an emptied database (tests, a restored dump) would answer for the new cases' keys
    engine().write((entry.case.pk, *tokens_of(entry.content, segmenter)) for entry in entries)
    names.write_words({word for entry in entries for word in title_words(entry.content, segmenter)})


def _write_sets(entries: list[Entry]) -> None:
    added: dict[str, list[int]] = defaultdict(list)
    removed: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        before = set(entry.known.sets.split()) if entry.known else set()
        now = sets_of(entry.case)
        for key in now:
            added[key].append(entry.case.pk)
        for key in before - now:
            removed[key].append(entry.case.pk)
    sets.apply(added, removed)


def _write_documents(entries: list[Entry]) -> None:
    documents = [
        SearchDocument(
            case=entry.case,
            digest=entry.content.digest,
            sets=entry.sets,
            signature=entry.signature,
            **asdict(entry.content),
        )
        for entry in entries
    ]
    SearchDocument.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["digest", "sets", "signature", *CONTENT_FIELDS],
        batch_size=200,
    )


def _forget(keys: set[int]) -> None:
    if not keys:
        return
    bitmaps = sets.snapshot().bitmaps
    removed = {key: keys for key, members in bitmaps.items() if members & BitMap(keys)}
    sets.apply({}, removed)
    engine().delete(keys)
    SearchDocument.objects.filter(pk__in=keys).delete()
    sets.touch(members=True)
