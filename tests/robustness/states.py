"""What a portal holds, seen from a process of its own, after something was killed."""

import threading
from datetime import timedelta
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import connection

from cases.backup.archive import BackupFile
from cases.backup.backup import write_backup
from cases.backup.rows import backed_up_models
from cases.editing.edit import delete_cases
from cases.editing.media import clean_media
from cases.models import Case, CaseImage, Version, WordImport, WordUpload
from cases.search.checking import check_index
from tests.factories import (
    add_image,
    index_all,
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_finished_draft,
    make_institution,
    make_term,
    save_case,
)
from tests.image_files import picture_bytes

CODE = "sz2020-0101"
ALL_AGES = timedelta(hours=-1)


def prepare() -> list[int]:
    """A little content and one member of staff; returns the keys of the draft that the scenes work on, of its
    collection, category and institution."""
    book, category = make_collection(slug="sz2020"), make_category(slug="green")
    make_chapter(book, category)
    terms = (make_term(), make_term("keyword"))
    for _ in range(5):
        make_case(collection=book, category=category, terms=terms, figures=3)
    draft = make_finished_draft(
        code=CODE, collection=book, category=category, institution=make_institution(), figures=4,
        title="帮小微企业渡过难关", background="背景" * 100, approach="做法" * 300, results="成效" * 100,
    )  # fmt: skip
    get_user_model().objects.create_superuser("staff", password="not-a-secret")
    index_all()
    return [draft.pk, book.pk, category.pk, draft.institution.pk]


def look() -> dict:
    """The state of the database and of the media folder; ``problems`` must be empty, the rest may be compared."""
    problems = [*_integrity(), *(f"{problem}：{count}" for problem, count in check_index().items())]
    swept = clean_media(grace=ALL_AGES, dry_run=False)
    again = clean_media(grace=ALL_AGES, dry_run=True)
    problems += [f"missing {name}" for _, name in swept.missing] + [
        f"left {name}" for name in [*again.orphans, *again.uploads]
    ]
    left = {"orphans": len(swept.orphans), "uploads": len(swept.uploads)}
    return {"problems": problems, **left, "state": _state()}


def _state() -> dict:
    """Everything but times and keys, which differ from run to run."""
    counts = {model._meta.label: model._base_manager.count() for model in backed_up_models()}
    case = Case.objects.get(code=CODE)
    return {
        "counts": counts,
        "draft": [case.status, case.published_at is not None, case.terms.count(), case.figures.count()],
        "cases": [
            list(row) for row in Case.objects.order_by("code").values_list("code", "title", "approach", "results")
        ],
        "words": [list(row) for row in WordImport.objects.values_list("digest", "outcome", "case__code", "figures")],
        "uploads": [[[line["filename"], line["outcome"]] for line in one.lines] for one in WordUpload.objects.all()],
        "versions": [list(row) for row in Version.objects.order_by("pk").values_list("code", "kind", "number")],
        "pictures": [[image.case.code, image.caption, len(image.names)] for image in CaseImage.objects.all()],
        "images": [[image.alt, image.order, len(image.names)] for image in case.images.all()],
    }


def _integrity() -> list[str]:
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        rows = cursor.execute("PRAGMA integrity_check").fetchall()
        broken = cursor.execute("PRAGMA foreign_key_check").fetchall()
    return [text for (text,) in rows if text != "ok"] + [str(row) for row in broken]


def backup_while_writing(path: str) -> dict:
    """A backup during which, its cases read and its figures not, another connection adds and deletes a case."""
    gone = Case.objects.exclude(code=CODE).order_by("pk").first()
    picture = add_image(gone, picture_bytes())
    before, written = _state()["counts"], []

    def on_step(step: str) -> None:
        if step == "关键数据":
            writer = threading.Thread(target=lambda: written.append(_write(gone)))
            writer.start()
            writer.join(timeout=300)  # one that is kept waiting gives up long before
            assert written, "the writer had to wait for the backup"

    report = write_backup(path=Path(path), user=None, on_step=on_step)
    assert written
    return {"before": before, "after": _state()["counts"], "missing": list(report.missing), "gone": picture.names}


def _write(gone: Case) -> None:
    place = {"collection": gone.collection, "category": gone.category, "institution": gone.institution}
    delete_cases(cases=[gone], user=None)
    for number in range(90, 93):  # this process counts from 1 again, as the one that prepared did
        save_case(case=make_case(figures=7, code=f"sz2020-01{number}", order=number, **place), user=None)
    connection.close()


def verify_backup(path: str) -> list[int]:
    with BackupFile(Path(path)) as backup:
        return list(backup.verify())
