"""A backup comes back as it was, on an empty database or in place of another; or nothing changes."""

import base64
import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import BinaryField

from cases.backup.archive import BackupFile, sign
from cases.backup.rows import backed_up_models, lines_of
from cases.models import (
    Advice,
    Case,
    CaseImage,
    CaseLink,
    Document,
    EditorNote,
    GlossaryEntry,
    Highlight,
    Offer,
    Product,
    SearchDocument,
    SeedRecord,
    Term,
    WordImport,
    WordPicture,
    WordUpload,
)
from tests.backup.test_archive import members, rewrite, with_manifest
from tests.factories import add_image, index_all, make_case, make_institution, make_term
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "backup.zip"


@pytest.fixture
def content():
    """One row of everything that is easily lost: a picture, a branch, a group, a permission, a log entry, a gap in the keys."""
    parent = make_institution()
    case = make_case(terms=(make_term(), make_term("keyword")), institution=make_institution(parent=parent), figures=3)
    make_case().delete()
    add_image(case, picture_bytes())
    user = get_user_model().objects.create_user("editor", "e@example.org", "secret", is_staff=True)
    group = Group.objects.create(name="案例组")
    group.permissions.add(Permission.objects.get(codename="change_case"))
    user.groups.add(group)
    user.user_permissions.add(Permission.objects.get(codename="view_term"))
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Case),
        object_id=case.pk,
        object_repr="x",
        action_flag=ADDITION,
    )
    SeedRecord.objects.create(model="cases.case", key='["x"]', fields={"b": 1, "a": ["二", None, 2.5]})
    index_all()
    return case


def run(command: str, *arguments) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def rows() -> dict[str, list]:
    """Every row as the database holds it, types and permissions by name."""
    return {model._meta.label: list(lines_of(model)) for model in backed_up_models()}


def files() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def sign_again(path: Path) -> None:
    """As the site would have signed it, had it written this."""
    with BackupFile(path) as backup:
        backup.verify()
    sign(path, backup.fingerprint)


def empty_database():
    call_command("flush", interactive=False, verbosity=0)


def test_backup_restored_on_an_empty_database_is_the_same_to_the_last_digit(path, content):
    before, pictures = rows(), files()
    assert "已备份并核对" in run("backup", path)
    empty_database()
    for name in pictures:
        (Path(settings.MEDIA_ROOT) / name).unlink()
    out = run("restore", path)
    assert "案例 1" in out
    assert (rows(), files()) == (before, pictures)
    assert get_user_model().objects.get().has_perm("cases.change_case")
    assert get_user_model().objects.get().check_password("secret")
    run("reindex", "--check")


def test_rows_of_every_kind_and_what_they_refer_to_come_back(path, content):
    Advice.objects.create(case=content, order=1, kind="steps", text="先建名单")
    Highlight.objects.create(case=content, order=1, text="全国首单", as_of="〔2020 年〕3 月")
    EditorNote.objects.create(case=content, order=1, kind="misprint", text="疑多一个字")
    product = Product.objects.create(institution=content.institution, name="云快贷", other_names="快贷")
    Offer.objects.create(case=content, order=1, product=product, amount="最高 1000 万元", max_amount=10_000_000)
    CaseLink.objects.create(case=content, order=1, other=make_case(), reason="同一笔贷款")
    content.documents.add(Document.objects.create(title="关于减费的通知"))
    GlossaryEntry.objects.create(term="首贷户", definition="第一次从银行借到钱的企业")
    before = rows()
    run("backup", path)
    Case.objects.all().delete()
    Product.objects.all().delete()
    run("restore", path, "--replace")
    assert rows() == before


def test_new_rows_get_keys_after_the_restored_ones(path, content):
    run("backup", path)
    run("restore", path, "--replace")
    last = Term.objects.order_by("pk").last().pk
    assert make_term().pk > last
    assert make_case().pk != content.pk


def test_database_that_holds_something_is_only_replaced_when_told(path, content):
    run("backup", path)
    newer = make_case(title="后来写的")
    before = rows()
    with pytest.raises(CommandError, match=r"--replace.*什么都没有改动"):
        run("restore", path)
    assert rows() == before
    run("restore", path, "--replace")
    assert not Case.objects.filter(pk=newer.pk).exists()
    assert SearchDocument.objects.count() == 1
    run("reindex", "--check")


def test_picture_without_a_file_is_named_and_the_rest_is_backed_up(path, content, media):
    gone = CaseImage.objects.get().renditions[0]["name"]
    (media / gone).unlink()
    assert f"图片文件缺失，备份里没有：{gone}" in run("backup", path)
    assert gone in run("restore", path, "--replace")


def test_file_without_a_row_is_not_backed_up(path, content, media):
    (media / "cases/2026/orphan.webp").write_bytes(b"x")
    run("backup", path)
    with zipfile.ZipFile(path) as archive:
        assert "media/cases/2026/orphan.webp" not in archive.namelist()


def test_sessions_and_the_search_index_stay_out(path, content):
    run("backup", path)
    with zipfile.ZipFile(path) as archive:
        names = " ".join(archive.namelist())
    assert "cases.case.jsonl" in names
    assert not any(word in names for word in ("session", "search", "relatedcase", "contenttype", "auth.permission."))


def test_older_backup_is_replaced_in_one_step(path, content):
    run("backup", path)
    make_case()
    run("backup", path)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.read("data/cases.case.jsonl").splitlines()) == 2


@pytest.mark.parametrize("place", ["", "no/such/folder/backup.zip", "media/backup.zip"])
def test_place_that_cannot_be_written_is_refused(tmp_path, content, place):
    with pytest.raises(CommandError, match=r"不能|写不了"):
        run("backup", tmp_path / place)


def test_backup_that_does_not_read_back_right_is_not_kept(path, content, monkeypatch):
    def spoiled(model):
        yield from lines_of(model)
        if model is Case:
            yield "{}\n"

    monkeypatch.setattr("cases.backup.backup.lines_of", spoiled)
    with pytest.raises(CommandError, match="核对不符"):
        run("backup", path)
    assert not path.exists()
    assert not path.with_name("backup.zip.part").exists()


def spoil_checksum(path: Path):
    rewrite(path, members(path) | {"data/cases.case.jsonl": b"{}\n"})


def spoil_truncate(path: Path):
    path.write_bytes(path.read_bytes()[:-100])


def spoil_newer_migration(path: Path):
    with_manifest(path, migrations=[["cases", "0001_initial"], ["cases", "9999_future"]])


def spoil_unknown_table(path: Path):
    manifest = json.loads(members(path)["manifest.json"])
    contents = members(path)
    contents["data/cases.other.jsonl"] = contents.pop("data/cases.term.jsonl")
    tables = [table | {"model": table["model"].replace("cases.term", "cases.other")} for table in manifest["tables"]]
    rewrite(path, contents)
    with_manifest(path, tables=tables)


def spoil_reference(path: Path):
    """A case of an institution that is not in the backup, with a checksum that is right."""
    replace_rows(path, "cases.institution", lambda rows: [])


def spoil_value(path: Path):
    replace_rows(path, "cases.chapter", lambda rows: [row | {"pk": "x"} for row in rows])


def replace_rows(path: Path, model: str, change):
    contents = members(path)
    rows = change([json.loads(line) for line in contents[f"data/{model}.jsonl"].splitlines()])
    data = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    manifest = json.loads(contents["manifest.json"])
    for table in manifest["tables"]:
        if table["model"] == model:
            table |= {"rows": len(rows)}
    rewrite(path, contents | {f"data/{model}.jsonl": data, "manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize(
    "spoil", [spoil_checksum, spoil_truncate, spoil_newer_migration, spoil_unknown_table, spoil_reference, spoil_value]
)
def test_backup_that_is_wrong_changes_nothing(path, content, media, spoil):
    run("backup", path)
    spoil(path)
    make_case()
    removed = CaseImage.objects.get().names[0]
    (media / removed).unlink()
    before, pictures = rows(), files()
    with pytest.raises(CommandError, match="什么都没有改动"):
        run("restore", path, "--replace")
    assert (rows(), files()) == (before, pictures)
    assert [item.name for item in media.iterdir()] == ["cases"]


def test_failure_after_the_files_are_in_place_takes_them_back(path, content, media, monkeypatch):
    run("backup", path)
    names = CaseImage.objects.get().names
    (media / names[0]).unlink()
    (media / names[1]).write_bytes(b"damaged")
    before, pictures = rows(), files()

    def fail(self):
        original(self)
        raise OSError(28, "No space left on device")

    from cases.backup.restore import RestoredMedia  # noqa: PLC0415 -- to be spoiled here only

    original = RestoredMedia.put_in_place
    monkeypatch.setattr(RestoredMedia, "put_in_place", fail)
    with pytest.raises(CommandError, match="No space"):
        run("restore", path, "--replace")
    assert (rows(), files()) == (before, pictures)
    monkeypatch.undo()
    run("restore", path, "--replace")
    assert (media / names[1]).read_bytes() != b"damaged"


def without(fields: dict, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}


def test_backup_from_before_a_column_gets_its_default(path, content):
    run("backup", path)
    replace_rows(
        path, "cases.keyfigure", lambda rows: [row | {"fields": without(row["fields"], "note")} for row in rows]
    )
    tables = json.loads(members(path)["manifest.json"])["tables"]
    table = next(table for table in tables if table["model"] == "cases.keyfigure")
    table["fields"].remove("note")
    with_manifest(path, tables=tables)
    sign_again(path)
    assert "这些按默认值填：关键数据：注" in run("restore", path, "--replace")
    assert content.figures.count() == 3


def test_backup_from_before_images_had_numbers_gives_them_their_order(path, content):
    numbers = dict(content.images.values_list("pk", "order"))
    assert numbers
    run("backup", path)
    replace_rows(
        path, "cases.caseimage", lambda rows: [row | {"fields": without(row["fields"], "number")} for row in rows]
    )
    tables = json.loads(members(path)["manifest.json"])["tables"]
    next(table for table in tables if table["model"] == "cases.caseimage")["fields"].remove("number")
    with_manifest(path, tables=tables)
    sign_again(path)
    run("restore", path, "--replace")
    assert dict(content.images.values_list("pk", "number")) == numbers


def test_missing_file_is_said_plainly(tmp_path):
    with pytest.raises(CommandError, match="读写文件时出错"):
        run("restore", tmp_path / "none.zip")


def test_snapshot_is_left_behind_on_the_way_out(path, content):
    run("backup", path)
    assert not connection.in_atomic_block
    make_case()
    assert Case.objects.count() == 2


def as_version_1(path: Path) -> None:
    """Write the backup anew as the first format had it: lists of column values, and a list of the media."""
    contents = members(path)
    manifest = json.loads(contents["manifest.json"]) | {"version": 1, "media_sha256": ""}
    kept = []
    for table in manifest["tables"]:
        model = apps.get_model(table["model"])
        newer = {*getattr(model, "DERIVED", ()), "number_to"}
        fields = {field.name: field for field in model._meta.concrete_fields if field.name not in newer}
        lines = []
        for row in map(json.loads, contents.pop(f"data/{table['model']}.jsonl").splitlines()):
            values = {model._meta.pk.name: row["pk"]} | row["fields"]
            lines.append([_value_1(field, values[name]) for name, field in fields.items()])
        if model._meta.model_name not in NEW_SINCE_VERSION_1:
            data = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
            contents[f"data/{table['model']}.jsonl"] = data
            attributes = [field.attname for field in fields.values()]
            kept.append({"model": table["model"], "fields": attributes, "rows": len(lines), "sha256": ""})
    contents |= {"media.jsonl": b"", "manifest.json": json.dumps(manifest | {"tables": kept}).encode()}
    rewrite(path, contents)


def _value_1(field, value):
    if isinstance(field, BinaryField) and value is not None:
        return {"hex": base64.b64decode(value).hex()}
    return value


NEW_SINCE_VERSION_1 = {
    *(
        "highlight",
        "advice",
        "editornote",
        "offer",
        "caselink",
        "product",
        "document",
        "glossaryentry",
        "case_documents",
    ),
}


def test_backup_of_the_first_format_still_comes_in(path, content, tmp_path):
    upload = WordUpload.objects.create()
    word_import = WordImport.objects.create(
        digest="d",
        filename="来稿.docx",
        title="来稿",
        upload=upload,
        outcome="pending",
        parsed={},
        collection=content.collection,
    )
    WordPicture.objects.create(word_import=word_import, order=1, data=b"\x00\xff\x89PNG")
    before, images = rows(), files()
    run("backup", path)
    as_version_1(path)
    sign_again(path)
    run("restore", path, "--replace")
    assert {label: found for label, found in rows().items() if label != "cases.KeyFigure"} == {
        label: found for label, found in before.items() if label != "cases.KeyFigure"
    }
    assert rows()["cases.KeyFigure"] == before["cases.KeyFigure"]  # what follows from other columns was worked out
    assert files() == images
    assert bytes(WordPicture.objects.get().data) == b"\x00\xff\x89PNG"
    run("reindex", "--check")
