"""What the command writes, seed reads back as the same database."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
import yaml
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image

from cases.editing.revisions import open_revision
from cases.models import (
    Case,
    CaseImage,
    Category,
    Chapter,
    Collection,
    Institution,
    KeyFigure,
    SeedRecord,
    Term,
    Translation,
)
from cases.models.translation import key_of
from tests.factories import (
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_institution,
    make_term,
    make_user,
)
from tests.seed.test_writer import NASTY

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MODELS = [Case, KeyFigure, CaseImage, Chapter, Collection, Category, Institution, Term]

pytestmark = pytest.mark.django_db


def export(folder: Path, *args: str) -> str:
    out = StringIO()
    call_command("export_collections", str(folder), *args, stdout=out)
    return out.getvalue()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def database() -> dict[str, list]:
    """Every row without its primary key, in an order of its own."""
    rows = {}
    for model in MODELS:
        names = [
            f.name
            for f in model._meta.concrete_fields
            if f.name not in ("id", "created_at", "updated_at", "last_serial")
        ]
        rows[model.__name__] = sorted(
            repr(
                [_value(row, name) for name in names]
                + [sorted(t.slug for t in row.terms.all()) if model is Case else 0]
            )
            for row in model.objects.all()
        )
    return rows


def _value(row, name):
    value = getattr(row, name)
    return value.natural_key() if hasattr(value, "natural_key") else str(value)


def empty_database() -> None:
    SeedRecord.objects.all().delete()
    Case.objects.all().delete()
    Institution.objects.filter(parent__isnull=False).delete()
    for model in (Chapter, Collection, Category, Institution, Term):
        model.objects.all().delete()


def test_the_seeded_collections_come_out_byte_for_byte(seeded, tmp_path):
    assert "6 本案例集、96 篇案例" in export(tmp_path / "out")
    ours = files(FIXTURES)
    del ours["known.tsv"]  # sentences a person has read beside the source, for the check of the content
    assert files(tmp_path / "out") == ours


@pytest.mark.slow
def test_second_pass_is_byte_identical_and_loads_as_the_same_database(tmp_path):
    book, chapter = make_collection(slug="b1", preface="一\n\n二"), make_category(intro=" 前空格")
    branch = make_institution()
    branch.parent = make_institution()  # made after its branch
    branch.save()
    for text in NASTY[:60]:
        terms = tuple(make_term("keyword", name=f"{text[:20]}词", description=text[:60]) for _ in range(1))
        case = make_case(
            collection=book,
            category=chapter,
            institution=branch,
            title=f"{text}题",
            summary=text,
            background=text,
            terms=terms,
        )
        case.figures.update(label=f"{text}a", value=f"b{text}", note=text)
    make_case(status="draft", published_at=None)
    export(tmp_path / "one")
    before = database()
    empty_database()
    call_command("seed", str(tmp_path / "one"), verbosity=0)
    assert database() == before
    export(tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_pictures_travel_with_their_case(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "site"
    buffer = BytesIO()
    Image.new("RGB", (8, 5)).save(buffer, "PNG")
    file = ContentFile(buffer.getvalue(), name="a.png")
    image = CaseImage.objects.create(case=make_case(), order=1, number=7, alt="一张图", caption="图：一", file=file)
    export(tmp_path / "out")
    assert files(tmp_path / "out")[f"media/{image.file.name}"] == buffer.getvalue()
    before = database()
    empty_database()
    settings.MEDIA_ROOT = tmp_path / "other"
    call_command("seed", str(tmp_path / "out"), verbosity=0)
    assert database() == before
    assert files(tmp_path / "other") == {image.file.name: buffer.getvalue()}
    assert CaseImage.objects.get().number == 7


def test_picture_whose_file_is_gone_is_named(tmp_path):
    CaseImage.objects.create(case=make_case(), order=1, file="cases/gone.png", alt="图", width=1, height=1)
    with pytest.raises(CommandError, match=r"1 张图片.*cases/gone\.png"):
        export(tmp_path / "out")
    assert (tmp_path / "out" / "terms.yaml").exists() is False
    assert len(list((tmp_path / "out").glob("*/*.yaml"))) == 1


def test_other_picture_of_the_same_name_is_not_taken_for_it(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "site"
    CaseImage.objects.create(case=make_case(), order=1, file="cases/a.png", alt="图", width=1, height=1)
    (tmp_path / "site" / "cases").mkdir(parents=True)
    (tmp_path / "site" / "cases" / "a.png").write_bytes(b"one")
    export(tmp_path / "out")
    empty_database()
    (tmp_path / "site" / "cases" / "a.png").write_bytes(b"two")
    with pytest.raises(CommandError, match=r"cases/a\.png 与站上同名的另一张不同"):
        call_command("seed", str(tmp_path / "out"), verbosity=0)


def test_revision_travels_with_its_original_and_the_desk_stays_at_home(tmp_path):
    editor = make_user("编辑")
    original = make_case(title="原来的")
    revision = open_revision(case=original, user=editor)
    Case.objects.filter(pk=revision.pk).update(title="改过的", review_comment="只在工作台")
    export(tmp_path / "out")
    text = b"".join(files(tmp_path / "out").values()).decode()
    assert "只在工作台" not in text
    assert editor.username not in text
    empty_database()
    call_command("seed", str(tmp_path / "out"), verbosity=0)
    loaded = Case.objects.get(title="改过的")
    assert (loaded.code, loaded.revises.code, loaded.status, loaded.editor) == (
        revision.code,
        original.code,
        "draft",
        None,
    )


@pytest.mark.slow
def test_one_collection_comes_with_what_it_needs_and_nothing_else(tmp_path):
    parent = make_institution()
    wanted = make_case(institution=make_institution(parent=parent), terms=(make_term(),))
    make_chapter(wanted.collection, make_category(slug="still-empty"))
    make_case(terms=(make_term(),))
    export(tmp_path / "out", "--collection", wanted.collection.slug)
    count = {name: text.count(b"- model:") for name, text in files(tmp_path / "out").items()}
    case_file = f"{wanted.collection.slug}/01-{wanted.category.slug}.yaml"
    assert count == {"institutions.yaml": 2, "categories.yaml": 2, "collections.yaml": 3, "terms.yaml": 1, case_file: 2}
    empty_database()
    call_command("seed", str(tmp_path / "out"), verbosity=0)
    assert Case.objects.get().code == wanted.code


def test_unknown_collection_is_refused_naming_those_there_are(tmp_path):
    make_collection(slug="sz2020")
    with pytest.raises(CommandError, match="没有这些案例集：sz2021。现有：sz2020"):
        export(tmp_path / "out", "--collection", "sz2021")
    assert not (tmp_path / "out").exists()


def test_drafts_stay_at_home_when_only_published_is_asked_for(tmp_path):
    case = make_case()
    draft = make_case(status="draft", collection=case.collection, category=case.category)
    export(tmp_path / "all")
    export(tmp_path / "published", "--published")
    assert [draft.code.encode() in b"".join(files(tmp_path / name).values()) for name in ("all", "published")] == [
        True,
        False,
    ]


def test_code_of_a_deleted_case_is_not_used_again_after_a_round_trip(tmp_path):
    case = make_case()
    Chapter.objects.update(last_serial=32_000)
    export(tmp_path / "out")
    chapter = yaml.safe_load((tmp_path / "out" / "collections.yaml").read_text())[1]
    assert chapter["fields"]["last_serial"] == 32_000
    Chapter.objects.update(last_serial=int(case.code[-2:]))
    export(tmp_path / "again")
    assert b"last_serial" not in files(tmp_path / "again")["collections.yaml"]


def test_existing_folder_is_named_with_what_to_do(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(CommandError, match="里已有内容"):
        export(tmp_path)
    assert files(tmp_path) == {"note.txt": b"mine"}


@pytest.mark.django_db(transaction=True)
def test_the_view_is_one_moment_and_closes_after_itself(tmp_path):
    make_case()
    export(tmp_path / "out")
    assert not connection.in_atomic_block
    Case.objects.update(title="之后还能写")


def test_translations_travel_with_what_they_translate(tmp_path):
    ours, other = make_case(), make_case(status="draft", published_at=None)
    for kind, key in map(key_of, (ours, ours.category, ours.collection, ours.institution, other, other.category)):
        Translation.objects.create(language="en", kind=kind, key=key, texts={"title": key})
    export(tmp_path / "one", "--collection", ours.collection.slug)
    written = yaml.safe_load("".join(p.read_text() for p in sorted((tmp_path / "one" / "translations").iterdir())))
    kept = {(item["fields"]["kind"], item["fields"]["key"]) for item in written}
    assert kept == set(map(key_of, (ours, ours.category, ours.collection, ours.institution)))
    export(tmp_path / "all", "--published")
    assert other.code not in (tmp_path / "all" / "translations" / "en-case.yaml").read_text()
    before = sorted(map(repr, Translation.objects.filter(key__in=[key for _, key in kept]).values("key", "texts")))
    Translation.objects.all().delete()
    empty_database()
    call_command("seed", str(tmp_path / "one"), verbosity=0)
    assert sorted(map(repr, Translation.objects.values("key", "texts"))) == before
