"""Word files become drafts: each file in one transaction, each file once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases.actions.cases import case_changed, save_case
from cases.actions.files import atomic_with_files
from cases.actions.versions import one_write
from cases.actions.word_document import TEXTS, figures_of, notice, notices_of, values_of
from cases.actions.word_pictures import MAX_WORDS, ReadyPicture, ready_pictures, store_pictures
from cases.imports.document import Picture, WordDocument
from cases.models import (
    Case,
    CaseStatus,
    Category,
    Chapter,
    Collection,
    Institution,
    WordImport,
    WordImportOutcome,
    WordPicture,
    WordUpload,
)
from cases.search.analysis import clean
from cases.search.owners import Match, match_category, match_institution

MAX_PICTURES = 60


class AlreadyImportedError(Exception):
    """The same bytes came before; ``word_import`` says when, by whom, and where its draft is."""

    def __init__(self, word_import: WordImport) -> None:
        super().__init__(word_import.filename)
        self.word_import = word_import


@dataclass(frozen=True)
class Place:
    """Where a draft belongs, as far as it is known; ``questions`` are what a person has to answer."""

    collection: Collection
    category: Category | None
    institution: Institution | None
    questions: tuple[str, ...]
    notices: tuple[dict, ...]
    candidates: tuple[int, ...]

    @property
    def is_complete(self) -> bool:
        return not self.questions


def import_word(
    *,
    document: WordDocument,
    user: AbstractBaseUser | None,
    collection: Collection,
    institution: Institution | None = None,
    category: Category | None = None,
    upload: WordUpload | None = None,
    at_last: Callable[[WordImport], object] = lambda word_import: None,
) -> WordImport:
    """A draft in ``collection``, or, where institution or chapter stay unknown, everything kept until someone says.

    An ``upload`` not saved yet is saved with it; ``at_last`` is called before the commit.

    ``institution`` and ``category`` given go before what the file says. Raises ``AlreadyImportedError`` for the same bytes,
    also when they come twice at once. When it fails, neither rows nor files are left.
    """
    _refuse_known(document.digest)
    place = find_place(document, collection=collection, institution=institution, category=category)
    pictures = ready_pictures(document.pictures[:MAX_PICTURES])
    try:
        with one_write(), atomic_with_files():
            word_import = _record(document, place, user, upload)
            word_import.notices += [_picture_left(ready) for ready in pictures if ready.problem]
            if place.is_complete:
                _make_draft(word_import, place.category, place.institution, pictures, user)
            else:
                _keep_pictures(word_import, pictures)
            word_import.save()
            at_last(word_import)
            return word_import
    except IntegrityError:
        _refuse_known(document.digest)  # the other of two at once was first
        raise


def complete_import(
    *,
    word_import: WordImport,
    user: AbstractBaseUser,
    collection: Collection,
    category: Category,
    institution: Institution,
    title: str = "",
) -> WordImport:
    """Make the draft that waited for its place. Raises ``ValidationError`` where it was made already, or the chapter
    does not exist; the import waits on."""
    kept = word_import.pictures.all()
    pictures = ready_pictures(Picture(f"图片 {one.order}", bytes(one.data), "", one.caption, one.alt) for one in kept)
    with one_write(), atomic_with_files():
        locked = WordImport.objects.select_for_update().get(pk=word_import.pk)
        if not locked.is_pending:
            raise ValidationError("这份来稿已经建成草稿了。")
        locked.collection = collection
        locked.parsed["title"] = title.strip() or locked.parsed["title"]
        _make_draft(locked, category, institution, pictures, user)
        locked.pictures.all().delete()
        locked.save()
        return locked


@transaction.atomic
def discard_imports(*, word_imports: Iterable[WordImport], user: AbstractBaseUser) -> None:
    """Forget that these files came; a draft made from one stays. The same file can then be imported anew."""
    WordImport.objects.filter(pk__in=[one.pk for one in word_imports]).delete()


def find_place(
    document: WordDocument, *, collection: Collection, institution: Institution | None, category: Category | None
) -> Place:
    """What the file says, unless the clerk said something; reads only."""
    questions: list[str] = []
    notices: list[dict] = []
    named = match_institution(document.institution)
    owner = institution or _owner(document.institution, named, questions, notices)
    if institution and named.found not in (None, institution):
        notices.append(notice("unsure", f"文件里写的机构是“{document.institution}”，按你选的记在{institution}名下。"))
    theme = category or _theme(document.category, questions, notices)
    if theme and not Chapter.objects.filter(collection=collection, category=theme).exists():
        questions.append(f"{collection}里没有“{theme}”这一章。")
    candidates = tuple(one.pk for one in named.candidates)
    return Place(collection, theme, owner, tuple(questions), tuple(notices), candidates)


def _owner(words: str, match: Match[Institution], questions: list[str], notices: list[dict]) -> Institution | None:
    if match.found is None:
        maybe = "、".join(str(one) for one in match.candidates)
        known = f"文件里写的机构是“{words[:80]}”，" if words.strip() else "文件里没有写机构，"
        questions.append(f"{known}{f'可能是：{maybe}' if maybe else '机构表里没有找到'}。")
    elif not match.exact:
        notices.append(notice("unsure", f"文件里写的机构是“{words[:80]}”，认作{match.found}。"))
    return match.found


def _theme(words: str, questions: list[str], notices: list[dict]) -> Category | None:
    match = match_category(words)
    if match.found is None:
        questions.append(
            f"文件里写的类别是“{words[:80]}”，对不上章节。" if words.strip() else "文件里没有写类别（章节）。"
        )
    elif not match.exact:
        notices.append(notice("unsure", f"文件里写的类别是“{words[:80]}”，认作“{match.found}”。"))
    return match.found


def _refuse_known(digest: str) -> None:
    known = WordImport.objects.for_report().filter(digest=digest).first()
    if known:
        raise AlreadyImportedError(known)


def _record(
    document: WordDocument, place: Place, user: AbstractBaseUser | None, upload: WordUpload | None
) -> WordImport:
    """The row first: of two imports of one file at once, the second stops here."""
    if upload is not None and upload.pk is None:
        upload.save()
    values, shortened = values_of(document)
    figures, too_many = figures_of(document)
    left = len(document.pictures) - MAX_PICTURES
    many = [notice("left", f"图片太多，后面 {left} 张没有放进来。")] if left > 0 else []
    return WordImport.objects.create(
        digest=document.digest,
        filename=clean(document.filename)[:200],
        title=values["title"],
        upload=upload,
        uploaded_by=user,
        outcome=WordImportOutcome.PENDING,
        notices=[*notices_of(document), *shortened, *place.notices, *too_many, *many],
        figures=figures,
        parsed={
            **values,
            "questions": list(place.questions),
            "candidates": list(place.candidates),
            "institution": place.institution.pk if place.institution else None,
            "category": place.category.pk if place.category else None,
        },
        collection=place.collection,
    )


def _make_draft(
    word_import: WordImport,
    category: Category,
    institution: Institution,
    pictures: Iterable[ReadyPicture],
    user: AbstractBaseUser | None,
) -> None:
    """The draft with its pictures; ``word_import`` takes it over, and is saved by the caller."""
    texts = {name: word_import.parsed[name] for name in TEXTS}
    case = Case(
        **texts,
        collection=word_import.collection,
        category=category,
        institution=institution,
        status=CaseStatus.DRAFT,
    )
    save_case(case=case, user=user)
    store_pictures(case=case, pictures=pictures, user=user)
    case_changed(case=case, user=user)
    word_import.case, word_import.title = case, case.title
    word_import.outcome, word_import.parsed = WordImportOutcome.DRAFT, {}


def _keep_pictures(word_import: WordImport, pictures: Iterable[ReadyPicture]) -> None:
    WordPicture.objects.bulk_create(
        WordPicture(
            word_import=word_import,
            order=ready.place,
            data=ready.picture.data,
            caption=clean(ready.picture.caption)[:MAX_WORDS],
            alt=clean(ready.picture.alt)[:MAX_WORDS],
        )
        for ready in pictures
        if ready.checked is not None
    )


def _picture_left(ready: ReadyPicture) -> dict:
    named = ready.picture.caption or ready.picture.name
    return notice(
        "left", f"第 {ready.place} 张图{f'（{named}）' if named else ''}没有放进草稿：{ready.problem.rstrip('。')}。"
    )
