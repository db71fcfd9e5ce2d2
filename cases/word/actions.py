"""Word files become drafts: each file in one transaction, each file once, with an answer for whatever a file is."""

import hashlib
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cases.editing.edit import edit_cases
from cases.models import (
    Category,
    Collection,
    Institution,
    WordImport,
    WordImportOutcome,
    WordPicture,
    WordUpload,
)
from cases.search.analysis import clean
from cases.word.document import WordDocument, WordFileError
from cases.word.drafts import MAX_WORDS, make_draft
from cases.word.placing import Place, find_place
from cases.word.sandbox.ipc import pack_image
from cases.word.sandbox.reader import open_plain, read_word
from cases.word.values import figures_of, notice, plain_name, rows_of, values_of

logger = logging.getLogger(__name__)

PERMISSIONS = ("cases.add_case", "cases.change_case")
SPLIT = "这个文件里像有 {} 篇案例，已在题名处分开。请看过分得对不对，再建草稿。"


class AlreadyImportedError(Exception):
    """The same bytes came before; ``word_import`` says when, by whom, and where its draft is."""

    def __init__(self, word_import: WordImport) -> None:
        super().__init__(word_import.filename)
        self.word_import = word_import


class FileOutcome(models.TextChoices):
    CREATED = "created", "新建"
    PENDING = "pending", "待补全"
    KNOWN = "known", "已导入过"
    REFUSED = "refused", "无法导入"


@dataclass(frozen=True)
class Destination:
    """Where files go: None means what the file says, ``folder`` the name of the one it stood in."""

    collection: Collection
    category: Category | None = None
    institution: Institution | None = None
    folder: str = ""


@dataclass(frozen=True)
class FileResult:
    """What became of one file: ``message`` for the clerk, ``code`` of a refusal for programs."""

    filename: str
    outcome: FileOutcome
    message: str = ""
    code: str = ""
    word_import: WordImport | None = None


def may_import(user: AbstractBaseUser) -> bool:
    return user.has_perms(PERMISSIONS)


def import_file(
    *,
    path: Path,
    filename: str,
    user: AbstractBaseUser | None,
    destination: Destination,
    upload: WordUpload | None = None,
) -> FileResult:
    """Read one file and make its draft. Never raise: whatever goes wrong is in the result, and left nothing behind.

    The result stands in the report ``upload`` as soon as there is a draft, in one transaction with it; an ``upload``
    not saved yet is saved with its first result.
    """
    name, is_new = plain_name(filename), upload is not None and upload.pk is None
    try:
        document = _read_unknown(path, name)
        with transaction.atomic():  # all cases of a file, or none
            found = [
                import_word(document=one, user=user, upload=upload, piece=piece, **vars(destination))
                for one, piece in pieces_of(document)
            ]
        return replace(_result(found[0]), message=SPLIT.format(len(found))) if len(found) > 1 else _result(found[0])
    except Exception as error:
        result = _failure(name, error)
        if upload is not None:
            if is_new:
                upload.pk = None  # what was saved with the draft is gone with it
            append_result(upload=upload, result=result)
        return result


def check_file(*, path: Path, filename: str, destination: Destination) -> FileResult:
    """Say what ``import_file`` would answer; reads only."""
    name = plain_name(filename)
    try:
        document = _read_unknown(path, name, with_images=False)
        place = find_place(document, **vars(destination))
    except Exception as error:
        return _failure(name, error)
    if document.others:
        return FileResult(name, FileOutcome.PENDING, SPLIT.format(1 + len(document.others)))
    outcome = FileOutcome.PENDING if place.questions else FileOutcome.CREATED
    return FileResult(name, outcome, " ".join(place.questions))


def pieces_of(document: WordDocument) -> list[tuple[WordDocument, dict]]:
    """List the cases of a file, each with its place in it: ``file``, ``at`` from 1, ``of``; no place where it is the only one."""
    documents = [document, *document.others]
    if len(documents) == 1:
        return [(document, {})]
    return [
        (one, {"file": document.digest, "at": at, "of": len(documents)}) for at, one in enumerate(documents, start=1)
    ]


def _read_unknown(path: Path, name: str, *, with_images: bool = True) -> WordDocument:
    with open_plain(path) as file:
        _refuse_known(hashlib.file_digest(file, "sha256").hexdigest())
    return read_word(path, filename=name, with_images=with_images)


def _refuse_known(digest: str) -> None:
    if known := WordImport.objects.for_report().filter(digest=digest).first():
        raise AlreadyImportedError(known)


def _result(word_import: WordImport) -> FileResult:
    outcome = FileOutcome.PENDING if word_import.is_pending else FileOutcome.CREATED
    questions = " ".join(word_import.parsed.get("questions", []))
    return FileResult(word_import.filename, outcome, questions, word_import=word_import)


def _failure(name: str, error: Exception) -> FileResult:
    """Answer for a file that was not taken; what nobody expected is logged, since the other files go on."""
    if isinstance(error, AlreadyImportedError):
        known = error.word_import
        return FileResult(name, FileOutcome.KNOWN, duplicate_message(known), word_import=known)
    if isinstance(error, WordFileError):
        message, code = str(error), error.code
    elif isinstance(error, ValidationError):
        message, code = " ".join(error.messages), "invalid"
    elif isinstance(error, OSError):
        logger.warning("word file %r could not be read: %s", name, error)
        message, code = "这个文件读不出来，请检查它还在不在、有没有权限。", "unreadable"
    else:
        logger.error("word file %r could not be imported", name, exc_info=error)
        message = "导入这个文件时出了意外，没有留下任何内容。请把这个文件交给维护人员，并说明时间。"
        code = "unexpected"
    return FileResult(name, FileOutcome.REFUSED, message, code)


def duplicate_message(word_import: WordImport) -> str:
    """Say when and by whom a file was brought in, and what is left of it."""
    when = f"{timezone.localtime(word_import.uploaded_at):%Y-%m-%d %H:%M}"
    message = f"这个文件 {when} 已经导入过（导入的人：{word_import.importer}），这次没有改动任何内容。"
    if not word_import.is_pending and word_import.case is None:
        return f"{message}那时的草稿后来被删除了；要重新导入，请先删除那条来稿记录，再上传一次。"
    return message


@transaction.atomic
def append_result(*, upload: WordUpload, result: FileResult) -> None:
    """Put one file's result into the report of its upload, which is saved with its first one."""
    if upload.pk is None:
        upload.save(force_insert=True)
    locked = WordUpload.objects.select_for_update().get(pk=upload.pk)
    key = result.word_import.pk if result.word_import else None
    line = {"filename": result.filename, "outcome": str(result.outcome), "message": result.message, "word_import": key}
    locked.lines.append(line)
    locked.save(update_fields=["lines"])


def import_word(
    *,
    document: WordDocument,
    user: AbstractBaseUser | None,
    collection: Collection,
    institution: Institution | None = None,
    category: Category | None = None,
    folder: str = "",
    upload: WordUpload | None = None,
    piece: dict | None = None,
) -> WordImport:
    """Make a draft in ``collection``, or, where institution or chapter stay unknown, keep everything until someone says.

    ``piece`` is its place in a file of many cases (``pieces_of``), which always wait. ``institution`` and ``category`` given go before what the file says; the result is put into ``upload``. Raises
    ``AlreadyImportedError`` for the same bytes, also when they come twice at once. When it fails, neither rows nor files
    are left.
    """
    _refuse_known(document.digest)
    place = find_place(document, collection=collection, institution=institution, category=category, folder=folder)
    if piece:
        said = f"这是同一个文件里分出的第 {piece['at']} 篇，共 {piece['of']} 篇；分错了可以并入上一篇。"
        place = replace(place, questions=(said, *place.questions))
    try:
        with edit_cases():
            if upload is not None and upload.pk is None:
                upload.save()
            # The row first: of two imports of one file at once, the second stops here.
            word_import = _record(document, place, user, upload)
            word_import.parsed |= {"piece": piece} if piece else {}
            if place.questions:
                for image in document.images:
                    if image.encoded is not None:
                        sizes, data = pack_image(image.encoded)
                        kept = WordPicture(word_import=word_import, order=image.number, data=data, sizes=sizes)
                        kept.caption, kept.alt = clean(image.caption)[:MAX_WORDS], clean(image.alt)[:MAX_WORDS]
                        kept.save()
            else:
                make_draft(word_import, place.category, place.institution, document.images, user)
            word_import.save()
            if upload is not None:
                append_result(upload=upload, result=_result(word_import))
            return word_import
    except IntegrityError:
        _refuse_known(document.digest)  # the other of two at once was first
        raise


def _record(
    document: WordDocument, place: Place, user: AbstractBaseUser | None, upload: WordUpload | None
) -> WordImport:
    values, shortened = values_of(document)
    figures, too_many = figures_of(document)
    read = [notice(one.level, one.text) for one in document.notices]
    images_left = [
        notice("left", f"第 {number} 张图（{image.caption or image.name}）没有放进草稿：{image.problem.rstrip('。')}。")
        for number, image in enumerate(document.images, 1)
        if image.problem
    ]
    return WordImport.objects.create(
        digest=document.digest,
        filename=clean(document.filename)[:200],
        title=values["title"],
        upload=upload,
        uploaded_by=user,
        outcome=WordImportOutcome.PENDING,
        notices=[*read, *shortened, *place.notices, *too_many, *images_left],
        figures=figures,
        parsed={
            **values,
            **rows_of(document),
            "questions": list(place.questions),
            "candidates": list(place.candidates),
            "categories": [one.pk for one in place.categories],
            "institution": place.institution.pk if place.institution else None,
            "category": place.category.pk if place.category else None,
        },
        collection=place.collection,
    )
