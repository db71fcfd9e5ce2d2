"""Word files become drafts: each file in one transaction, each file once, with an answer for whatever a file is."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cases.editing.duplicates import find_duplicates
from cases.editing.edit import edit_case, edit_cases
from cases.editing.image_rows import place_image
from cases.models import (
    Advice,
    Case,
    CaseStatus,
    Category,
    Collection,
    Highlight,
    Institution,
    Offer,
    Product,
    WordImport,
    WordImportOutcome,
    WordPicture,
    WordUpload,
)
from cases.models.image import MISSING_ALT
from cases.search.analysis import clean
from cases.word.document import PRODUCT_LIMITS, WordDocument, WordFileError, WordImage
from cases.word.entity_matching import Place, find_place, match_products
from cases.word.recognition.markdown import escape
from cases.word.sandbox.ipc import pack_image
from cases.word.sandbox.reader import open_plain, read_word
from cases.word.values import TEXTS, figures_of, notice, plain_name, rows_of, values_of

logger = logging.getLogger(__name__)

PERMISSIONS = ("cases.add_case", "cases.change_case")
MAX_WORDS = 160


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
        return _result(import_word(document=document, user=user, upload=upload, **vars(destination)))
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
        place = find_place(_read_unknown(path, name, with_images=False), **vars(destination))
    except Exception as error:
        return _failure(name, error)
    outcome = FileOutcome.PENDING if place.questions else FileOutcome.CREATED
    return FileResult(name, outcome, " ".join(place.questions))


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
) -> WordImport:
    """Make a draft in ``collection``, or, where institution or chapter stay unknown, keep everything until someone says.

    ``institution`` and ``category`` given go before what the file says; the result is put into ``upload``. Raises
    ``AlreadyImportedError`` for the same bytes, also when they come twice at once. When it fails, neither rows nor files
    are left.
    """
    _refuse_known(document.digest)
    place = find_place(document, collection=collection, institution=institution, category=category, folder=folder)
    try:
        with edit_cases():
            if upload is not None and upload.pk is None:
                upload.save()
            # The row first: of two imports of one file at once, the second stops here.
            word_import = _record(document, place, user, upload)
            if place.questions:
                for number, image in enumerate(document.images, 1):
                    if image.encoded is not None:
                        sizes, data = pack_image(image.encoded)
                        kept = WordPicture(word_import=word_import, order=number, data=data, sizes=sizes)
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


def make_draft(
    word_import: WordImport,
    category: Category,
    institution: Institution,
    images: Iterable[WordImage],
    user: AbstractBaseUser | None,
) -> None:
    """Make the draft with its rows and images; ``word_import`` takes it over, and is saved by the caller.

    A product that the institution does not have yet stays in the text, and the report says what to add.
    """
    texts = {name: word_import.parsed[name] for name in TEXTS}
    offers: dict[Product, dict[str, str]] = {}
    products = word_import.parsed.get("products", [])  # none in what waited before there were rows
    for terms, product in zip(products, match_products([one["name"] for one in products], institution), strict=True):
        told = {name: terms[name] for name in PRODUCT_LIMITS if name != "name" and terms.get(name)}
        if product is not None and product not in offers:
            offers[product] = told
            continue
        words = "；".join(f"{Offer._meta.get_field(name).verbose_name}：{text}" for name, text in told.items())
        line = f"{terms['name']}：{words}" if words else terms["name"]
        texts["approach"] = f"{texts['approach']}\n\n**产品**　{escape(line)}".strip()
        advice = (
            "在文件里写了两次，后一次" if product else f"还没有登记在{institution}名下，请先在“产品”里加上；它的条件先"
        )
        word_import.notices.append(
            notice("unsure", f"产品“{terms['name']}”{advice}放在“做法”末尾：{words or '没有写条件'}。")
        )
    place = {"collection": word_import.collection, "category": category, "institution": institution}
    with edit_case(Case(**texts, **place, status=CaseStatus.DRAFT), user=user) as case:
        case.save()
        for order, text in enumerate(word_import.parsed.get("highlights", []), 1):
            Highlight.objects.create(case=case, order=order, text=text)
        for order, (kind, text) in enumerate(word_import.parsed.get("advice", []), 1):
            Advice.objects.create(case=case, order=order, kind=kind, text=text)
        for order, (product, told) in enumerate(offers.items(), 1):
            Offer.objects.create(case=case, order=order, product=product, **told)
        for image in images:
            if image.encoded is not None:
                caption, alt = clean(image.caption)[:MAX_WORDS], clean(image.alt)[:MAX_WORDS].strip() or MISSING_ALT
                place_image(case=case, checked=image.encoded, caption=caption, alt=alt)
    for other, why in find_duplicates(case):
        word_import.notices.append(notice("unsure", f"可能和 {other.code}《{other.title}》是同一篇：{why}。"))
    word_import.case, word_import.title = case, case.title
    word_import.outcome, word_import.parsed = WordImportOutcome.DRAFT, {}
