"""One Word file from disk to draft, with an answer for every case: nothing in a file may stop the files after it."""

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from cases.actions.word_import import AlreadyImportedError, find_place, import_word
from cases.imports.document import WordDocument, WordFileError
from cases.imports.word import open_plain, read_word
from cases.models import Category, Collection, Institution, WordImport, WordUpload
from cases.search.analysis import clean

logger = logging.getLogger(__name__)

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class FileOutcome(models.TextChoices):
    CREATED = "created", "新建"
    PENDING = "pending", "待补全"
    KNOWN = "known", "已导入过"
    REFUSED = "refused", "无法导入"


@dataclass(frozen=True)
class Destination:
    """Where files go: None means what the file says."""

    collection: Collection
    category: Category | None = None
    institution: Institution | None = None


@dataclass(frozen=True)
class FileLine:
    """What became of one file: ``message`` for the clerk, ``code`` of a refusal for programs."""

    filename: str
    outcome: FileOutcome
    message: str = ""
    code: str = ""
    word_import: WordImport | None = None


def take_file(
    *,
    path: Path,
    filename: str,
    user: AbstractBaseUser | None,
    destination: Destination,
    upload: WordUpload | None = None,
) -> FileLine:
    """Read one file and make its draft. Never raises: whatever goes wrong is in the answer, and left nothing behind.

    The answer stands in the report ``upload`` as soon as there is a draft, in one transaction with it; an ``upload``
    not saved yet is saved with its first line.
    """
    is_new = upload is not None and upload.pk is None

    def make(document: WordDocument) -> FileLine:
        def note(found: WordImport) -> None:
            if upload is not None:
                note_line(upload=upload, line=_line_of(found, document), user=user)

        found = import_word(document=document, user=user, upload=upload, at_last=note, **vars(destination))
        return _line_of(found, document)

    line = _answer(path, filename, make)
    if upload is not None and line.outcome not in (FileOutcome.CREATED, FileOutcome.PENDING):
        if is_new:  # what was saved with the draft is gone with it
            upload.pk, upload._state.adding = None, True
        note_line(upload=upload, line=line, user=user)
    return line


def _line_of(found: WordImport, document: WordDocument) -> FileLine:
    outcome = FileOutcome.PENDING if found.is_pending else FileOutcome.CREATED
    return FileLine(document.filename, outcome, " ".join(found.parsed.get("questions", [])), word_import=found)


def try_file(*, path: Path, filename: str, destination: Destination) -> FileLine:
    """What ``take_file`` would answer; reads only."""

    def look(document: WordDocument) -> FileLine:
        place = find_place(document, **vars(destination))
        outcome = FileOutcome.CREATED if place.is_complete else FileOutcome.PENDING
        return FileLine(document.filename, outcome, " ".join(place.questions))

    return _answer(path, filename, look, keep_bytes=False)


@transaction.atomic
def note_line(*, upload: WordUpload, line: FileLine, user: AbstractBaseUser | None) -> None:
    """Put one file's answer into the report of its upload, which is saved with its first line."""
    if upload.pk is None:
        upload.save()
    locked = WordUpload.objects.select_for_update().get(pk=upload.pk)
    found = line.word_import.pk if line.word_import else None
    locked.lines.append(
        {"filename": line.filename, "outcome": str(line.outcome), "message": line.message, "word_import": found}
    )
    locked.save(update_fields=["lines"])


def plain_name(filename: str) -> str:
    """A file's name without folders, control and direction characters; never empty, at most 200 characters."""
    name = CONTROL.sub("", clean(filename.replace("\\", "/").rpartition("/")[2])).strip()
    stem, dot, extension = name.rpartition(".")
    name = f"{stem[: 199 - len(extension)]}.{extension}" if dot and len(extension) < 20 else name[:200]
    return name or "未命名.docx"


def _answer(
    path: Path, filename: str, then: Callable[[WordDocument], FileLine], *, keep_bytes: bool = True
) -> FileLine:
    name = plain_name(filename)
    try:
        _check_known(path)
        return then(read_word(path, filename=name, keep_bytes=keep_bytes))
    except WordFileError as error:
        return FileLine(name, FileOutcome.REFUSED, str(error), error.code)
    except AlreadyImportedError as error:
        return FileLine(name, FileOutcome.KNOWN, known_words(error.word_import), word_import=error.word_import)
    except ValidationError as error:
        return FileLine(name, FileOutcome.REFUSED, " ".join(error.messages), "invalid")
    except OSError as error:
        logger.warning("word file %r could not be read: %s", name, error)
        return FileLine(name, FileOutcome.REFUSED, "这个文件读不出来，请检查它还在不在、有没有权限。", "unreadable")
    except Exception:  # a fault of ours in one file; the clerk has thirty-eight others
        logger.exception("word file %r could not be imported", name)
        message = "导入这个文件时出了意外，没有留下任何内容。请把这个文件交给维护人员，并说明时间。"
        return FileLine(name, FileOutcome.REFUSED, message, "unexpected")


def known_words(word_import: WordImport) -> str:
    """When and by whom a file was brought in, and what is left of it."""
    when = f"{timezone.localtime(word_import.uploaded_at):%Y-%m-%d %H:%M}"
    told = f"这个文件 {when} 已经导入过（导入的人：{word_import.importer}），这次没有改动任何内容。"
    if not word_import.is_pending and word_import.case is None:
        return f"{told}那时的草稿后来被删除了；要重新导入，请先删除那条来稿记录，再上传一次。"
    return told


def _check_known(path: Path) -> None:
    with open_plain(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    known = WordImport.objects.for_report().filter(digest=digest).first()
    if known:
        raise AlreadyImportedError(known)
