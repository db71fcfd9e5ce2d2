"""Write the index: called by every action that writes, inside its transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from django.db import transaction
from django.db.models import Model

from cases.models import Case, SearchDocument
from cases.search import names
from cases.search.bitmaps import lock, raise_generation
from cases.search.documents import (
    CONTENT_FIELDS,
    Content,
    bitmap_keys,
    content_of,
    read_cases,
    signature,
    title_words,
    tokens_of,
    with_rows,
)
from cases.search.engines import engine


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
    def bitmap_keys(self) -> str:
        return " ".join(sorted(bitmap_keys(self.case)))

    @cached_property
    def signature(self) -> str:
        return signature(self.content)

    @property
    def is_moved(self) -> bool:
        return self.known is None or self.known.bitmap_keys != self.bitmap_keys

    @property
    def is_unlike(self) -> bool:
        """Whether anything changed that likeness to other cases is told by: most edits of a text leave it."""
        return self.is_moved or self.known.signature != self.signature


@transaction.atomic(savepoint=False)
def index_cases(keys: Iterable[int], *, force: bool = False, read: Mapping[int, Case] | None = None) -> list[Entry]:
    """Bring the index up to the present state of the cases with these primary keys; return those that changed.

    A key without a case is removed. ``force`` writes even what has not changed; ``read`` holds the cases where they were
    read already (``for_recording``). About 10 ms a case. Related cases are the caller's to work out: ``related.relate``.
    """
    keys, state = list(keys), lock()
    cases = read_cases(keys) if read is None else with_rows(list(read.values()))
    known = SearchDocument.objects.in_bulk(keys)
    entries = [Entry(case, content_of(case), known.get(case.pk)) for case in cases]
    if gone := set(keys) - {case.pk for case in cases}:
        remove_cases(gone)
        state = lock()
    changed = [entry for entry in entries if force or entry.is_new_text]
    written = [entry for entry in entries if force or entry.is_new_text or entry.is_moved]
    if not written:
        return []
    if changed:
        if any(entry.known is None for entry in changed) and not SearchDocument.objects.exists():
            clear()  # rows of an emptied database (tests, a restored dump) would answer for the new cases' keys
        words = names.segmenter(state.names_stamp)
        engine().write((entry.case.pk, *tokens_of(entry.content, words)) for entry in changed)
        # No segmenter knows the words of titles, so the stamp of the names stays.
        names.write_words({word for entry in changed for word in title_words(entry.content, words)})
    _write_documents(written, raise_generation(state))
    return written


def _write_documents(entries: list[Entry], generation: int) -> None:
    documents = [
        SearchDocument(
            case=entry.case,
            generation=generation,
            digest=entry.content.digest,
            bitmap_keys=entry.bitmap_keys,
            signature=entry.signature,
            **asdict(entry.content),
        )
        for entry in entries
    ]
    SearchDocument.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["generation", "digest", "bitmap_keys", "signature", *CONTENT_FIELDS],
        batch_size=200,
    )


@transaction.atomic
def index_named(rows: Sequence[Model]) -> None:
    """Take over new or changed names of rows of one of ``names.KIND_OF``; their cases are not read."""
    if rows:
        state = lock()
        names.write_names(names.KIND_OF[type(rows[0])], rows)
        raise_generation(state, names=True)


@transaction.atomic
def remove_named(row: Model) -> None:
    """Take the names of something deleted out of the suggestions."""
    state = lock()
    names.remove_names(names.KIND_OF[type(row)], row.pk)
    raise_generation(state, names=True)


@transaction.atomic
def remove_cases(keys: Iterable[int]) -> None:
    """Take deleted cases out of the index."""
    state, keys = lock(), list(keys)
    if keys:
        engine().delete(keys)
        SearchDocument.objects.filter(pk__in=keys).delete()
        raise_generation(state)


def clear() -> None:
    """Empty the engine's tables; for an index found to belong to no document."""
    engine().clear()
